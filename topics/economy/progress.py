"""Progress of plans: how far, against how much of the time has gone (序时进度)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Progress:
    """Percent done and percent of the time gone; `done` is not clamped. None: cannot be told."""

    done: float | None
    elapsed: float
    behind: bool | None


def completion(
    value: float | None, *, target: float, baseline: float | None = None
) -> float | None:
    """(value − baseline) ÷ (target − baseline) × 100; without a baseline value ÷ target × 100.

    Falling targets (energy use) work alike. None when the value is missing or the target equals
    the baseline.
    """
    start = 0.0 if baseline is None else baseline
    if value is None or target == start:
        return None
    return 100 * (value - start) / (target - start)


def elapsed(start: date, end: date, today: date) -> float:
    """Percent of the days from start to end, both included, that are over; between 0 and 100."""
    if end < start:
        raise ValueError(f"计划期 {start} 至 {end} 首尾颠倒")
    gone = (today - start).days
    return 100 * min(max(gone / ((end - start).days + 1), 0.0), 1.0)


def progress(
    done: float | None, *, start: date, end: date, today: date, tolerance: float = 10.0
) -> Progress:
    """Whether the plan lags more than `tolerance` percentage points behind the calendar.

    The tolerance is configurable: no rule was found (data/reference, status own).
    """
    gone = elapsed(start, end, today)
    return Progress(done, gone, None if done is None else done < gone - tolerance)
