"""Beidou grid location codes (GB/T 39409-2020): from a code of any level to its cell, and back.

Codes name cells of CGCS2000. All sums are whole units of 1/2048 second, the side of the smallest
cell: in floats a position on a cell's edge flips into the neighbour. In each hemisphere cells are
counted away from the equator and the prime meridian.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from layers.errors import BadCoordinates

_DEGREE = 3600 * 2048  # units
_ROWS = "ABCDEFGHIJKLMNOPQRSTUV"
_DIGITS = "0123456789ABCDE"
_POLE = 88  # the caps beyond have cells of another shape
_NOISE = Fraction(1, 1_000_000)  # of a unit: 15 nanometres, above what a float's end can move
# level 2 to 10: columns and rows a cell is divided into, and whether one digit names both
_DIVISIONS = (
    (12, 8, False),
    (2, 3, True),
    (15, 10, False),
    (15, 15, False),
    (2, 2, True),
    (8, 8, False),
    (8, 8, False),
    (8, 8, False),
    (8, 8, False),
)
_LENGTHS = (4, 6, 7, 9, 11, 12, 14, 16, 18, 20)
_LENGTHS_3D = tuple(length + 2 + level for level, length in enumerate(_LENGTHS, start=1))
_WAYS = "二维码依级别长 4、6、7、9、11、12、14、16、18、20 位,如 N49GB1258C9"


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell a code names, in degrees, and the code's level (1 to 10)."""

    west: float
    south: float
    east: float
    north: float
    level: int

    @property
    def lon(self) -> float:
        """Longitude of the centre."""
        return (self.west + self.east) / 2

    @property
    def lat(self) -> float:
        """Latitude of the centre."""
        return (self.south + self.north) / 2


def cell(code: str) -> Cell:
    """The cell that `code` names; raises BadCoordinates naming the wrong position.

    A code with height (3-D) gives the cell it stands on.
    """
    text = code.strip().upper()
    if len(text) in _LENGTHS_3D and text[3].isdigit() and text[4].isalpha():
        text = _without_height(text)
    if len(text) not in _LENGTHS:
        raise BadCoordinates(f"北斗网格码 {code}:长 {len(text)} 位,不对应任何一级;{_WAYS}")
    marks = _Marks(code, text)
    south = marks.one("NS", "北纬 N 或南纬 S") == 1
    column = marks.one(_DIGITS[:10], "列号十位") * 10 + marks.one(_DIGITS[:10], "列号个位")
    if not 1 <= column <= 60:
        raise BadCoordinates(f"北斗网格码 {code}:第 2–3 位的列号 {column:02d} 应在 01 到 60 之间")
    west = column <= 30
    x = 6 * _DEGREE * ((30 - column) if west else (column - 31))
    y = 4 * _DEGREE * marks.one(_ROWS, "行号 A 到 V")
    wide, high, level = 6 * _DEGREE, 4 * _DEGREE, 1
    for columns, rows, together in _DIVISIONS[: _LENGTHS.index(len(text))]:
        right, up = _step(marks, columns, rows, together=together)
        wide, high, level = wide // columns, high // rows, level + 1
        x, y = x + right * wide, y + up * high
    lon, lat = _ordered(x, x + wide, west), _ordered(y, y + high, south)
    return Cell(lon[0] / _DEGREE, lat[0] / _DEGREE, lon[1] / _DEGREE, lat[1] / _DEGREE, level)


def decode(code: str) -> tuple[float, float, int]:
    """Longitude and latitude of the cell's centre, and the level; raises BadCoordinates."""
    found = cell(code)
    return found.lon, found.lat, found.level


def decode_all(codes: Iterable[object]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitudes, latitudes and levels of many codes; NaN and level 0 for what is no code."""
    found = [_or_nothing(code) for code in codes]
    table = np.array(found, dtype=float).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.int64)


def encode(lon: float, lat: float, level: int = 10) -> str:
    """The code of the cell around a position; on an edge, the cell farther from 0°.

    Raises BadCoordinates beyond 88° of latitude, where the cells of the poles begin.
    """
    if not 1 <= level <= len(_LENGTHS):
        raise ValueError(f"level {level} is not 1 to 10")
    if not (abs(lon) <= 180.0 and abs(lat) < _POLE):
        raise BadCoordinates(
            f"{lon}, {lat} 没有北斗网格码;经度应在 ±180° 内,纬度应在 ±{_POLE}° 内(极区另有规定)"
        )
    x, y = _units(180.0 if lon == -180.0 else lon), _units(lat)
    west = lon < 0 and lon != -180.0
    x = min(x, 180 * _DEGREE - 1)  # 180° is the far edge of the last column
    column, row = x // (6 * _DEGREE), y // (4 * _DEGREE)
    text = f"{'S' if lat < 0 else 'N'}{30 - column if west else 31 + column:02d}{_ROWS[row]}"
    wide, high = 6 * _DEGREE, 4 * _DEGREE
    for columns, rows, together in _DIVISIONS[: level - 1]:
        x, y, wide, high = x % wide, y % high, wide // columns, high // rows
        right, up = x // wide, y // high
        text += _DIGITS[up * columns + right] if together else _DIGITS[right] + _DIGITS[up]
    return text


class _Marks:
    """The marks of a code, read one after the other; complains with the position."""

    def __init__(self, code: str, text: str) -> None:
        self._code = code
        self._left: Iterator[tuple[int, str]] = iter(enumerate(text, start=1))

    def one(self, allowed: str, what: str) -> int:
        """The place of the next mark among `allowed`."""
        at, mark = next(self._left)
        if mark not in allowed:
            raise BadCoordinates(f"北斗网格码 {self._code}:第 {at} 位“{mark}”不对,应是{what}")
        return allowed.index(mark)


def _step(marks: _Marks, columns: int, rows: int, *, together: bool) -> tuple[int, int]:
    """How many columns and rows into the cell the next one or two marks lead."""
    if together:
        at = marks.one(_DIGITS[: columns * rows], f"0 到 {_DIGITS[columns * rows - 1]}")
        return at % columns, at // columns
    right = marks.one(_DIGITS[:columns], f"0 到 {_DIGITS[columns - 1]}")
    return right, marks.one(_DIGITS[:rows], f"0 到 {_DIGITS[rows - 1]}")


def _ordered(near: int, far: int, negative: bool) -> tuple[int, int]:
    return (-far, -near) if negative else (near, far)


def _units(degrees: float) -> int:
    """The distance from 0° in whole units; the decimal as written counts, not its float."""
    exact = abs(Fraction(repr(float(degrees)))) * _DEGREE
    nearest = round(exact)
    return nearest if abs(exact - nearest) < _NOISE else int(exact)


def _without_height(text: str) -> str:
    """The flat code in a 3-D one, which has a sign and a mark of height per level (first: two)."""
    level = _LENGTHS_3D.index(len(text)) + 1
    flat, at = text[0] + text[2:5], 7
    for before, after in pairwise(_LENGTHS[:level]):
        flat += text[at : at + after - before]
        at += after - before + 1
    return flat


def _or_nothing(code: object) -> tuple[float, float, int]:
    if not isinstance(code, str):
        return np.nan, np.nan, 0
    try:
        return decode(code)
    except BadCoordinates:
        return np.nan, np.nan, 0
