"""The candidate systems of a file as plain data: for the question, the record and the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from layers.crs.evidence import caution
from layers.crs.fit import Fit, apart
from layers.crs.names import shown
from layers.crs.outline import Shift

_DEGREE_M = 111_320.0


def candidates(
    fits: Sequence[Fit], chosen: str | None, shift: Shift | None, *, shift_of: str | None = None
) -> tuple[Mapping[str, Any], ...]:
    """One mapping a system, the chosen or leading one first.

    `shift_m` is how far the shapes lie off the outline when read so (None: cannot be told), worked
    out from the shift of one system, `shift_of`. `apart_m` is the distance to the first candidate.
    """
    ordered = sorted(fits, key=lambda one: one.crs != chosen)
    if not ordered:
        return ()
    first = ordered[0]
    base = next((one for one in ordered if one.crs == shift_of), first)
    return tuple(
        {
            "crs": one.crs,
            "title": shown(one.crs),
            "inside": one.inside,
            "near": one.near,
            "count_inside": one.count,
            "total": one.total,
            "shift_m": _off(one, base, shift),
            "apart_m": apart(one, first),
            "river_m": one.river_m,
            "road_m": one.road_m,
            "warning": caution(one.crs),
            "chosen": one.crs == chosen,
        }
        for one in ordered
    )


def _off(one: Fit, base: Fit, shift: Shift | None) -> float | None:
    """The shift of `base` plus the way from there to `one`: the systems differ by a vector."""
    if shift is None:
        return None
    (lon, lat), (there, north) = base.middle, one.middle
    east_m = (there - lon) * np.cos(np.radians(lat)) * _DEGREE_M
    metres = float(np.hypot(shift.east + east_m, shift.north + (north - lat) * _DEGREE_M))
    return round(metres, 1) if np.isfinite(metres) else None
