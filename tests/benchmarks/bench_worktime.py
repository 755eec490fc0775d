"""100,000 working-time clocks: ours at once, one by one, and numpy's own calendar as the peer.

    python -m tests.benchmarks.bench_worktime

The peer counts whole working days (numpy.busday_offset with the same holidays; the make-up days of
调休 are beyond it) and walks the hours of the last day in Python, as a project without such a clock
would write it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from topics.kit.periods import ZONE
from topics.kit.schemes import Limit
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.clock import WorkClock
from topics.kit.worktime.schedule import WorkSchedule

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
CLOCKS, PEERS = 100_000, 5_000


def cpu(what: str, count: int, run: Callable[[], object]) -> None:
    """Print the processor seconds of the best of three, and what 100,000 would take."""
    best = min(_taken(run) for _ in range(3))
    sys.stdout.write(
        f"{what:44s} {best:8.3f} s for {count:>7,}   {best * CLOCKS / count:8.3f} s for 100,000\n"
    )


def _taken(run: Callable[[], object]) -> float:
    begin = time.process_time()
    run()
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    calendar = WorkCalendar.load(REFERENCE / "work_calendar.csv")
    schedule = WorkSchedule.load(REFERENCE / "work_hours.csv")
    clock = WorkClock(calendar, schedule)
    rng = random.Random(7)
    first = datetime(2024, 1, 2, tzinfo=ZONE)
    starts = [first + timedelta(minutes=rng.randrange(60 * 24 * 900)) for _ in range(CLOCKS)]
    amounts = np.array([rng.choice((1, 2, 4, 7.5, 16, 40)) for _ in range(CLOCKS)], np.float64)
    moments = np.array(
        [one.astimezone(UTC).replace(tzinfo=None) for one in starts], "datetime64[us]"
    )
    cpu("due_many, 工作时", CLOCKS, lambda: clock.due_many(moments, amounts, "工作时"))
    days = np.ceil(amounts)
    cpu("due_many, 工作日", CLOCKS, lambda: clock.due_many(moments, days, "工作日"))
    due = clock.due_many(moments, amounts, "工作时")
    cpu("used_many, 工作时", CLOCKS, lambda: clock.used_many(moments, due, "工作时"))
    some = list(zip(starts[:PEERS], amounts[:PEERS].tolist(), strict=True))
    cpu(
        "due, one by one",
        PEERS,
        lambda: [clock.due(start, Limit(amount, "工作时")) for start, amount in some],
    )
    holidays = np.array(
        [
            day
            for year in calendar.years
            for n in range(366)
            if (day := date(year, 1, 1) + timedelta(n)).year == year
            and day.weekday() < 5
            and not calendar.works(day)
        ],
        "datetime64[D]",
    )
    cpu(
        "peer: busday_offset and a loop over hours",
        PEERS,
        lambda: [_peer(start, amount, holidays) for start, amount in some],
    )


_SPANS = ((510, 720), (870, 1050))  # minutes of the day


def _peer(start: datetime, hours: float, holidays: np.ndarray) -> datetime:
    left, day = hours * 60, np.datetime64(start.date())
    minute = start.hour * 60 + start.minute
    if not np.is_busday(day, holidays=holidays):
        day, minute = np.busday_offset(day, 0, roll="forward", holidays=holidays), 0
    while True:
        for begin, end in _SPANS:
            free = max(0, end - max(begin, minute))
            if free >= left:
                at = max(begin, minute) + left
                return datetime.combine(day.item(), datetime.min.time()) + timedelta(minutes=at)
            left -= free
        day, minute = np.busday_offset(day, 1, roll="forward", holidays=holidays), 0


if __name__ == "__main__":
    main()
