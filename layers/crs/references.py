"""Rivers and roads the city trusts: points and lines that follow them prove a system."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

_DEGREE_M = 111_320.0
_FAR_M = 20_000.0  # what lies farther counts as this far


@dataclass(frozen=True)
class Lines:
    """Trusted lines in EPSG:4326."""

    geometries: np.ndarray
    _tree: shapely.STRtree = field(init=False, repr=False)
    _scale: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the lines in local metres."""
        south, north = (float(v) for v in shapely.total_bounds(self.geometries)[[1, 3]])
        scale = np.array([_DEGREE_M * np.cos(np.radians((south + north) / 2)), _DEGREE_M])
        metric = shapely.transform(self.geometries, lambda pairs: pairs * scale)
        object.__setattr__(self, "_scale", scale)
        object.__setattr__(self, "_tree", shapely.STRtree(_short(metric)))

    def distances(self, pairs: np.ndarray) -> np.ndarray:
        """Metres from each position (lon, lat) to the nearest line, at most 20 km."""
        known = np.isfinite(pairs).all(axis=1)
        found = np.full(len(pairs), _FAR_M)
        if known.any():
            points = shapely.points(pairs[known] * self._scale)
            (of, _), metres = self._tree.query_nearest(
                points, max_distance=_FAR_M, return_distance=True, all_matches=False
            )
            there = np.full(len(points), _FAR_M)
            there[of] = metres
            found[known] = there
        return found

    def median(self, pairs: np.ndarray) -> float:
        """The median distance in metres."""
        return float(np.median(self.distances(pairs))) if len(pairs) else _FAR_M

    def within(self, west: float, south: float, east: float, north: float) -> np.ndarray:
        """The lines inside a window in degrees, cut at its edges."""
        cut = shapely.clip_by_rect(self.geometries, west, south, east, north)
        parts = shapely.get_parts(cut)
        lines: np.ndarray = parts[(shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)]
        return lines


@dataclass(frozen=True, slots=True)
class References:
    """What the city trusts beside its outline; each may be missing."""

    rivers: Lines | None = None
    roads: Lines | None = None


def _short(metric: np.ndarray) -> np.ndarray:
    """The single segments: a tree of long lines would measure each of them whole."""
    parts = shapely.get_parts(metric)
    pairs, owner = shapely.get_coordinates(parts, return_index=True)
    joined = owner[:-1] == owner[1:]
    segments: np.ndarray = shapely.linestrings(np.stack([pairs[:-1], pairs[1:]], axis=1)[joined])
    return segments
