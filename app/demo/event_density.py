"""How the demo shows the density of its events: in steps."""

from __future__ import annotations

from typing import Any

from app.api.class_colours import ramp_colours

LIMITS = (0.0, 0.004, 0.01, 0.02, 0.04)  # events per km²


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
