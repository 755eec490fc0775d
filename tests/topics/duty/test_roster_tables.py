"""The roster as a table: every row that cannot be is named with its remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.roster import HEAD, holes, overlap, read_roster
from topics.kit.duty.sheets import workbook
from topics.kit.errors import UnreadableTable
from topics.kit.reporting.tables import Table, read_file

HE, WANG = (
    Person("1", "何平", "yjj", "", "13800000001"),
    Person("2", "王芳", "swj", "", "13800000002"),
)
TWINS = [Person("3", "李强", "swj", "", "1"), Person("4", "李强", "yjj", "", "1")]
PEOPLE = {"何平": [HE], "王芳": [WANG], "李强": TWINS, "李强(swj)": [TWINS[0]]}
DAY = "2026-11-20"


def read(*rows: tuple[str, ...]) -> list[tuple[int, str, str]]:
    found = read_roster([Table((HEAD, *rows))], PEOPLE)
    return [(one.row, one.item, one.problem) for one in found.problems]


def row(start: str = "08:00", end: str = "18:00", **changes: str) -> tuple[str, ...]:
    cells = dict(zip(HEAD, (DAY, start, end, "何平", "王芳", "", ""), strict=True)) | changes
    return tuple(cells[one] for one in HEAD)


def shift(start: int, end: int) -> Shift:
    base = datetime(2026, 11, 20, tzinfo=UTC)
    return Shift(base + timedelta(hours=start), base + timedelta(hours=end), HE, WANG)


def test_a_row_becomes_a_shift_of_shanghai() -> None:
    found = read_roster([Table((HEAD, row(指挥席="王芳")))], PEOPLE)
    (one,) = found.shifts
    assert one.starts == datetime(2026, 11, 20, 0, tzinfo=UTC)
    assert one.ends == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (one.leader, one.chief, one.seats) == (HE, WANG, (("指挥席", WANG),))


def test_a_night_shift_ends_the_next_day() -> None:
    (one,) = read_roster([Table((HEAD, row("18:00", "08:00")))], PEOPLE).shifts
    assert one.ends - one.starts == timedelta(hours=14)


def test_a_whole_day_ends_where_it_began() -> None:
    (one,) = read_roster([Table((HEAD, row("08:00", "08:00")))], PEOPLE).shifts
    assert one.ends - one.starts == timedelta(days=1)


@pytest.mark.parametrize("clock", ["25:00", "24:01", "08:60", "八点", "-1:00", ""])
def test_impossible_hours_are_refused(clock: str) -> None:
    assert read(row(clock)) == [(2, "开始", f"开始时间“{clock}”不存在")]


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "20日", ""])
def test_impossible_days_are_refused(day: str) -> None:
    assert read(row(日期=day)) == [(2, "日期", f"日期“{day}”读不懂")]


@pytest.mark.parametrize(
    "day", ["2026/11/20", "2026年11月20日", "2026-11-20 00:00:00", "2026.11.20"]
)
def test_days_are_read_as_people_and_excel_write_them(day: str) -> None:
    assert read(row(日期=day)) == []


def test_somebody_who_is_not_in_the_contacts_is_named() -> None:
    assert read(row(值班长="赵六")) == [(2, "值班长", "通讯录里没有 赵六")]


def test_a_name_that_stands_for_two_needs_the_unit() -> None:
    assert read(row(值班长="李强")) == [(2, "值班长", "李强 有 2 人")]
    assert read(row(值班长="李强(swj)")) == []


def test_a_shift_needs_its_leader_and_its_chief() -> None:
    assert {item for _, item, _ in read(row(带班领导="", 值班长=""))} == {"带班领导", "值班长"}


def test_a_row_that_overlaps_one_above_is_refused() -> None:
    assert read(row(), row("17:59", "23:00")) == [(3, "开始", "与第 2 行的班次重叠")]
    assert read(row(), row("18:00", "23:00")) == []


def test_a_hole_between_shifts_is_said_but_not_refused() -> None:
    found = read_roster([Table((HEAD, row(), row("19:00", "08:00")))], PEOPLE)
    assert [one.fatal for one in found.problems] == [False]
    assert "11-20 18:00 至 11-20 19:00" in found.problems[0].problem
    assert (len(found.shifts), found.refused) == (2, 0)


def test_wrong_columns_are_named() -> None:
    with pytest.raises(UnreadableTable, match="带班领导、值班长"):
        read_roster([Table((("日期", "开始", "结束"), (DAY, "08:00", "18:00")))], PEOPLE)


def test_the_template_is_read_back() -> None:
    content = workbook("排班", HEAD, [row(), row("18:00", "08:00")], "说明")
    found = read_roster(read_file("排班.xlsx", content), PEOPLE)
    assert (len(found.shifts), found.problems) == (2, ())


def test_holes_are_what_no_shift_covers() -> None:
    base = datetime(2026, 11, 20, tzinfo=UTC)
    found = holes([shift(8, 18), shift(2, 6)], base, base + timedelta(hours=24))
    assert [(a.hour, b.hour) for a, b in found] == [(0, 2), (6, 8), (18, 0)]


@given(st.lists(st.tuples(st.integers(-5, 30), st.integers(1, 12)), max_size=8))
def test_holes_and_shifts_together_cover_the_day_and_never_meet(
    spans: list[tuple[int, int]],
) -> None:
    base = datetime(2026, 11, 20, tzinfo=UTC)
    shifts = [shift(start, start + length) for start, length in spans]
    found = holes(shifts, base, base + timedelta(hours=24))
    for hour in range(24):
        middle = base + timedelta(hours=hour, minutes=30)
        held = any(one.starts <= middle < one.ends for one in shifts)
        assert held != any(start <= middle < end for start, end in found)
    assert not any(overlap(Shift(*gap, None, None), one) for gap in found for one in shifts)
