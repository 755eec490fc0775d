"""Clocks that count working time: when something is due, and how much of a limit is used.

The working time of all known years is laid end to end once; a clock is then two look-ups. Inside,
moments are whole microseconds since 1970 (UTC).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from topics.kit.periods import ZONE
from topics.kit.schemes import Limit
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.schedule import WorkSchedule

DayRule = Literal["days", "hours"]
"""The two readings of 1 工作日: until the close of the next working day ("days": the day it starts
on is not counted), or as many working hours as a working day has ("hours"). SOURCE:
worked examples of local 结案标准, unverified: therefore an option."""

Moments = npt.NDArray[np.datetime64]
_Whole = npt.NDArray[np.int64]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_HOUR, _DAY = 3_600_000_000, 86_400_000_000
_OFFSET = 8 * _HOUR  # Asia/Shanghai has had no other since 1991
WORKING = frozenset({"工作时", "工作日"})
_EACH = {"紧急工作时": _HOUR, "小时": _HOUR, "自然日": _DAY, "工作时": _HOUR}


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stands; without an end it still stands."""

    begins: datetime
    ends: datetime | None = None


class WorkClock:
    """Counts in the calendar's working time, and in calendar time where the unit says so."""

    def __init__(
        self, calendar: WorkCalendar, schedule: WorkSchedule, day_rule: DayRule = "days"
    ) -> None:
        """Lay out the working time of every known year."""
        self.calendar = calendar
        self.day_rule = day_rule
        opens, closes, days, day_end, length = [], [], [], [], []
        for day in calendar.workdays():
            spans = [(_at(day, a), _at(day, b)) for a, b in schedule.spans(day)]
            opens += [a for a, _ in spans]
            closes += [b for _, b in spans]
            days.append(day.toordinal())
            day_end.append(spans[-1][1])
            length.append(sum(b - a for a, b in spans))
        self._opens, self._closes = np.array(opens, np.int64), np.array(closes, np.int64)
        self._ends = np.cumsum(self._closes - self._opens)  # working time up to each close
        self._before = self._ends - (self._closes - self._opens)
        self._days, self._day_end = np.array(days, np.int64), np.array(day_end, np.int64)
        self._length = np.array(length, np.int64)
        # The same as lists: one look-up in them is ten times as quick as in an array.
        self._open_list, self._close_list = self._opens.tolist(), self._closes.tolist()
        self._end_list, self._before_list = self._ends.tolist(), self._before.tolist()

    def due(self, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()) -> datetime | None:
        """When the limit is used up; None while a pause without an end holds it.

        Raises UncoveredYear when the answer lies in a year that the calendar does not hold.
        """
        begin = _micros(start)
        need = self._need(begin, limit)
        stretches = _merged(pauses, begin)
        if limit.unit not in WORKING:
            end = begin + need
            for pause_begin, pause_end in stretches:
                if pause_begin >= end:
                    break
                if pause_end is None:
                    return None
                end += pause_end - pause_begin
            return _moment(end)
        target = self._worked(begin) + need
        end = self._reached(target)
        for pause_begin, pause_end in stretches:
            if pause_begin >= end:
                break
            if pause_end is None:
                return None
            target += self._worked(pause_end) - self._worked(pause_begin)
            end = self._reached(target)
        return _moment(end)

    def used(
        self, start: datetime, end: datetime, unit: str, pauses: Iterable[Pause] = ()
    ) -> timedelta:
        """How much has run between two moments, pauses left out: working time or calendar time."""
        begin, until = _micros(start), _micros(end)
        if until <= begin:
            return timedelta(0)
        count = self._worked if unit in WORKING else _plain
        total = count(until) - count(begin)
        for pause_begin, pause_end in _merged(pauses, begin):
            if pause_begin < until:
                last = until if pause_end is None else min(pause_end, until)
                total -= count(last) - count(pause_begin)
        return total * _MICRO

    def need(self, start: datetime, limit: Limit) -> timedelta:
        """How much must run from `start` until the limit is used up."""
        return self._need(_micros(start), limit) * _MICRO

    def due_many(self, starts: Moments, amounts: npt.NDArray[np.float64], unit: str) -> Moments:
        """`due` of many clocks of one unit that were never paused."""
        begin = starts.astype("datetime64[us]").astype(np.int64)
        if unit not in WORKING:
            return (begin + np.rint(amounts * _EACH[unit]).astype(np.int64)).astype(
                "datetime64[us]"
            )
        whole = (amounts == np.floor(amounts)) & (unit == "工作日") & (self.day_rule == "days")
        counted = self._worked_many(begin) + self._hours_many(begin, amounts, unit)
        found = np.empty_like(begin)
        found[~whole] = self._reached_many(counted[~whole])
        found[whole] = self._day_ends(begin[whole], amounts[whole].astype(np.int64))
        return found.astype("datetime64[us]")

    def used_many(self, starts: Moments, ends: Moments, unit: str) -> _Whole:
        """`used` of many clocks that were never paused, in microseconds; 0 when it ends first."""
        begin = starts.astype("datetime64[us]").astype(np.int64)
        until = np.maximum(ends.astype("datetime64[us]").astype(np.int64), begin)
        if unit not in WORKING:
            return until - begin
        return self._worked_many(until) - self._worked_many(begin)

    def _need(self, begin: int, limit: Limit) -> int:
        if limit.unit in _EACH:
            return round(limit.amount * _EACH[limit.unit])
        if self.day_rule == "days" and float(limit.amount).is_integer():
            end = self._day_ends(np.array([begin]), np.array([int(limit.amount)]))
            return self._worked(int(end[0])) - self._worked(begin)
        at = np.array([begin])
        return int(self._hours_many(at, np.array([limit.amount]), limit.unit)[0])

    def _hours_many(self, begin: _Whole, amounts: npt.NDArray[np.float64], unit: str) -> _Whole:
        if unit == "工作时":
            return np.rint(amounts * _HOUR).astype(np.int64)
        self._check(begin)
        # A working day is as long as the one it starts on, or the next one.
        place = np.searchsorted(self._days, _ordinals(begin), "left")
        self._check_room(place, len(self._days))
        return np.rint(amounts * self._length[place]).astype(np.int64)

    def _day_ends(self, begin: _Whole, count: _Whole) -> _Whole:
        self._check(begin)
        place = np.searchsorted(self._days, _ordinals(begin), "right") + count - 1
        self._check_room(place, len(self._days))
        ends: _Whole = self._day_end[place]
        return ends

    def _worked(self, moment: int) -> int:
        """Working time from the first known day until the moment."""
        self._check_one(moment)
        place = bisect_right(self._open_list, moment) - 1
        if place < 0:
            return 0
        inside = min(moment, self._close_list[place]) - self._open_list[place]
        return int(self._before_list[place] + inside)

    def _reached(self, worked: int) -> int:
        """The first moment by which so much has been worked."""
        place = bisect_left(self._end_list, worked)
        if place >= len(self._end_list):
            self.calendar.require(self._last_year() + 1)
        return int(self._open_list[place] + worked - self._before_list[place])

    def _worked_many(self, moments: _Whole) -> _Whole:
        self._check(moments)
        place = np.searchsorted(self._opens, moments, "right") - 1
        held = np.maximum(place, 0)
        inside = np.minimum(moments, self._closes[held]) - self._opens[held]
        return np.where(place < 0, 0, self._before[held] + inside)

    def _reached_many(self, worked: _Whole) -> _Whole:
        place = np.searchsorted(self._ends, worked, "left")
        self._check_room(place, len(self._ends))
        found: _Whole = self._opens[place] + worked - self._before[place]
        return found

    def _check_one(self, moment: int) -> None:
        self.calendar.require((_EPOCH + timedelta(microseconds=moment)).astimezone(ZONE).year)

    def _check(self, moments: _Whole) -> None:
        if len(moments):
            self._check_one(int(moments.min()))
            self._check_one(int(moments.max()))

    def _check_room(self, place: npt.NDArray[np.intp], room: int) -> None:
        if len(place) and int(place.max()) >= room:
            self.calendar.require(self._last_year() + 1)

    def _last_year(self) -> int:
        return self.calendar.years[-1] if self.calendar.years else date.min.year


def _merged(pauses: Iterable[Pause], start: int) -> Sequence[tuple[int, int | None]]:
    """The pauses after `start` in order, none of them touching another."""
    found: list[tuple[int, int | None]] = []
    for one in sorted(pauses, key=lambda pause: pause.begins):
        begin = max(_micros(one.begins), start)
        end = None if one.ends is None else _micros(one.ends)
        if end is not None and end <= begin:
            continue
        if found and (found[-1][1] is None or begin <= found[-1][1]):
            last_begin, last_end = found[-1]
            longer = None if last_end is None or end is None else max(last_end, end)
            found[-1] = (last_begin, longer)
        else:
            found.append((begin, end))
    return found


def _at(day: date, moment: time) -> int:
    return _micros(datetime.combine(day, moment, ZONE))


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICRO


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICRO


def _plain(moment: int) -> int:
    return moment


def _ordinals(moments: _Whole) -> _Whole:
    """The days in Shanghai, as ordinals of `date`."""
    return (moments + _OFFSET) // _DAY + date(1970, 1, 1).toordinal()
