"""When a source that keeps failing is asked again: less often, never never."""

from __future__ import annotations

from datetime import datetime, timedelta

from topics.kit.runs import RunRecord

OPENS_AFTER = 5
"""Failures in a row after which not every tick is tried."""

_LONGEST = timedelta(minutes=5)


def opens_until(last: RunRecord | None, interval: timedelta) -> datetime | None:
    """Until when the source is left alone; None while it is asked at every tick.

    The first tick behind that moment is a probe: its success closes the circuit, its failure
    doubles the pause.
    """
    if last is None or last.failures_in_row < OPENS_AFTER:
        return None
    doublings = min(last.failures_in_row - OPENS_AFTER + 1, 10)
    # A slow schedule is not slowed further: the pause is for those that ask every few seconds.
    pause: timedelta = min(interval * 2**doublings, max(interval, _LONGEST))
    return last.started + pause


def may_try(last: RunRecord | None, interval: timedelta, now: datetime) -> bool:
    """Whether a tick should be tried: yes while the source works, else after a growing pause."""
    until = opens_until(last, interval)
    return until is None or until <= now
