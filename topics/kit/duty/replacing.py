"""What an imported roster replaces: what its rows say, and nothing else. Pure; time is passed in.

A day that has a row which was not taken stays as it was, whole; so does what is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from topics.kit.duty.contracts import Shift
from topics.kit.duty.roster import ReadRoster, overlap, span_text
from topics.kit.duty.sheets import RowProblem
from topics.kit.words.clock import SHANGHAI, local


@dataclass(frozen=True, slots=True)
class Settled:
    """What goes, and the parts of it that stay."""

    gone: tuple[Shift, ...]
    rest: tuple[Shift, ...]


def day_of(shift: Shift) -> date:
    """The day in whose row the shift is written: the one on which it begins."""
    return local(shift.starts).date()


def to_be_taken(read: ReadRoster, standing: Sequence[Shift], now: datetime) -> ReadRoster:
    """The roster without the rows that change nothing; the problems say why not.

    These are rows of what is over or meets what is over, and good rows of a day that has a bad one.
    """
    over = [one for one in standing if one.ends <= now]
    kept, rows, problems = [], [], list(read.problems)
    for number, shift in zip(read.rows, read.shifts, strict=True):
        said = _why_not(shift, over, read.held, now)
        if said is None:
            kept.append(shift)
            rows.append(number)
        else:
            problems.append(RowProblem(number, "日期", *said, fatal=False))
    problems.sort(key=lambda one: one.row)
    return replace(read, shifts=tuple(kept), rows=tuple(rows), problems=tuple(problems))


def settle(standing: Iterable[Shift], shifts: Sequence[Shift], now: datetime) -> Settled:
    """What of the standing shifts makes place for the others.

    Whatever begins on a day that the others name goes, up to the end of that day; of what begins
    elsewhere only the part in which one of the others is on duty. What is over stays.
    """
    days = {day_of(one) for one in shifts}
    gone, rest = [], list[Shift]()
    for one in standing:
        named = day_of(one) in days
        if one.ends <= now or not (named or any(overlap(one, each) for each in shifts)):
            continue
        gone.append(one)
        begins = max(one.starts, _midnight_after(one)) if named else one.starts
        rest += _outside(replace(one, starts=begins), shifts) if begins < one.ends else []
    return Settled(tuple(gone), tuple(rest))


def _why_not(
    shift: Shift, over: Sequence[Shift], held: AbstractSet[date], now: datetime
) -> tuple[str, str] | None:
    if shift.ends <= now:
        return f"{span_text(shift.starts, shift.ends)} 已经过去,保持原样", "过去的班次不能补改"
    before = next((one for one in over if overlap(one, shift)), None)
    if before is not None:
        told = f"与已结束的班次 {span_text(before.starts, before.ends)} 重叠,保持原样"
        return told, "请把开始改到那一班结束以后"
    if day_of(shift) in held:
        return f"{day_of(shift)} 另有未收的行,这一天保持原样", "请改正那一行,再导入这一天"
    return None


def _outside(one: Shift, shifts: Sequence[Shift]) -> list[Shift]:
    """The parts of the shift in which none of the others is on duty, in order."""
    parts, reached = [], one.starts
    for each in sorted(shifts, key=lambda one: one.starts):
        if each.ends <= reached or each.starts >= one.ends:
            continue
        if each.starts > reached:
            parts.append(replace(one, starts=reached, ends=each.starts))
        reached = max(reached, each.ends)
    if reached < one.ends:
        parts.append(replace(one, starts=reached))
    return parts


def _midnight_after(one: Shift) -> datetime:
    return datetime.combine(day_of(one) + timedelta(days=1), time(), SHANGHAI).astimezone(
        one.starts.tzinfo
    )
