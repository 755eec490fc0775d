"""How many events crowded in a region at each moment, from when each of them was known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from topics.kit.alerting.density import on_a_plane
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.tracks import Track

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reports:
    """Events: WGS-84 degrees, where, when each happened, was known, and no longer counted.

    Times are seconds since 1970; `gone` is infinite for what counts to this day. `loaded` are those
    reported before anything was recorded here: they are taken as known when they were reported.
    """

    longitude: Floats
    latitude: Floats
    regions: Sequence[str]
    at: Floats
    known: Floats
    gone: Floats
    loaded: NDArray[np.bool_]


def reports(
    longitude: Floats,
    latitude: Floats,
    regions: Sequence[str],
    at: Floats,
    recorded: Floats,
    gone: Floats,
) -> Reports:
    """The events with when each was known; `gone` is NaN for what still counts."""
    loaded = at < recorded.min() if len(at) else np.zeros(0, dtype=bool)
    known = np.where(loaded, at, np.maximum(at, recorded))
    left = np.where(np.isnan(gone), np.inf, gone)
    return Reports(longitude, latitude, regions, at, known, left, loaded)


_NONE = np.empty(0)
NOTHING_REPORTED = reports(_NONE, _NONE, (), _NONE, _NONE, _NONE)


def tracks_of_crowds(rule: Rule, reports: Reports) -> Mapping[str, Track]:
    """The thickest crowd of each region of the rule at every moment at which it changed.

    Around an event count those up to `within` before it that lie within the radius; one counts
    from when it was known until it is older than `within` or was found void.
    """
    since = _moment(float(reports.at.min())) if len(reports.at) else None
    turns: dict[str, list[tuple[float, int, int]]] = {one: [] for one in rule.series}
    counted = dict.fromkeys(rule.series, 0)
    loaded = dict.fromkeys(rule.series, 0)
    for code, late in zip(reports.regions, reports.loaded, strict=True):
        for above in _above(code) & counted.keys():
            counted[above] += 1
            loaded[above] += bool(late)
    for event, begin, end in _pairs(reports, rule):
        for above in _above(reports.regions[event]) & turns.keys():
            turns[above] += [(begin, event, 1), (end, event, -1)]
    return {
        code: _track(found, counted[code], loaded[code], since) for code, found in turns.items()
    }


def _pairs(reports: Reports, rule: Rule) -> Iterable[tuple[int, float, float]]:
    """Yield event, from when and until when one more event counts around it (itself too)."""
    if not len(reports.at):
        return
    within = rule.spec.within.total_seconds()
    points = shapely.points(on_a_plane(reports.longitude, reports.latitude))
    around, other = shapely.STRtree(points).query(
        points, predicate="dwithin", distance=rule.spec.radius
    )
    apart = reports.at[around] - reports.at[other]
    near = (apart >= 0) & (apart < within)
    around, other = around[near], other[near]
    begin = np.maximum(reports.known[around], reports.known[other])
    end = np.minimum(reports.at[other] + within, reports.gone[around])
    end = np.minimum(end, reports.gone[other])
    for event, first, last in zip(around, begin, end, strict=True):
        if first < last:
            yield int(event), float(first), float(last)


def _track(
    turns: list[tuple[float, int, int]], count: int, loaded: int, since: datetime | None
) -> Track:
    """The largest count over time; counts and how many events have each are kept as it goes."""
    here: dict[int, int] = {}
    having: dict[int, int] = {}
    largest = 0
    times: list[datetime] = []
    numbers: list[float] = []
    turns.sort()
    for n, (at, event, more) in enumerate(turns):
        before = here.get(event, 0)
        here[event] = after = before + more
        having[before] = having.get(before, 0) - 1
        having[after] = having.get(after, 0) + 1
        largest = max(largest, after)
        while largest and not having.get(largest):
            largest -= 1
        if n + 1 < len(turns) and turns[n + 1][0] == at:
            continue
        if not numbers or numbers[-1] != largest:
            times.append(_moment(at))
            numbers.append(float(largest))
    found = np.array(numbers, dtype=np.float64)
    return Track(times, found, found, count, loaded, since)


def _above(code: str) -> set[str]:
    """The codes of a place and of what holds it, as `density.thickest` has them."""
    return {code, code[:9], code[:6], f"{code[:4]}00"}


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
