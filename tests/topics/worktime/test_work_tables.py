from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topics.kit.errors import BadManifest
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.schedule import WorkSchedule, read_spans

HEAD = "day,kind,name,source,status\n"
NAMES = {
    "01-01": "元旦", "02-17": "春节", "04-05": "清明节", "05-01": "劳动节", "06-19": "端午节",
    "09-25": "中秋节", "10-01": "国庆节", "10-02": "国庆节", "10-03": "国庆节",
}  # fmt: skip


def year(number: int, *without: str) -> str:
    """A year as the notice would say it, without some of its days."""
    days = [(day, name) for day, name in NAMES.items() if day not in without]
    return "".join(f"{number}-{day},休,{name},x,y\n" for day, name in days)


def calendar(tmp_path: Path, rows: str) -> WorkCalendar:
    path = tmp_path / "work_calendar.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return WorkCalendar.load(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2026-10-01,假,国庆,x,y\n", "第 2 行 kind:'假' 应写“休”或“班”"),
        ("2026-10-32,休,国庆,x,y\n", "第 2 行 day:'2026-10-32' 不是日期"),
        ("2026-10-01,休,国庆,x,y\n2026-10-01,班,国庆,x,y\n", "第 3 行 day:2026-10-01 重复"),
        (year(2024) + year(2026), "缺 2025 年"),
        (year(2026) + "2027-01-01,休,元旦,x,y\n", "2027 年不全,缺 春节、清明节"),
        (year(2026, "09-25"), r"2026 年不全,缺 中秋节\(.*请按国务院办公厅的放假通知补全"),
        (year(2026, "10-02"), "2026 年不全,缺 2026-10-02"),
        (year(2026, "02-17") + "2026-02-14,班,春节调休,x,y\n", "2026 年不全,缺 春节"),
        ("", "没有一天"),
    ],
)
def test_a_faulty_calendar_is_named_with_row_and_fix(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(BadManifest, match=said):
        calendar(tmp_path, rows)


def test_a_weekend_is_worked_where_the_notice_says_so(tmp_path: Path) -> None:
    found = calendar(tmp_path, "2026-10-10,班,国庆调休,x,y\n" + year(2026))
    assert found.works(date(2026, 10, 10))
    assert not found.works(date(2026, 10, 11))
    assert not found.works(date(2026, 10, 1))
    assert found.works(date(2026, 10, 9))
    assert not found.covers(date(2027, 1, 1))


def test_one_row_may_name_two_holidays_that_fall_together(tmp_path: Path) -> None:
    together = year(2026, "09-25", "10-01") + "2026-10-01,休,国庆节、中秋节,x,y\n"
    assert calendar(tmp_path, together).years == (2026,)


def schedule(tmp_path: Path, rows: str) -> WorkSchedule:
    path = tmp_path / "work_hours.csv"
    path.write_text("first_day,last_day,hours,source,status\n" + rows, encoding="utf-8")
    return WorkSchedule.load(path)


def test_summer_and_winter_have_their_own_hours(tmp_path: Path) -> None:
    rows = '10-01,04-30,"08:30-12:00,14:00-17:30",x,y\n05-01,09-30,"08:30-12:00,14:30-17:30",x,y\n'
    found = schedule(tmp_path, rows)
    assert found.spans(date(2026, 1, 5)) == read_spans("08:30-12:00,14:00-17:30")
    assert found.spans(date(2026, 9, 30)) == read_spans("08:30-12:00;14:30-17:30")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("05-01,09-30,08:30-12:00,x,y\n", "01-01 没有作息时间"),
        ("01-01,12-31,08:30-12:00,x,y\n05-01,05-02,08:30-12:00,x,y\n", "05-01 有两套"),
        ("01-01,12-31,12:00-08:30,x,y\n", "重叠或颠倒"),
        ("01-01,12-31,8点到12点,x,y\n", "读不懂"),
        ("01-01,12-31,08:30-25:00,x,y\n", "不是一天内的时间"),
        ("13-01,12-31,08:30-12:00,x,y\n", "不是月日"),
    ],
)
def test_faulty_hours_are_named_with_the_fix(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(BadManifest, match=said):
        schedule(tmp_path, rows)
