"""How many events of a kind lie within some metres and hours of each other. Pure."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_METRES = 111_319.49  # a degree of latitude, and of longitude at the equator (WGS-84 equator / 360)


def crowding(
    longitude: Floats, latitude: Floats, hours: Floats, *, radius: float, within: float
) -> NDArray[np.int64]:
    """For each event how many lie within `radius` metres and up to `within` hours before it.

    The event itself counts. Longitude and latitude are WGS-84 degrees, `hours` any clock in hours.
    An event without a place or a moment (NaN) counts nowhere and has 0.
    """
    counts = np.zeros(len(longitude), dtype=np.int64)
    known = np.isfinite(longitude) & np.isfinite(latitude) & np.isfinite(hours)
    if not known.any():
        return counts
    east, north, at = longitude[known], latitude[known], hours[known]
    # A city is small: a plane at its middle latitude errs by less than a metre in a kilometre.
    scale = np.cos(np.radians(north.mean()))
    plane = np.column_stack([east * _METRES * scale, north * _METRES])
    points = shapely.points(plane)
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=radius)
    apart = at[first] - at[second]
    counts[known] = np.bincount(first[(apart >= 0) & (apart <= within)], minlength=len(at))
    return counts
