"""Datum shifts by seven parameters: what a surveying office hands out for Xian80 and Beijing54."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyproj
from pyproj._crs import Ellipsoid
from pyproj.enums import TransformDirection

from layers.errors import UnknownCRS

_NAMES = ("dx", "dy", "dz", "rx", "ry", "rz", "scale")
_LIMITS = (5000.0, 5000.0, 5000.0, 60.0, 60.0, 60.0, 200.0)  # metres, seconds of arc, ppm
_CONVENTIONS = {
    "position_vector": "position_vector",
    "布尔沙": "position_vector",
    "位置矢量": "position_vector",
    "9606": "position_vector",
    "coordinate_frame": "coordinate_frame",
    "坐标框架": "coordinate_frame",
    "9607": "coordinate_frame",
}
_WAYS = (
    "请按 dx,dy,dz,rx,ry,rz,尺度,旋转约定 写八项:平移用米,旋转用角秒,尺度用 ppm,"
    "约定写 position_vector(布尔沙,EPSG 9606)或 coordinate_frame(EPSG 9607)"
)
_USUAL = "position_vector"
_STEPS = 3

Given = str | Mapping[str, object] | Sequence[object]
Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class SevenParameters:
    """A Helmert shift to CGCS2000: metres, seconds of arc, parts per million, and the convention.

    The two conventions turn in opposite directions: without its name the numbers are worthless.
    """

    values: tuple[float, float, float, float, float, float, float]
    convention: str

    @property
    def text(self) -> str:
        """The form that `parameters` reads and a version keeps."""
        return ",".join([*(f"{value:.12g}" for value in self.values), self.convention])

    def pipeline(self, ellipsoid: Ellipsoid) -> str:
        """PROJ's words for the way from degrees on `ellipsoid` to degrees of CGCS2000."""
        dx, dy, dz, rx, ry, rz, scale = self.values
        shape = f"+a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r}"
        return (
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=cart {shape} "
            f"+step +proj=helmert +x={dx!r} +y={dy!r} +z={dz!r} +rx={rx!r} +ry={ry!r} +rz={rz!r} "
            f"+s={scale!r} +convention={self.convention} "
            "+step +inv +proj=cart +ellps=GRS80 "
            "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )


def parameters(given: Given) -> SevenParameters:
    """The shift that a person typed or a form sent; raises UnknownCRS with the right form.

    Seven bare numbers from a form turn by the position vector, the usual 布尔沙 model.
    """
    if isinstance(given, Mapping):
        parts = [str(given.get(name, "")) for name in (*_NAMES, "convention")]
    elif not isinstance(given, str):
        parts = [str(one) for one in given]
        parts += [_USUAL] if len(parts) == len(_NAMES) else []
    else:
        parts = [part.strip() for part in re.split(r"[,,;;\s]+", given.strip()) if part.strip()]
    if len(parts) != len(_NAMES) + 1:
        raise UnknownCRS(f"七参数有 {len(parts)} 项,应为八项;{_WAYS}")
    convention = _CONVENTIONS.get(parts[-1].strip().lower())
    if convention is None:
        raise UnknownCRS(f"七参数的旋转约定“{parts[-1]}”不认识;{_WAYS}")
    values = [_number(*each) for each in zip(_NAMES, parts, _LIMITS, strict=False)]
    dx, dy, dz, rx, ry, rz, scale = values
    return SevenParameters((dx, dy, dz, rx, ry, rz, scale), convention)


def shift(text: str, geodetic: str) -> tuple[Callable[..., Pair], Callable[..., Pair]]:
    """There and back between degrees of `geodetic` and of CGCS2000, heights taken as 0."""
    pipeline = parameters(text).pipeline(_ellipsoid(geodetic))

    def there(lon: np.ndarray, lat: np.ndarray) -> Pair:
        return _moved(pipeline, lon, lat, inverse=False)

    def back(lon: np.ndarray, lat: np.ndarray) -> Pair:
        x, y = _moved(pipeline, lon, lat, inverse=True)
        for _ in range(_STEPS):  # the height that the shift gives is dropped: correct for it
            there_x, there_y = there(x, y)
            x, y = x + (lon - there_x), y + (lat - there_y)
        return x, y

    return there, back


def _number(name: str, text: str, limit: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise UnknownCRS(f"七参数的 {name}“{text}”不是数;{_WAYS}") from None
    if not math.isfinite(value) or abs(value) > limit:
        raise UnknownCRS(f"七参数的 {name} 为 {text},超出 ±{limit:g},单位可能写错;{_WAYS}")
    return value


def _ellipsoid(geodetic: str) -> Ellipsoid:
    found = pyproj.CRS.from_user_input(geodetic).ellipsoid
    if found is None:
        raise UnknownCRS(f"{geodetic} 没有椭球,不能用七参数")
    return found


@cache
def _transformer(pipeline: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_pipeline(pipeline)


def _moved(pipeline: str, lon: np.ndarray, lat: np.ndarray, *, inverse: bool) -> Pair:
    way = TransformDirection.INVERSE if inverse else TransformDirection.FORWARD
    flat = np.zeros_like(np.asarray(lon, dtype=float))
    x, y, _ = _transformer(pipeline).transform(lon, lat, flat, direction=way)
    return np.asarray(x), np.asarray(y)
