"""Which columns of a table say where a row is, by name and by content."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from layers.readers.contracts import Upload
from layers.readers.detect import refuse
from layers.readers.tally import Tally

_LON = {"lon", "lng", "long", "longitude", "x", "经度", "东经", "jd", "xcoord", "pointx", "横坐标"}
_LAT = {"lat", "latitude", "y", "纬度", "北纬", "wd", "ycoord", "pointy", "纵坐标"}
_LON |= {"xcoordinate", "经度坐标", "gpslng", "gpslon", "lngx", "lond"}
_LAT |= {"ycoordinate", "纬度坐标", "gpslat", "laty", "latd"}
_WKT = {"wkt", "geom", "geometry", "thegeom", "几何", "空间坐标"}
_PAIR = {"坐标", "经纬度", "location", "lnglat", "lonlat", "coordinates", "位置坐标"}
# A word in the column's name that says which offset its coordinates carry.
_HINTS = (
    (re.compile(r"gcj(02)?|火星|高德|amap|gaode|腾讯"), "gcj02"),
    (re.compile(r"bd(09)?(ll)?|百度|baidu"), "bd09"),
    (re.compile(r"wgs(84)?"), "EPSG:4326"),
    (re.compile(r"cgcs(2000)?|国家2000"), "EPSG:4490"),
)
_CHINA_LON, _CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
_NORTHING = (1.8e6, 6.0e6)
_USUAL_SHARE = 0.9  # of the rows that must look alike before a column is taken by its content
_FILL = "补上坐标后重新导入;其余各行已读取"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows are: geometries (None where unknown) and what they were made from."""

    geometries: np.ndarray
    columns: tuple[str, ...]
    declared: str | None
    evidence: tuple[str, ...]
    reported: np.ndarray


def locate(upload: Upload, frame: pd.DataFrame, rows: np.ndarray, tally: Tally) -> Place:
    """The places of the rows; raises UnreadableFile when no column says where they are."""
    plain = {column: _plain(column) for column in frame.columns}
    wkt = [column for column in frame.columns if plain[column][0] in _WKT]
    if wkt and frame[wkt[0]].astype("string").str.match(r"\s*[A-Za-z ]+\(").fillna(False).any():
        return _from_wkt(frame, wkt[0], rows, tally)
    lon = [column for column in frame.columns if plain[column][0] in _LON]
    lat = [column for column in frame.columns if plain[column][0] in _LAT]
    if lon and lat:
        declared = plain[lon[0]][1] or plain[lat[0]][1]
        return _from_numbers(frame, lon[0], lat[0], rows, tally, declared=declared, named=True)
    pair = [column for column in frame.columns if plain[column][0] in _PAIR]
    if (
        pair
        and frame[pair[0]].astype("string").str.contains(r"\d\s*[,, ]\s*\d").fillna(False).any()
    ):
        return _from_pair(frame, pair[0], rows, tally, plain[pair[0]][1])
    if lon or lat:
        there, missing = ("经度", "纬度") if lon else ("纬度", "经度")
        refuse(upload, f"有{there}列“{(lon or lat)[0]}”,没有{missing}列", f"请补上{missing}列")
    guessed = _by_content(frame)
    if guessed is None:
        columns = "、".join(str(column) for column in frame.columns[:8])
        refuse(upload, f"没有坐标列(现有列:{columns})", "请把坐标列命名为“经度”“纬度”或 lon、lat")
    return _from_numbers(frame, *guessed, rows, tally, declared=None, named=False)


def numbers(column: pd.Series) -> np.ndarray:
    """The column as floats; NaN for what is no number."""
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        column = column.astype("string").str.strip().str.rstrip("°EN")
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _plain(column: object) -> tuple[str, str | None]:
    """A column's name without decoration, and the offset that its name mentions."""
    text = str(column).strip().lower()
    hint = None
    for pattern, declared in _HINTS:
        if pattern.search(text):
            hint = declared
            text = pattern.sub("", text)
            break
    return re.sub(r"[\s_\-.°]|[((\[].*?[))\]]", "", text), hint


