"""The roster: read from a table row by row, its holes and overlaps named."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.sheets import RowProblem, rows_of
from topics.kit.reporting.tables import Table
from topics.kit.words.clock import SHANGHAI, local

HEAD = ("日期", "开始", "结束", "带班领导", "值班长", "指挥席", "联络席")
_WANTED = ("日期", "开始", "结束", "带班领导", "值班长")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
_CLOCK = re.compile(r"(\d{1,2})[::](\d{2})(?:[::]\d{2})?")


@dataclass(frozen=True, slots=True)
class ReadRoster:
    """The shifts of a table in order, and what is wrong or odd with it.

    `rows` are the numbers of the rows of the shifts, `held` the days of rows that were not taken.
    """

    shifts: tuple[Shift, ...]
    problems: tuple[RowProblem, ...]
    rows: tuple[int, ...] = ()
    held: frozenset[date] = frozenset()

    @property
    def refused(self) -> int:
        """How many rows were not taken."""
        return len({one.row for one in self.problems if one.fatal})


def read_roster(tables: Sequence[Table], people: Mapping[str, list[Person]]) -> ReadRoster:
    """The shifts of the rows that can be; `people` are those of the 通讯录 by what they are called.

    A row is not taken when its day or hours cannot be, a person is unknown or stands for two, or
    it overlaps a row above. Holes between the shifts are said. UnreadableTable: columns missing.
    """
    taken: list[tuple[int, Shift]] = []
    problems: list[RowProblem] = []
    held = set[date]()
    for number, cells in rows_of(tables, _WANTED):
        wrong: list[RowProblem] = []
        span = _span(number, cells, wrong)
        crew = _crew(number, cells, people, wrong)
        if span is not None and not wrong:
            leader, chief, seats = crew
            shift = Shift(span[0], span[1], leader, chief, seats)
            meets = next((n for n, one in taken if overlap(one, shift)), None)
            if meets is not None:
                remedy = "请改正起止时间,一个时刻只能有一个班"
                wrong.append(RowProblem(number, "开始", f"与第 {meets} 行的班次重叠", remedy))
            else:
                taken.append((number, shift))
        problems += wrong
        if wrong and (day := _day(cells["日期"])) is not None:
            held.add(day)
    ordered = sorted(taken, key=lambda one: one[1].starts)
    for (_, before), (number, after) in itertools.pairwise(ordered):
        if after.starts > before.ends:
            problem = f"此前有空班:{span_text(before.ends, after.starts)}"
            problems.append(
                RowProblem(number, "开始", problem, "请补排,或确认无人值守", fatal=False)
            )
    problems.sort(key=lambda one: one.row)
    shifts, rows = tuple(one for _, one in ordered), tuple(number for number, _ in ordered)
    return ReadRoster(shifts, tuple(problems), rows, frozenset(held))


def overlap(one: Shift, other: Shift) -> bool:
    """Whether the two share a moment; a shift ends where the next one starts."""
    return one.starts < other.ends and other.starts < one.ends


def holes(
    shifts: Iterable[Shift], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The stretches of [start, end) in which nobody is on duty."""
    found, reached = [], start
    for one in sorted(shifts, key=lambda one: one.starts):
        if one.starts > reached:
            found.append((reached, min(one.starts, end)))
        reached = max(reached, one.ends)
        if reached >= end:
            break
    if reached < end:
        found.append((reached, end))
    return [(begins, ends) for begins, ends in found if begins < ends]


def crew_of(shift: Shift) -> list[tuple[str, Person | None]]:
    """Posts and people of a shift in their order."""
    return [("带班领导", shift.leader), ("值班长", shift.chief), *shift.seats]


def span_text(start: datetime, end: datetime) -> str:
    """11-20 08:00 至 11-20 17:30."""
    a, b = local(start), local(end)
    return f"{a:%m-%d %H:%M} 至 {b:%m-%d %H:%M}"


def _span(
    number: int, cells: Mapping[str, str], wrong: list[RowProblem]
) -> tuple[datetime, datetime] | None:
    day = _day(cells["日期"])
    if day is None:
        problem = f"日期“{cells['日期']}”读不懂"
        wrong.append(RowProblem(number, "日期", problem, "写成 2026-11-20"))
    starts, ends = _clock(cells["开始"]), _clock(cells["结束"])
    for name, found in (("开始", starts), ("结束", ends)):
        if found is None:
            problem = f"{name}时间“{cells[name]}”不存在"
            wrong.append(RowProblem(number, name, problem, "写成 08:00,夜班到次日 08:00"))
    if day is None or starts is None or ends is None:
        return None
    begins = datetime.combine(day, time(), SHANGHAI) + starts
    finishes = datetime.combine(day, time(), SHANGHAI) + ends
    if finishes <= begins:  # into the next day
        finishes += timedelta(days=1)
    return begins.astimezone(UTC), finishes.astimezone(UTC)


def _crew(
    number: int,
    cells: Mapping[str, str],
    people: Mapping[str, list[Person]],
    wrong: list[RowProblem],
) -> tuple[Person | None, Person | None, tuple[tuple[str, Person], ...]]:
    def find(column: str) -> Person | None:
        name = cells.get(column, "").replace(" ", "")
        if not name:
            return None
        known = people.get(name, [])
        if len(known) == 1:
            return known[0]
        if known:
            units = "、".join(f"{name}({one.unit})" for one in known)
            wrong.append(
                RowProblem(number, column, f"{name} 有 {len(known)} 人", f"写明单位:{units}")
            )
        else:
            remedy = "请先在通讯录中登记,或核对姓名"
            wrong.append(RowProblem(number, column, f"通讯录里没有 {name}", remedy))
        return None

    leader, chief = find("带班领导"), find("值班长")
    for column, value in (("带班领导", leader), ("值班长", chief)):
        if value is None and not cells.get(column, ""):
            wrong.append(RowProblem(number, column, f"没有{column}", f"请填写{column}姓名"))
    posts = [one for one in cells if one not in {*_WANTED, "班次", "备注", "星期"}]
    seats = tuple((post, person) for post in posts if (person := find(post)) is not None)
    return leader, chief, seats


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _clock(text: str) -> timedelta | None:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2])
    whole = timedelta(hours=hours, minutes=minutes)
    return whole if minutes < 60 and whole <= timedelta(hours=24) else None
