"""Observations as xarray cubes (indicator × region × time), one for each clock.

A cell without an observation is ABSENT, which is not the same as one that was reported missing.
The time axis holds the periods that are needed, in order; it need not be without gaps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.formula.clocks import Clock, clock_of, count_of, start_of
from topics.kit.formula.geography import Geography
from topics.kit.formula.steps import Counts

Floats = NDArray[np.float64]
States = NDArray[np.uint8]

OK, ESTIMATED, SUSPECT, NOT_MONITORED, MISSING, ABSENT = range(6)
"""What a cell is, from best to worst: the worst of what went into a value is what it is."""
STATUSES = (
    ValueStatus.OK,
    ValueStatus.ESTIMATED,
    ValueStatus.SUSPECT,
    ValueStatus.NOT_MONITORED,
    ValueStatus.MISSING,
)
_STATES = {status: state for state, status in enumerate(STATUSES)}


class Cube:
    """One clock's values: `data` has `value` and `state` over (indicator, region, time)."""

    def __init__(self, data: xr.Dataset, clock: Clock) -> None:
        """Take a dataset with coordinates indicator, region and count."""
        self.data = data
        self.clock = clock
        self.counts: Counts = data["count"].values
        self._values: Floats = data["value"].values
        self._states: States = data["state"].values
        self._row = {str(name): n for n, name in enumerate(data["indicator"].values)}

    def cells(self, indicator: str, counts: Counts) -> tuple[Floats, States]:
        """Values and states of an indicator in the given periods: shape (regions, periods)."""
        row = self._row.get(indicator)
        shape = (self.data.sizes["region"], len(counts))
        if row is None or not len(self.counts):
            return np.full(shape, np.nan), np.full(shape, ABSENT, dtype=np.uint8)
        if counts is self.counts:
            return self._values[row], self._states[row]
        place = np.searchsorted(self.counts, counts)
        place[place == len(self.counts)] = 0
        found = self.counts[place] == counts
        values = np.where(found, self._values[row][:, place], np.nan)
        states = np.where(found, self._states[row][:, place], np.uint8(ABSENT))
        return values, states


@dataclass(frozen=True, slots=True)
class Cubes:
    """Everything an evaluation reads. `breaks`: an indicator → the first counts of new 口径."""

    geography: Geography
    by_clock: Mapping[Clock, Cube]
    breaks: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def cells(self, indicator: str, clock: Clock, counts: Counts) -> tuple[Floats, States]:
        """Values and states of an indicator that is kept on that clock."""
        cube = self.by_clock.get(clock)
        if cube is None:
            shape = (len(self.geography.codes), len(counts))
            return np.full(shape, np.nan), np.full(shape, ABSENT, dtype=np.uint8)
        return cube.cells(indicator, counts)


def empty_cube(
    clock: Clock, indicators: Sequence[str], geography: Geography, counts: Iterable[int]
) -> Cube:
    """A cube without any observation."""
    axis = np.array(sorted(set(counts)), dtype=np.int64)
    shape = (len(indicators), len(geography.codes), len(axis))
    starts = [np.datetime64(start_of(int(one), clock).replace(tzinfo=None), "us") for one in axis]
    data = xr.Dataset(
        {
            "value": (("indicator", "region", "time"), np.full(shape, np.nan)),
            "state": (("indicator", "region", "time"), np.full(shape, ABSENT, dtype=np.uint8)),
        },
        coords={
            "indicator": list(indicators),
            "region": list(geography.codes),
            "time": np.array(starts, dtype="datetime64[us]"),
            "count": ("time", axis),
        },
    )
    return Cube(data, clock)


def cubes_of(
    observations: Iterable[Observation],
    geography: Geography,
    *,
    breaks: Mapping[str, Sequence[int]] | None = None,
) -> Cubes:
    """The cubes that hold these observations; those of other regions are left out."""
    by_clock: defaultdict[Clock, list[Observation]] = defaultdict(list)
    for one in observations:
        by_clock[clock_of(one.period.kind)].append(one)
    made = {clock: _filled(clock, rows, geography) for clock, rows in by_clock.items()}
    return Cubes(geography, made, breaks or {})


def _filled(clock: Clock, rows: Sequence[Observation], geography: Geography) -> Cube:
    counts = [count_of(one.period.start, clock) for one in rows]
    names = list(dict.fromkeys(one.indicator for one in rows))
    cube = empty_cube(clock, names, geography, counts)
    place = {int(count): n for n, count in enumerate(cube.counts)}
    row_of = {name: n for n, name in enumerate(names)}
    values, states = cube.data["value"].values, cube.data["state"].values
    for one, count in zip(rows, counts, strict=True):
        region = geography.row.get(one.region)
        if region is not None:
            cell = (row_of[one.indicator], region, place[count])
            values[cell] = np.nan if one.value is None else one.value
            states[cell] = _STATES[one.status]
    return cube
