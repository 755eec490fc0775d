from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topics.kit.errors import BadManifest
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.schedule import WorkSchedule, read_spans

HEAD = "day,kind,name,source,status\n"


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
        ("2024-10-01,休,国庆,x,y\n2026-10-01,休,国庆,x,y\n", "缺 2025 年"),
        ("", "没有一天"),
    ],
)
def test_a_faulty_calendar_is_named_with_row_and_fix(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(BadManifest, match=said):
        calendar(tmp_path, rows)


def test_a_weekend_is_worked_where_the_notice_says_so(tmp_path: Path) -> None:
    found = calendar(tmp_path, "2026-10-10,班,国庆调休,x,y\n2026-10-01,休,国庆,x,y\n")
    assert found.works(date(2026, 10, 10))
    assert not found.works(date(2026, 10, 11))
    assert not found.works(date(2026, 10, 1))
    assert found.works(date(2026, 10, 9))
    assert not found.covers(date(2027, 1, 1))


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
