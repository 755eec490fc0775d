"""Columns of coordinates as numbers: decimals, degrees-minutes-seconds, pairs in one cell."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from layers.crs import dms

CHINA_LON, CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
_NORTHING = (1.8e6, 6.0e6)
_EASTING, _ZONED_EASTING = (1.0e5, 9.0e5), (1.3e7, 4.7e7)
_USUAL_SHARE = 0.9  # of the rows that must look alike before a column is taken by its content
_SAMPLE = 10_000
_BRACKETS = re.compile(r"^[((\[]|[))\]]$")
_MARKS = re.compile(r"^[EN]|[°EN]+$")
_PAIR = re.compile(r"^\W*?(-?\d[\d.]*)\s*[,,;;、 \t]\s*(-?\d[\d.]*)\W*$")
_BETWEEN = re.compile(r"\s*[,,;;、/]\s*|\s+(?=[东西南北EWNS])|(?<=[^\s,,;;])(?=[东西]经|[南北]纬)")


def numbers(column: pd.Series) -> np.ndarray:
    """The column as floats, degrees-minutes-seconds made decimals; NaN for what is no number."""
    if not is_text(column):
        return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    text = column.astype("string").str.strip()
    plain = pd.to_numeric(text.str.replace(_MARKS, "", regex=True), errors="coerce")
    found = plain.to_numpy(dtype=float, na_value=np.nan, copy=True)
    rest = np.isnan(found) & text.notna().to_numpy(dtype=bool)
    # Among metres "38-45" is a slip of the pen, not an angle.
    if rest.any() and not (np.abs(found[~np.isnan(found)]) > 360).any():
        found[rest] = dms.parse_all(text[rest].tolist())
    return found


def angles(column: pd.Series) -> int:
    """How many cells are written as degrees-minutes-seconds."""
    if not is_text(column):
        return 0
    text = column.astype("string").str.strip()
    plain = pd.to_numeric(text.str.replace(_MARKS, "", regex=True), errors="coerce")
    return int((~np.isnan(numbers(column)) & plain.isna().to_numpy(dtype=bool)).sum())


def halves(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """First and second number of cells such as "113.59,24.81" or "N24°48′ E113°35′"."""
    text = column.astype("string").str.strip().str.replace(_BRACKETS, "", regex=True)
    plain = text.str.extract(_PAIR)
    first = pd.to_numeric(plain[0], errors="coerce").to_numpy(float, na_value=np.nan, copy=True)
    second = pd.to_numeric(plain[1], errors="coerce").to_numpy(float, na_value=np.nan, copy=True)
    rest = np.isnan(first) & text.notna().to_numpy(dtype=bool)
    for position in np.flatnonzero(rest):
        first[position], second[position] = _angles_of(str(text.iloc[position]))
    return first, second


def swapped(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether x holds what belongs in y: degrees of China, or survey axes (X north, Y east)."""
    degrees = usual(x, CHINA_LAT) and usual(y, CHINA_LON)
    metres = usual(x, _NORTHING) and (usual(y, _EASTING) or usual(y, _ZONED_EASTING))
    return degrees or metres


def says_latitude(column: pd.Series) -> bool:
    """Whether the cells themselves say N, S, 北纬 or 南纬."""
    if not is_text(column):
        return False
    known = column.dropna().head(_SAMPLE)
    axes = [dms.axis(text) for text in known]
    return axes.count("lat") * 2 > len(axes) > 0


def plausible(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether most rows look like places in China, in degrees or metres, in either order."""
    for one, other in ((x, y), (y, x)):
        degrees = usual(one, CHINA_LON, 0.5) and usual(other, CHINA_LAT, 0.5)
        east = usual(one, _EASTING, 0.5) or usual(one, _ZONED_EASTING, 0.5)
        if degrees or (east and usual(other, _NORTHING, 0.5)):
            return True
    return False


def pairs_by_content(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """All pairs of columns that look like longitudes and latitudes, or metres with their zone.

    Metres without a zone look like any amount of money: those columns need a name.
    """
    kinds: dict[str, list[str]] = {"lon": [], "lat": [], "zoned": [], "north": []}
    for column in frame.columns:
        values = numbers(frame[column].head(_SAMPLE))
        finite = values[np.isfinite(values)]
        # Whole numbers are counts or codes, not degrees.
        if not (finite % 1).any():
            continue
        for kind, window in (
            ("lon", CHINA_LON),
            ("lat", CHINA_LAT),
            ("zoned", _ZONED_EASTING),
            ("north", _NORTHING),
        ):
            if usual(values, window):
                kinds[kind].append(str(column))
                break
    degrees = [(lon, lat) for lon in kinds["lon"] for lat in kinds["lat"]]
    return degrees or [(east, north) for east in kinds["zoned"] for north in kinds["north"]]


def usual(values: np.ndarray, window: tuple[float, float], share: float = _USUAL_SHARE) -> bool:
    """Whether more than `share` of the known values lie in the window."""
    known = values[~np.isnan(values)]
    if not len(known):
        return False
    return float(((known >= window[0]) & (known <= window[1])).mean()) > share


def blank(column: pd.Series) -> np.ndarray:
    """Which cells hold nothing, or a word for nothing."""
    text = column.astype("string").str.strip().fillna("")
    empty = (text == "") | text.str.lower().isin(["nan", "null", "none", "无", "-", "—", "/"])
    return empty.to_numpy(dtype=bool)


def is_text(column: pd.Series) -> bool:
    """Whether the cells are texts."""
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def _angles_of(text: str) -> tuple[float, float]:
    """The two angles in a text, longitude first where the text says which is which."""
    parts = [part for part in _BETWEEN.split(text) if part]
    if len(parts) != 2:
        return np.nan, np.nan
    first, second = dms.parse(parts[0]), dms.parse(parts[1])
    if first is None or second is None:
        return np.nan, np.nan
    turned = dms.axis(parts[0]) == "lat" or dms.axis(parts[1]) == "lon"
    return (second, first) if turned else (first, second)
