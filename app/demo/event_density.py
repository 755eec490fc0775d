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
_hexagons = load_function("grid", SHIPPED / "grid", "density_layer:hexagons")


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
    """The density of the demo's events over the demo's outline."""
    made: gpd.GeoDataFrame = _hexagons(places.events(now), borders.shapes().outline)
    return made
