"""Where regions and unit grids lie, as the published layers of the city draw them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
import structlog

from app.published import PublishedVersions
from layers.errors import LayerError
from layers.registry import LayerRegistry
from topics.kit.regions import RegionTree

log = structlog.get_logger(__name__)

_LAYERS = {"town": "city.towns", "county": "city.counties", "city": "city.outline"}
_GRIDS = "grid.units"
_SLACK_M = 300.0
"""A point so near its region is in it: outlines and phones are not more exact."""
_METRES = 111_195.0  # a degree of latitude on a sphere


class LayerPlaces:
    """Fulfils `Places` of the cases; where a layer is missing nothing is refused."""

    def __init__(self, registry: LayerRegistry, regions: RegionTree) -> None:
        """Read from `registry`; shapes are read once per version."""
        self._registry = registry
        self._published = PublishedVersions(registry)
        self._regions = regions
        self._read = lru_cache(maxsize=8)(self._load)

    def outside(self, region: str, longitude: float, latitude: float) -> str:
        """What is wrong with a point said to be in the region; "" when it is in, or unknown."""
        found = self._regions.find(region)
        shapes = None if found is None else self._shapes(_LAYERS.get(found.level, ""))
        if found is None or shapes is None or region not in shapes:
            return ""
        away = _metres(shapes[region], longitude, latitude)
        if away <= _SLACK_M:
            return ""
        there = self._inside("city.counties", longitude, latitude)
        place = self._regions.find(there) if there else None
        is_in = f"坐标在{place.name}" if place is not None else "坐标不在市域内"
        return f"{is_in},离{found.name} {away / 1000:.1f} km;请改坐标,或改区划"

    def grid(self, longitude: float, latitude: float) -> str | None:
        """The unit grid that holds the point."""
        return self._inside(_GRIDS, longitude, latitude)

    def _inside(self, layer: str, longitude: float, latitude: float) -> str | None:
        shapes = self._shapes(layer)
        if not shapes:
            return None
        point = shapely.Point(longitude, latitude)
        codes, geometries = list(shapes), list(shapes.values())
        held = np.flatnonzero(shapely.contains(geometries, point))
        return codes[int(held[0])] if len(held) else None

    def _shapes(self, layer: str) -> dict[str, Any] | None:
        try:
            version = self._published.of(layer) if layer else None
            return None if version is None else self._read(layer, version)
        except LayerError as wrong:
            log.warning("case_places_unread", layer=layer, reason=str(wrong))
            return None

    def _load(self, layer: str, version: str) -> dict[str, Any] | None:
        frame = self._registry.master(layer, version)
        if "code" not in frame.columns:
            return None
        frame = frame[frame.geometry.geom_type.isin(("Polygon", "MultiPolygon"))]
        shapes = dict(zip(frame["code"].astype(str), frame.geometry, strict=True))
        for shape in shapes.values():
            shapely.prepare(shape)
        return shapes


def _metres(shape: Any, longitude: float, latitude: float) -> float:
    """The distance of a point from a shape, 0 inside; good to a percent within a city."""
    point = shapely.Point(longitude, latitude)
    if shapely.intersects(shape, point):
        return 0.0
    near = shapely.get_point(shapely.shortest_line(shape, point), 0)
    across = (near.x - longitude) * np.cos(np.radians(latitude))
    return float(np.hypot(across, near.y - latitude) * _METRES)
