"""Which columns of a table say where a row is, by what a person said, by name and by content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import orjson
import pandas as pd
import shapely

from layers.contracts import Choice, Question
from layers.crs import beidou
from layers.errors import NeedsAnswer
from layers.readers.contracts import Upload
from layers.readers.degrees import (
    angles,
    blank,
    halves,
    is_text,
    numbers,
    pairs_by_content,
    plausible,
    says_latitude,
    swapped,
)
from layers.readers.detect import refuse
from layers.readers.roles import bearing, offset_of
from layers.readers.tally import Tally

_FILL = "补上坐标后重新导入;其余各行已读取"
_WKT = (
    r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)"
    r"\s*(?:Z|M|ZM)?\s*\("
)
_SAMPLE = 2000
_MOSTLY = 0.9
_LEAST_LEVEL = 4  # a coarser grid cell is no place; shorter codes are other codes
_ROLES = ("lon", "lat", "pair", "wkt", "grid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows are: geometries (None where unknown) and what they were made from."""

    geometries: np.ndarray
    columns: tuple[str, ...]
    declared: str | None
    evidence: tuple[str, ...]
    reported: np.ndarray
    codes: np.ndarray | None = None  # of the regions that rows were joined to


def locate(
    upload: Upload,
    frame: pd.DataFrame,
    rows: np.ndarray,
    tally: Tally,
    columns: Mapping[str, str] | None = None,
) -> Place:
    """The places of the rows; raises UnreadableFile when no column says where they are.

    `columns` is what a person said (role → column) and wins over names and content.
    """
    found = find_place(upload, frame, rows, tally, columns)
    if found is None:
        no_place(upload, frame)
    return found


def find_place(
    upload: Upload,
    frame: pd.DataFrame,
    rows: np.ndarray,
    tally: Tally,
    columns: Mapping[str, str] | None = None,
) -> Place | None:
    """As `locate`, but None where no column holds coordinates."""
    told = _told(upload, frame, columns or {})
    table = _Table(frame, rows, tally)
    if told:
        return _as_told(upload, table, told)
    for way in (_wkt_column, _named_pair, _pair_column, _grid_column):
        if place := way(table):
            return place
    return _content_pair(upload, table)


def no_place(upload: Upload, frame: pd.DataFrame) -> NoReturn:
    """Refuse a table without coordinates, naming what there is and what is missing."""
    lon, lat = bearing(frame.columns, "lon"), bearing(frame.columns, "lat")
    if bool(lon) != bool(lat):
        there, missing = ("经度", "纬度") if lon else ("纬度", "经度")
        refuse(upload, f"有{there}列“{(lon or lat)[0]}”,没有{missing}列", f"请补上{missing}列")
    names = "、".join(str(column) for column in frame.columns[:8])
    refuse(upload, f"没有坐标列(现有列:{names})", "请把坐标列命名为“经度”“纬度”或 lon、lat")


@dataclass(frozen=True, slots=True)
class _Table:
    frame: pd.DataFrame
    rows: np.ndarray
    tally: Tally


