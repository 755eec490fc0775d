"""Moments (时点) on a grid: what a forecast of values that come by the second looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta

from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.rolled import Grain
from topics.kit.rolled_reading import RolledReader

HOUR = timedelta(hours=1)


def on_grid(
    rows: Iterable[Observation], newest: Observation, every: timedelta
) -> dict[Period, Observation]:
    """The row of each step of the grid that ends with `newest`; the last one of a step counts.

    A station that measures a little early or late keeps its step; what has no value gives way.
    """
    found: dict[Period, Observation] = {}
    for one in sorted(rows, key=lambda row: row.period.start):
        steps = round((newest.period.start - one.period.start) / every)
        at = Period(newest.period.start - steps * every, one.period.kind)
        if one.value is not None or at not in found:
            found[at] = one
    return found


def hours_before(hours: RolledReader, newest: Observation, count: int) -> list[Observation]:
    """The means of the last `count` whole hours before `newest`, each at the begin of its hour."""
    end = newest.period.start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    rolled = hours.read(
        newest.indicator,
        newest.region,
        newest.period.kind,
        start=end - count * HOUR,
        end=end,
        max_points=count,
        as_of=None,
        grain=Grain.HOUR,
    )
    return [
        replace(
            newest,
            period=Period(one.start.astimezone(UTC), newest.period.kind),
            value=one.mean,
            status=ValueStatus.MISSING if one.mean is None else ValueStatus.OK,
        )
        for one in rolled.items
    ]
