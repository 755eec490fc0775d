"""The demo's density layer: what topics/grid computes from the demo's events, as hexagons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import geopandas as gpd

from app.api.class_colours import ramp_colours
from app.demo import borders, places
from topics.kit.catalogue import SHIPPED
from topics.kit.functions import load_function

LIMITS = (0.0, 0.02, 0.05, 0.1, 0.2)  # events per km²
SIDE_M, BANDWIDTH_M = 2_000.0, 4_000.0
_measure = load_function("grid", SHIPPED / "grid", "density:measure")


def style() -> dict[str, Any]:
    """Events per km² in steps, from little to much."""
    bounds = zip(LIMITS, [*LIMITS[1:], None], ramp_colours(len(LIMITS)), strict=True)
    classes: list[dict[str, Any]] = [
        {
            "min": low,
            "max": high,
            "label": f"{low:g} 以上" if high is None else f"{low:g}–{high:g}",
            **colours,
        }
        for low, high, colours in bounds
    ]
    return {"kind": "graduated", "field": "per_km2", "classes": classes}


def frame(now: datetime) -> gpd.GeoDataFrame:
    """Cells with events near: code, count, per_km2, z, hot ("热点 99%" …), bandwidth_m."""
    events = places.events(now)
    found, plane = _measure(
        events.geometry.x.to_numpy(),
        events.geometry.y.to_numpy(),
        borders.shapes().outline,
        side=SIDE_M,
        bandwidth=BANDWIDTH_M,
    )
    cells = found.cells
    shown = found.per_km2 >= found.per_km2.max() / 100  # the empty mountains are left out
    return gpd.GeoDataFrame(
        {
            "code": [f"H{q}_{r}" for q, r in zip(cells.q[shown], cells.r[shown], strict=True)],
            "count": found.counts[shown],
            "per_km2": found.per_km2[shown].round(4),
            "z": found.z[shown].round(2),
            "hot": [label for label, kept in zip(found.label, shown, strict=True) if kept],
            "bandwidth_m": found.bandwidth,
        },
        geometry=list(plane.shapes_in_degrees(cells.shapes[shown])),
        crs=places.CRS,
    )
