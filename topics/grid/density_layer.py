"""The layer of event density and hot spots, made anew whenever the events are published."""

from __future__ import annotations

import geopandas as gpd
from shapely import unary_union
from shapely.geometry.base import BaseGeometry

from topics.grid.density import measure
from topics.grid.grid_rules import grid_rules
from topics.grid.hexagons import BadArea

_COLUMNS = ("code", "count", "per_km2", "z", "hot", "bandwidth_m")
_FAINT = 100  # cells below this part of the densest one are left out: the empty mountains


def hexagons(frame: gpd.GeoDataFrame, area: BaseGeometry | None) -> gpd.GeoDataFrame:
    """Cells with events near: code, count, per_km2, z, hot ("热点 99%" …), bandwidth_m; EPSG:4326.

    Points are taken as they are, other shapes by their centres. Without an `area` the events' own
    hull is measured. Without an event there is no cell. `attrs["note"]` says how many events are in
    the cells, and how many are in none because they have no position or lie outside the area.
    """
    shapes = frame.geometry[frame.geometry.notna() & ~frame.geometry.is_empty]
    points = shapes.representative_point()
    if frame.empty:
        return gpd.GeoDataFrame({name: [] for name in _COLUMNS}, geometry=[], crs="EPSG:4326")
    if points.empty and area is None:
        raise BadArea("没有一个事件有位置,也没有市域,算不出密度")
    ground = area if area is not None else unary_union(list(points)).convex_hull
    rules = grid_rules()
    found, plane = measure(
        points.x.to_numpy(),
        points.y.to_numpy(),
        ground,
        side=rules["density_side"],
        bandwidth=rules["density_bandwidth"],
    )
    cells = found.cells
    shown = (found.per_km2 > 0) & (found.per_km2 >= found.per_km2.max() / _FAINT)
    made = gpd.GeoDataFrame(
        {
            "code": [f"H{q}_{r}" for q, r in zip(cells.q[shown], cells.r[shown], strict=True)],
            "count": found.counts[shown],
            "per_km2": found.per_km2[shown].round(4),
            "z": found.z[shown].round(2),
            "hot": [label for label, kept in zip(found.label, shown, strict=True) if kept],
            "bandwidth_m": found.bandwidth,
        },
        geometry=list(plane.shapes_in_degrees(cells.shapes[shown])),
        crs="EPSG:4326",
    )
    unplaced = len(frame) - len(points) + found.missing
    made.attrs["note"] = _note(len(frame), unplaced, found.outside)
    return made


def _note(events: int, unplaced: int, outside: int) -> str:
    """Where all the events are: none vanishes without a word."""
    parts = [f"{events:,} 件事件中 {events - unplaced - outside:,} 件计入密度"]
    parts += [f"{unplaced:,} 件没有位置"] if unplaced else []
    parts += [f"{outside:,} 件在市域外"] if outside else []
    return ",".join(parts)
