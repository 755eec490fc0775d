"""From any of our coordinate systems to longitude/latitude, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pyproj
import shapely

from layers.crs import offset
from layers.crs.names import BD09, GCJ02, LONLAT

Step = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def to_lonlat(crs: str) -> Step:
    """The function from `crs` to EPSG:4326; what it cannot place becomes infinite."""
    if crs in LONLAT:
        return _same
    if crs == GCJ02:
        return offset.wgs84_from_gcj02
    if crs == BD09:
        return _wgs84_from_bd09
    return _projection(crs, "EPSG:4326")


def from_lonlat(crs: str) -> Step:
    """The function from EPSG:4326 to `crs`."""
    if crs in LONLAT:
        return _same
    if crs == GCJ02:
        return offset.gcj02_from_wgs84
    if crs == BD09:
        return _bd09_from_wgs84
    return _projection("EPSG:4326", crs)


def apply(step: Step, geometries: np.ndarray) -> np.ndarray:
    """The same geometries with every coordinate sent through `step`."""
    if step is _same:
        return geometries

    def both(pairs: np.ndarray) -> np.ndarray:
        return np.column_stack(step(pairs[:, 0], pairs[:, 1]))

    moved: np.ndarray = shapely.transform(geometries, both)
    return moved


def _same(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x, y


def _wgs84_from_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return offset.wgs84_from_gcj02(*offset.gcj02_from_bd09(lon, lat))


def _bd09_from_wgs84(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return offset.bd09_from_gcj02(*offset.gcj02_from_wgs84(lon, lat))


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _projection(source: str, target: str) -> Step:
    def step(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved_x, moved_y = _transformer(source, target).transform(x, y)
        return np.asarray(moved_x), np.asarray(moved_y)

    return step
