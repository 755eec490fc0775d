"""When a source that keeps failing is asked again: less often, never never."""

from __future__ import annotations

from datetime import datetime, timedelta

from topics.kit.runs import RunRecord

OPENS_AFTER = 5
"""Failures in a row after which not every tick is tried."""

_LONGEST = timedelta(minutes=5)


def may_try(last: RunRecord | None, interval: timedelta, now: datetime) -> bool:
    """Whether a tick should be tried: yes while the source works, else after a growing pause."""
    if last is None or last.failures_in_row < OPENS_AFTER:
        return True
    doublings = min(last.failures_in_row - OPENS_AFTER + 1, 10)
    # A slow schedule is not slowed further: the pause is for those that ask every few seconds.
    pause: timedelta = min(interval * 2**doublings, max(interval, _LONGEST))
    return last.started + pause <= now