def _told(upload: Upload, frame: pd.DataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    """What a person said of coordinates; refuses columns that are not there."""
    told = {role: column for role, column in columns.items() if role in _ROLES and column}
    for role, column in told.items():
        if column not in frame.columns:
            names = "、".join(str(one) for one in frame.columns[:8])
            refuse(upload, f"没有指定的列“{column}”({role})", f"现有列:{names}")
    if ("lon" in told) != ("lat" in told):
        refuse(upload, "经度列和纬度列只指定了一个", "请两个都指定")
    return told


def _as_told(upload: Upload, table: _Table, told: Mapping[str, str]) -> Place:
    if "wkt" in told:
        return _from_wkt(table, told["wkt"])
    if "pair" in told:
        return _from_pair(table, told["pair"])
    if "grid" in told:
        return _from_grid(table, told["grid"])
    return _from_columns(table, told["lon"], told["lat"], how="(由导入者指定)")


def _wkt_column(table: _Table) -> Place | None:
    named = bearing(table.frame.columns, "wkt")
    column = _by_content(table.frame, _is_wkt, named)
    return _from_wkt(table, column) if column else None


def _named_pair(table: _Table) -> Place | None:
    """Columns named longitude and latitude, unless their content says otherwise."""
    frame = table.frame
    named = [
        (lon, lat) for lon in bearing(frame.columns, "lon") for lat in bearing(frame.columns, "lat")
    ]
    if not named:
        return None
    # Longitude in one system and latitude in another belong to no place.
    alike = [(lon, lat) for lon, lat in named if offset_of(lon) == offset_of(lat)] or named
    good = [pair for pair in alike if _plausible(frame, *pair)]
    if not good and len(others := pairs_by_content(frame)) == 1:
        why = f"(“{alike[0][0]}”“{alike[0][1]}”里的值不像坐标,按内容改用)"
        return _from_columns(table, *others[0], how=why)
    chosen = (good or alike)[0]
    used = {chosen[0], chosen[1]}
    others = [pair for pair in good if not used & set(pair)]
    note = tuple(f"另有坐标列“{lon}”“{lat}”,未用" for lon, lat in others[:3])
    return _from_columns(table, *chosen, how="", evidence=note)


def _pair_column(table: _Table) -> Place | None:
    named = bearing(table.frame.columns, "pair")
    column = _by_content(table.frame, _is_pair, named)
    return _from_pair(table, column) if column else None


def _grid_column(table: _Table) -> Place | None:
    named = bearing(table.frame.columns, "grid")
    column = _by_content(table.frame, _is_grid, named)
    return _from_grid(table, column) if column else None


def _content_pair(upload: Upload, table: _Table) -> Place | None:
    pairs = pairs_by_content(table.frame)
    if len(pairs) == 1:
        return _from_columns(table, *pairs[0], how="(按内容判断)")
    if not pairs:
        return None
    names = "、".join(f"“{one}”" for one in dict.fromkeys(name for pair in pairs for name in pair))
    way = "请指明经度列和纬度列,或用 --column lon=… --column lat=…"
    text = f"{upload.name}:有几列都像坐标({names});{way}"
    options = tuple(
        Choice(answer(lon=lon, lat=lat), f"“{lon}”“{lat}”", _example(table.frame, lon, lat))
        for lon, lat in pairs[:12]
    )
    raise NeedsAnswer(text, Question("columns", text, options))


def answer(**columns: str) -> str:
    """What an option about columns answers: the value of `ReadOptions.columns` as JSON."""
    return orjson.dumps(columns).decode()


def _example(frame: pd.DataFrame, lon: str, lat: str) -> str:
    return f"第一行:{frame[lon].iloc[0]}, {frame[lat].iloc[0]}"


def _plausible(frame: pd.DataFrame, lon: str, lat: str) -> bool:
    head = frame.head(_SAMPLE)
    return plausible(numbers(head[lon]), numbers(head[lat]))


def _by_content(
    frame: pd.DataFrame, test: Callable[[pd.Series], float], named: Iterable[str]
) -> str | None:
    """The column that passes the test in some rows if its name promises it, else in most."""
    for column in named:
        if test(frame[column].head(_SAMPLE)) > 0:
            return column
    for column in frame.columns:
        if is_text(frame[column]) and test(frame[column].head(_SAMPLE)) >= _MOSTLY:
            return str(column)
    return None


def _is_wkt(column: pd.Series) -> float:
    return _mean(column.dropna().astype("string").str.match(_WKT, case=False))


def _is_pair(column: pd.Series) -> float:
    known = column.dropna()
    first, second = halves(known)
    good = ~np.isnan(first) & ~np.isnan(second)
    return 0.0 if not good.any() or not plausible(first, second) else float(good.mean())


def _is_grid(column: pd.Series) -> float:
    _, _, levels = beidou.decode_all(column.dropna().astype("string").str.strip().tolist())
    return 0.0 if not len(levels) else float((levels >= _LEAST_LEVEL).mean())


def _mean(flags: pd.Series) -> float:
    return float(flags.fillna(False).mean()) if len(flags) else 0.0


def _from_wkt(table: _Table, column: str) -> Place:
    series = table.frame[column]
    texts = series.astype(object).where(series.notna(), None).to_numpy()
    plain = np.array([_without_srid(text) for text in texts], dtype=object)
    geometries = shapely.from_wkt(plain, on_invalid="ignore")
    broken = shapely.is_missing(geometries) & np.array([text is not None for text in texts])
    table.tally.add(table.rows[broken], column, "不是有效的 WKT", "改正后重新导入;其余各行已读取")
    return Place(geometries, (column,), None, (f"位置取自 WKT 列“{column}”",), broken)


def _without_srid(text: object) -> str | None:
    if text is None:
        return None
    plain = str(text).strip()
    return plain.split(";", 1)[-1] if plain[:5].upper() == "SRID=" else plain


def _from_grid(table: _Table, column: str) -> Place:
    """The centres of the grid cells, with their size told."""
    texts = table.frame[column].astype("string").str.strip()
    lon, lat, levels = beidou.decode_all(texts.astype(object).where(texts.notna(), None).tolist())
    empty = blank(table.frame[column])
    bad = levels == 0
    table.tally.add(table.rows[bad & empty], column, "为空", _FILL)
    table.tally.add(
        table.rows[bad & ~empty], column, "不是北斗网格位置码", "请核对网格码的位数和字符"
    )
    geometries = np.full(len(texts), None, dtype=object)
    geometries[~bad] = shapely.points(lon[~bad], lat[~bad])
    sizes = "、".join(_size(texts, levels, level) for level in sorted(set(levels[~bad].tolist())))
    words = f"位置取自北斗网格位置码列“{column}”,取格子中心({sizes})"
    return Place(geometries, (), "EPSG:4490", (words,), bad)


def _size(texts: pd.Series, levels: np.ndarray, level: int) -> str:
    cell = beidou.cell(str(texts.iloc[int(np.argmax(levels == level))]))
    metres = (cell.north - cell.south) * 111_320
    size = f"{metres / 1000:.1f} 公里" if metres >= 1000 else f"{metres:.3g} 米"
    return f"第 {level} 级,格高约 {size}"


def _from_pair(table: _Table, column: str) -> Place:
    first, second = halves(table.frame[column])
    words = f"位置取自列“{column}”"
    return _points(table, first, second, (column,), [words], offset_of(column))


def _from_columns(
    table: _Table, first: str, second: str, *, how: str, evidence: tuple[str, ...] = ()
) -> Place:
    frame = table.frame
    x, y = numbers(frame[first]), numbers(frame[second])
    words = [f"位置取自列“{first}”“{second}”{how}", *evidence]
    if count := angles(frame[first]) + angles(frame[second]):
        words.append(f"有 {count:,} 个值写成度分秒,已换算成度")
    turned = says_latitude(frame[first]) and not says_latitude(frame[second])
    declared = offset_of(first) or offset_of(second)
    if turned and not swapped(x, y):
        words.append(f"“{first}”里写明是纬度,已与“{second}”对调")
        return _points(table, y, x, (second, first), words, declared)
    return _points(table, x, y, (first, second), words, declared)


def _points(
    table: _Table,
    x: np.ndarray,
    y: np.ndarray,
    columns: tuple[str, ...],
    words: list[str],
    declared: str | None,
) -> Place:
    bad = np.isnan(x) | np.isnan(y)
    for column, lost in zip(columns, (np.isnan(x), np.isnan(y)), strict=False):
        _report(table, column, lost if len(columns) == 2 else bad)
    if swapped(x, y):
        x, y = y, x
        where = f"“{columns[0]}”里是纬度(北向)值"
        words.append(
            f"{where},已与“{columns[1]}”对调" if len(columns) == 2 else f"{where}在前,已对调"
        )
    geometries = np.full(len(x), None, dtype=object)
    geometries[~bad] = shapely.points(x[~bad], y[~bad])
    return Place(geometries, columns, declared, tuple(words), bad)


def _report(table: _Table, column: str, lost: np.ndarray) -> None:
    if not lost.any():
        return
    empty = blank(table.frame[column])
    table.tally.add(table.rows[lost & empty], column, "为空", _FILL)
    way = "写成十进制数或度分秒,如 113.5976、113°35′51″"
    table.tally.add(table.rows[lost & ~empty], column, "不是数", way)
