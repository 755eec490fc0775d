"""How many events lie within some metres and hours of each other, and where. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_METRES = 111_319.49  # a degree of latitude, and of longitude at the equator (WGS-84 equator / 360)


@dataclass(frozen=True, slots=True)
class Happenings:
    """Events: WGS-84 degrees, hours since 1970, and the code of the region that each lies in."""

    longitude: Floats
    latitude: Floats
    hours: Floats
    regions: Sequence[str]


NOTHING = Happenings(np.empty(0), np.empty(0), np.empty(0), ())


@dataclass(frozen=True, slots=True)
class Spot:
    """The thickest crowd of a region: how many, and the event that they lie around."""

    count: int
    region: str
    longitude: float
    latitude: float


def thickest(
    events: Happenings, codes: Sequence[str], *, radius: float, within: float
) -> Mapping[str, Spot]:
    """For each region that has events the spot where most of them lie; of equals the last one.

    A region holds what lies in its parts: the first 4, 6 or 9 digits of a code are those of its
    city, county and town (GB/T 2260, GB/T 10114).
    """
    counts = crowding(events.longitude, events.latitude, events.hours, radius=radius, within=within)
    wanted, found = frozenset(codes), dict[str, Spot]()
    for n in np.argsort(events.hours, kind="stable"):
        code, count = events.regions[n], int(counts[n])
        for above in {code, code[:9], code[:6], f"{code[:4]}00"} & wanted:
            if count and (above not in found or found[above].count <= count):
                place = float(events.longitude[n]), float(events.latitude[n])
                found[above] = Spot(count, code, *place)
    return found


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
    points = shapely.points(on_a_plane(east, north))
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=radius)
    apart = at[first] - at[second]
    counts[known] = np.bincount(first[(apart >= 0) & (apart <= within)], minlength=len(at))
    return counts


def on_a_plane(longitude: Floats, latitude: Floats) -> Floats:
    """Metres east and north of degrees.

    A city is small: a plane at its middle latitude errs by less than a metre in a kilometre.
    """
    scale = np.cos(np.radians(latitude.mean()))
    return np.column_stack([longitude * _METRES * scale, latitude * _METRES])
