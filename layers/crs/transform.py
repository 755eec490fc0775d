"""From any of our coordinate systems to longitude/latitude, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pyproj
import shapely

from layers.crs import offset, seven, zones
from layers.crs.names import LONLAT
from layers.crs.system import BD09, GCJ02, ZONES, System, split

Step = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def to_lonlat(crs: str) -> Step:
    """The function from `crs` (a full name) to EPSG:4326; what it cannot place is infinite."""
    system = split(crs)
    if system == System(crs):
        return _base_to_lonlat(crs)
    steps: list[Step] = [_swap] if system.swapped else []
    steps.extend(_shifted(system)[0] if system.seven else (_base_to_lonlat(system.base),))
    return _chain([*steps, offset.wgs84_from_gcj02] if system.offset else steps)


def from_lonlat(crs: str) -> Step:
    """The function from EPSG:4326 to `crs`."""
    system = split(crs)
    if system == System(crs):
        return _base_from_lonlat(crs)
    steps: list[Step] = [offset.gcj02_from_wgs84] if system.offset else []
    steps.extend(_shifted(system)[1] if system.seven else (_base_from_lonlat(system.base),))
    return _chain([*steps, _swap] if system.swapped else steps)


def apply(step: Step, geometries: np.ndarray) -> np.ndarray:
    """The same geometries with every coordinate sent through `step`."""
    if step is _same:
        return geometries

    def both(pairs: np.ndarray) -> np.ndarray:
        return np.column_stack(step(pairs[:, 0], pairs[:, 1]))

    moved: np.ndarray = shapely.transform(geometries, both)
    return moved


def _base_to_lonlat(crs: str) -> Step:
    if crs in LONLAT:
        return _same
    if crs == GCJ02:
        return offset.wgs84_from_gcj02
    if crs == BD09:
        return _wgs84_from_bd09
    if crs in ZONES:
        return lambda x, y: zones.by_zone(zones.zones(x), x, y, _base_to_lonlat)
    return _projection(crs, "EPSG:4326")


def _base_from_lonlat(crs: str) -> Step:
    if crs in LONLAT:
        return _same
    if crs == GCJ02:
        return offset.gcj02_from_wgs84
    if crs == BD09:
        return _bd09_from_wgs84
    if crs in ZONES:
        return lambda x, y: zones.by_zone(
            zones.of_longitude(x, ZONES[crs]), x, y, _base_from_lonlat
        )
    return _projection("EPSG:4326", crs)


def _shifted(system: System) -> tuple[tuple[Step, Step], tuple[Step, Step]]:
    """The steps to longitude/latitude and back by way of supplied parameters."""
    geodetic = _geodetic(system.base)
    there, back = seven.shift(system.seven or "", geodetic)
    to_degrees, from_degrees = (
        _projection(system.base, geodetic),
        _projection(geodetic, system.base),
    )
    return (to_degrees, there), (back, from_degrees)


def _chain(steps: list[Step]) -> Step:
    def step(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        for each in steps:
            x, y = each(x, y)
        return x, y

    return step


def _same(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x, y


def _swap(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return y, x


def _wgs84_from_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return offset.wgs84_from_gcj02(*offset.gcj02_from_bd09(lon, lat))


def _bd09_from_wgs84(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return offset.bd09_from_gcj02(*offset.gcj02_from_wgs84(lon, lat))


@cache
def _geodetic(base: str) -> str:
    found = pyproj.CRS.from_user_input(base).geodetic_crs
    return str(found.to_wkt()) if found is not None else base


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _projection(source: str, target: str) -> Step:
    def step(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved_x, moved_y = _transformer(source, target).transform(x, y)
        return np.asarray(moved_x), np.asarray(moved_y)

    return step
