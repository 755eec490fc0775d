"""The values of one series on a grid without gaps, or the reason why there is no such history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.forecast.cadence import Cadence, back_from

Floats = npt.NDArray[np.float64]

_LARGEST = 1e100  # squares of it are still numbers
_MOST_ABSENT = 0.1  # share of periods that may be filled in
_LEFT_OUT = frozenset({ValueStatus.MISSING, ValueStatus.NOT_MONITORED, ValueStatus.SUSPECT})


class NoHistory(Exception):
    """Why a series is not forecast; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class History:
    """Values of `periods`; `known` is False where a value was filled in between its neighbours."""

    periods: Sequence[Period]
    values: Floats
    known: npt.NDArray[np.bool_]


def history_of(
    observations: Sequence[Observation], cadence: Cadence, *, by_quarter: bool
) -> History:
    """The longest usable history that ends with the newest value; NoHistory when there is none.

    Missing and suspect values count as gaps. A gap of up to a quarter of a season (at least one
    period) is filled linearly; before a longer one nothing is looked at. Moments stand on a grid
    already.
    """
    values = {one.period: one.value for one in observations if _counts(one)}
    if not values:
        raise NoHistory("没有可用的数值")
    last = max(values)
    periods = back_from(last, cadence.longest, by_quarter=by_quarter, every=cadence.every)
    found = np.array([_number(values.get(one)) for one in periods])
    begin = _begin(found, max(1, cadence.season // 4))
    periods, found = periods[begin:], found[begin:]
    if len(found) < cadence.shortest:
        raise NoHistory(f"连续的历史只有 {len(found)} 期,至少要 {cadence.shortest} 期")
    known = ~np.isnan(found)
    if 1 - known.mean() > _MOST_ABSENT:
        raise NoHistory(f"历史中有 {int((~known).sum())} 期缺测,超过一成")
    if np.abs(found[known]).max() > _LARGEST:
        raise NoHistory("数值过大,无法计算")
    steps = np.arange(len(found))
    filled = np.interp(steps, steps[known], found[known])
    if np.ptp(filled) == 0:
        raise NoHistory("数值一直不变,不需要预测")
    return History(periods, filled, known)


def _counts(one: Observation) -> bool:
    return one.value is not None and one.status not in _LEFT_OUT


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _begin(found: Floats, longest_gap: int) -> int:
    """Where the history begins: at a value, behind the last gap that is too long."""
    gap = 0
    for at in range(len(found) - 1, -1, -1):
        gap = gap + 1 if np.isnan(found[at]) else 0
        if gap > longest_gap:
            return at + gap
    return int(np.flatnonzero(~np.isnan(found))[0])
