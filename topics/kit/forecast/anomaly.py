"""How unusual values are: robust z of what trend and season leave over.

Iglewicz & Hoaglin (1993): z = 0.6745 (r − median r) / MAD; beyond 3.5 is unusual. Where more than
half of the rests are equal the MAD is 0 and the mean absolute deviation takes its place.
"""

from __future__ import annotations

import numpy as np

from topics.kit.forecast.history import Floats

UNUSUAL = 3.5
_LARGEST = 1000.0
_TURNS = 3


def robust_scores(values: Floats, season: int) -> tuple[Floats, Floats]:
    """The score of each value and what was to be expected of it; at least two seasons."""
    slope = float(np.median(values[season:] - values[:-season])) / season
    rest = _rest(values - slope * np.arange(len(values)), season)
    middle = float(np.median(rest))
    away = np.abs(rest - middle)
    spread = float(np.median(_off_the_middle(away))) / 0.6745
    if spread <= 1e-12 * float(np.abs(values).max()):
        spread = float(away.mean()) * 1.2533
    if season > 1:  # each phase's middle took one of its few values with it
        seasons = len(values) / season
        spread *= float(np.sqrt(seasons / (seasons - 1)))
    if spread == 0:
        return np.zeros_like(values), values.copy()
    scores = np.clip((rest - middle) / spread, -_LARGEST, _LARGEST)
    return scores, values - rest + middle


def _off_the_middle(away: Floats) -> Floats:
    """Without the zeros that come of each phase's own median, unless they are the rule."""
    moved: Floats = away[away > 0]
    return moved if len(moved) > len(away) / 2 else away


def _rest(values: Floats, season: int) -> Floats:
    """What trend and season, each found beside the other in turns, leave over."""
    width = max(season, 5)
    if season == 1:
        return values - _rolling_median(values, width)
    phases = np.arange(len(values)) % season
    trend = _moving_mean(values, season)
    for _ in range(_TURNS):
        without = values - trend
        middles = np.array([np.median(without[phases == phase]) for phase in range(season)])
        seasonal = (middles - middles.mean())[phases]
        trend = _rolling_median(values - seasonal, width)
    rest: Floats = values - trend - seasonal
    return rest


def _moving_mean(values: Floats, season: int) -> Floats:
    """The mean of a whole season around each value, which holds nothing of the season itself."""
    weights = np.ones(season | 1)
    if season % 2 == 0:
        weights[[0, -1]] = 0.5
    return _continued(np.convolve(values, weights / season, mode="valid"), len(values))


def _rolling_median(values: Floats, width: int) -> Floats:
    """The median of `width` values around each (made odd)."""
    width = min(width | 1, (len(values) - 1) | 1)
    windows = np.lib.stride_tricks.sliding_window_view(values, width)
    return _continued(np.median(windows, axis=1), len(values))


def _continued(inner: Floats, count: int) -> Floats:
    """`inner` made `count` long by its median slope at both ends."""
    missing = count - len(inner)
    apart = min(missing, len(inner) - 1)
    slope = float(np.median(inner[apart:] - inner[:-apart])) / apart if apart else 0.0
    lead = missing // 2
    before = inner[0] - slope * np.arange(lead, 0, -1)
    after = inner[-1] + slope * np.arange(1, missing - lead + 1)
    return np.concatenate([before, inner, after])
