"""The trusted outline of the city, and how well positions agree with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from layers.crs.references import Lines

_DEGREE_M = 111_320.0
_NEAR_M = 120.0  # two honest digitisations of one border lie this close; GCJ-02 lies 600 m away
_SIMILAR = 0.05  # two extents are of one size when they differ by less
_FIRST_STEP_M, _LAST_STEP_M = 2000.0, 20.0
_SHIFTED = 250  # positions that are enough to find a shift roughly
_FAR_M = 3000.0  # distances above this count as this, so that a few outliers do not steer


@dataclass(frozen=True)
class Shift:
    """How far, in metres, positions lie from where the outline has them."""

    east: float
    north: float
    near: float  # share of vertices on the outline's lines once shifted back

    @property
    def metres(self) -> float:
        """The distance."""
        return float(np.hypot(self.east, self.north))


@dataclass(frozen=True)
class Outline:
    """Counties with their codes, in EPSG:4326."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    geometries: np.ndarray
    _area: shapely.Geometry = field(init=False, repr=False)
    _lines: Lines = field(init=False, repr=False)
    _scale: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare area and lines in local metres."""
        south, north = (float(v) for v in shapely.total_bounds(self.geometries)[[1, 3]])
        scale = np.array([_DEGREE_M * np.cos(np.radians((south + north) / 2)), _DEGREE_M])
        metric = shapely.transform(self.geometries, lambda pairs: pairs * scale)
        object.__setattr__(self, "_scale", scale)
        object.__setattr__(self, "_area", _wide(metric))
        object.__setattr__(self, "_lines", Lines(shapely.boundary(self.geometries)))
        shapely.prepare(self._area)

    def inside(self, pairs: np.ndarray) -> float:
        """The share of positions (lon, lat) that lie inside the city."""
        known = _finite(pairs)
        if not len(known):
            return 0.0
        return float(shapely.intersects_xy(self._area, *(known * self._scale).T).mean())

    def near(self, pairs: np.ndarray) -> float:
        """The share of positions that lie on a county's border."""
        known = _finite(pairs)
        if not len(known):
            return 0.0
        return float((self._distances(known * self._scale) < _NEAR_M).mean())

    def best_shift(self, pairs: np.ndarray) -> Shift | None:
        """The shift under which shapes of the outline's size fall on its lines; None if no such."""
        metric = _finite(pairs) * self._scale
        if len(metric) < 8:
            return None
        few = metric[:: max(1, len(metric) // _SHIFTED)]
        found = [self._refine(few, start) for start in self._starts(metric)]
        best = max(found, key=lambda shift: shift.near, default=None)
        return self._refine(metric, np.array([best.east, best.north]), 160.0) if best else None

    def _starts(self, metric: np.ndarray) -> list[np.ndarray]:
        """First guesses: the extent moved onto the city or onto the counties of its size."""
        low, high = metric.min(axis=0), metric.max(axis=0)
        boxes = shapely.bounds(np.append(self.geometries, shapely.union_all(self.geometries)))
        lows, highs = boxes[:, :2] * self._scale, boxes[:, 2:] * self._scale
        alike = (np.abs((highs - lows) - (high - low)) <= _SIMILAR * (highs - lows)).all(axis=1)
        return list(((low + high) - (lows + highs))[alike] / 2)

    def _refine(self, metric: np.ndarray, start: np.ndarray, step: float = _FIRST_STEP_M) -> Shift:
        """Walk to the shift with the least mean distance, in ever smaller steps."""
        best = start
        least = self._cost(metric, best)
        while step >= _LAST_STEP_M:
            around = best + step * np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])
            costs = [self._cost(metric, one) for one in around]
            if min(costs) < least:
                least, best = min(costs), around[int(np.argmin(costs))]
            else:
                step /= 2
        near = float((self._distances(metric - best) < _NEAR_M).mean())
        return Shift(float(best[0]), float(best[1]), near)

    def _cost(self, metric: np.ndarray, shift: np.ndarray) -> float:
        return float(np.minimum(self._distances(metric - shift), _FAR_M).mean())

    def _distances(self, metric: np.ndarray) -> np.ndarray:
        return self._lines.distances(metric / self._scale)


def _wide(metric: np.ndarray) -> shapely.Geometry:
    """The city with a margin, so that its own border counts as inside."""
    return shapely.buffer(shapely.union_all(shapely.make_valid(metric)), _NEAR_M)


def _finite(pairs: np.ndarray) -> np.ndarray:
    known: np.ndarray = pairs[np.isfinite(pairs).all(axis=1)]
    return known