def _from_wkt(frame: pd.DataFrame, column: str, rows: np.ndarray, tally: Tally) -> Place:
    texts = frame[column].astype(object).where(frame[column].notna(), None).to_numpy()
    geometries = shapely.from_wkt(texts, on_invalid="ignore")
    broken = shapely.is_missing(geometries) & np.array([text is not None for text in texts])
    tally.add(rows[broken], column, "不是有效的 WKT", "改正后重新导入;其余各行已读取")
    return Place(geometries, (column,), None, (f"位置取自 WKT 列“{column}”",), broken)


def _from_pair(
    frame: pd.DataFrame, column: str, rows: np.ndarray, tally: Tally, declared: str | None
) -> Place:
    halves = frame[column].astype("string").str.extract(r"^\W*(-?[\d.]+)\s*[,, ]\s*(-?[\d.]+)\W*$")
    both = pd.DataFrame({"经度": halves[0], "纬度": halves[1]})
    place = _from_numbers(both, "经度", "纬度", rows, tally, declared=declared, named=True)
    evidence = (f"位置取自列“{column}”", *place.evidence[1:])
    return Place(place.geometries, (column,), declared, evidence, place.reported)


def _from_numbers(
    frame: pd.DataFrame,
    first: str,
    second: str,
    rows: np.ndarray,
    tally: Tally,
    *,
    declared: str | None,
    named: bool,
) -> Place:
    x, y = numbers(frame[first]), numbers(frame[second])
    evidence = [f"位置取自列“{first}”“{second}”" + ("" if named else "(按内容判断)")]
    if _swapped(x, y):
        x, y = y, x
        evidence.append(f"“{first}”里是纬度(北向)值,已与“{second}”对调")
    bad = np.isnan(x) | np.isnan(y)
    for column in (first, second):
        _report(frame[column], numbers(frame[column]), rows, tally)
    geometries = np.full(len(frame), None, dtype=object)
    geometries[~bad] = shapely.points(x[~bad], y[~bad])
    return Place(geometries, (first, second), declared, tuple(evidence), bad)


def _report(column: pd.Series, values: np.ndarray, rows: np.ndarray, tally: Tally) -> None:
    lost = np.isnan(values)
    if not lost.any():
        return
    text = column.astype("string").str.strip().fillna("")
    blank = ((text == "") | text.str.lower().isin(["nan", "null", "none"])).to_numpy(dtype=bool)
    tally.add(rows[lost & blank], str(column.name), "为空", _FILL)
    tally.add(rows[lost & ~blank], str(column.name), "不是数", "写成十进制数,如 113.5976")


def _swapped(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether x holds what belongs in y: degrees of China, or survey axes (X north, Y east)."""
    degrees = _share(x, _CHINA_LAT) > _USUAL_SHARE and _share(y, _CHINA_LON) > _USUAL_SHARE
    metres = _share(x, _NORTHING) > _USUAL_SHARE and (
        _share(y, (1.0e5, 9.0e5)) > _USUAL_SHARE or _share(y, (1.3e7, 4.7e7)) > _USUAL_SHARE
    )
    return degrees or metres


def _by_content(frame: pd.DataFrame) -> tuple[str, str] | None:
    """The only pair of columns that look like longitudes and latitudes of China."""
    lon, lat = [], []
    for column in frame.columns:
        values = numbers(frame[column].head(10_000))
        finite = values[np.isfinite(values)]
        # Whole numbers are counts or codes, not degrees.
        if not (finite % 1).any():
            continue
        if _share(values, _CHINA_LON) > _USUAL_SHARE:
            lon.append(column)
        elif _share(values, _CHINA_LAT) > _USUAL_SHARE:
            lat.append(column)
    return (lon[0], lat[0]) if len(lon) == 1 and len(lat) == 1 else None


def _share(values: np.ndarray, window: tuple[float, float]) -> float:
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0
    return float(((known >= window[0]) & (known <= window[1])).mean())
