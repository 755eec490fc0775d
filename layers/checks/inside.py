"""Whether features lie in the city, worked out for a million of them at once."""

from __future__ import annotations

import numpy as np
import shapely

from layers.crs.outline import Outline

_DEGREE_M = 111_320.0
_MARGIN_M = 120.0  # the outline's own border, digitised twice, counts as inside
_CELLS = 128  # a side; most points are settled by the cell that they fall in
_WORTH = 20_000  # points, from which on cells pay
_SIMPLE_M = 10.0


class CityArea:
    """The city as one area with a margin, in local metres."""

    def __init__(self, outline: Outline) -> None:
        """Unite the counties."""
        south, north = shapely.total_bounds(outline.geometries)[[1, 3]]
        self._scale = np.array([_DEGREE_M * np.cos(np.radians((south + north) / 2)), _DEGREE_M])
        metric = shapely.transform(outline.geometries, lambda pairs: pairs * self._scale)
        whole = shapely.union_all(shapely.simplify(shapely.make_valid(metric), _SIMPLE_M))
        self._city = shapely.union_all(shapely.make_valid(metric))
        self._area = shapely.buffer(whole, _MARGIN_M, quad_segs=2)
        shapely.prepare(self._area)
        shapely.prepare(self._city)

    def touches(self, shapes: np.ndarray) -> np.ndarray:
        """Whether each feature (in degrees) has at least one place in the city."""
        points = shapely.get_type_id(shapes) == 0
        found = np.zeros(len(shapes), dtype=bool)
        if points.any():
            found[points] = self._holds(shapely.get_coordinates(shapes[points]) * self._scale)
        others = np.flatnonzero(~points)
        if len(others):
            first = shapely.get_coordinates(shapely.get_point(_lines(shapes[others]), 0))
            inside = self._holds(first * self._scale)
            found[others[inside]] = True
            rest = others[~inside]
            moved = shapely.transform(shapes[rest], lambda pairs: pairs * self._scale)
            found[rest] = shapely.intersects(self._area, moved)
        return found

    def away(self, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Metres east and north from the city's border to each feature."""
        moved = shapely.transform(shapes, lambda pairs: pairs * self._scale)
        ways = shapely.shortest_line(self._city, moved)
        starts, ends = (shapely.get_coordinates(shapely.get_point(ways, n)) for n in (0, -1))
        return ends[:, 0] - starts[:, 0], ends[:, 1] - starts[:, 1]

    def _holds(self, pairs: np.ndarray) -> np.ndarray:
        if len(pairs) < _WORTH:
            held: np.ndarray = shapely.intersects_xy(self._area, *pairs.T)
            return held
        west, south, east, north = shapely.bounds(self._area)
        step = np.array([(east - west) / _CELLS, (north - south) / _CELLS])
        cell = np.floor((pairs - (west, south)) / step)
        known = ((cell >= 0) & (cell < _CELLS)).all(axis=1)
        state = np.zeros(len(pairs), np.int8)
        column, row = cell[known].astype(np.int64).T
        state[known] = self._cells((west, south), step)[row, column]
        unsure = state == 2
        state[unsure] = shapely.intersects_xy(self._area, *pairs[unsure].T)
        inside: np.ndarray = state == 1
        return inside

    def _cells(self, corner: tuple[float, float], step: np.ndarray) -> np.ndarray:
        """0 for cells outside, 1 for cells inside, 2 for those on the border."""
        low_x = corner[0] + np.arange(_CELLS) * step[0]
        low_y = corner[1] + np.arange(_CELLS) * step[1]
        x, y = np.meshgrid(low_x, low_y)
        boxes = shapely.box(x, y, x + step[0], y + step[1])
        within = shapely.contains_properly(self._area, boxes)
        state = np.where(within, 1, 2).astype(np.int8)
        state[~shapely.intersects(self._area, boxes)] = 0
        return state


def _lines(shapes: np.ndarray) -> np.ndarray:
    """One line of each shape: enough to find a first vertex."""
    found = shapes
    for _ in range(3):
        kinds = shapely.get_type_id(found)
        many = kinds >= 4
        if not many.any():
            break
        found = found.copy()
        found[many] = shapely.get_geometry(found[many], 0)
    areas = shapely.get_type_id(found) == 3
    found = found.copy()
    found[areas] = shapely.get_exterior_ring(found[areas])
    dots = shapely.get_type_id(found) == 0
    pairs = shapely.get_coordinates(found[dots])
    found[dots] = shapely.linestrings(np.repeat(pairs[:, None, :], 2, axis=1)) if len(pairs) else []
    return found
