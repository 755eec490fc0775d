"""Metres around a place: a projection made for it, on the ellipsoid of CGCS2000."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer


class LocalMetres:
    """An equal-area azimuthal projection centred on a place.

    Areas are exact anywhere; lengths near the middle are true to 0.01 % up to 100 km away.
    """

    def __init__(self, longitude: float, latitude: float) -> None:
        """Centre it; to a thousandth of a degree, so that neighbours share one."""
        self._there, self._back = _transformers(round(longitude, 3), round(latitude, 3))

    def project(self, shape: Any) -> Any:
        """Degrees as metres."""
        return shapely.transform(shape, self._metres)

    def degrees(self, shape: Any) -> Any:
        """Metres as degrees."""
        return shapely.transform(shape, self._degrees)

    def _metres(self, xy: NDArray[Any]) -> NDArray[Any]:
        return np.column_stack(self._there.transform(xy[:, 0], xy[:, 1]))

    def _degrees(self, xy: NDArray[Any]) -> NDArray[Any]:
        return np.column_stack(self._back.transform(xy[:, 0], xy[:, 1]))


@lru_cache(maxsize=64)
def _transformers(longitude: float, latitude: float) -> tuple[Transformer, Transformer]:
    local = f"+proj=laea +lat_0={latitude} +lon_0={longitude} +ellps=GRS80 +units=m +no_defs"
    there = Transformer.from_crs("EPSG:4490", local, always_xy=True)
    back = Transformer.from_crs(local, "EPSG:4490", always_xy=True)
    return there, back
