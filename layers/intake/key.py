"""The column that features are recognised by over versions, found under its usual other names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd

from layers.contracts import Choice, Problem, Question
from layers.errors import UnreadableFile
from layers.intake.attributes import key_texts
from layers.intake.prepare import Prepared

# Files of the same thing from different sources name its code differently.
_CODES = ("code", "adcode", "行政区划代码", "区划代码", "xzqdm", "pac", "代码", "编码")
_SHOWN = 8
_NAMED = re.compile(r"编码|编号|代码|主键|唯一|标识码|code|uuid|guid|(^|_)id$", re.IGNORECASE)
_DIFFERENT = 0.95  # of the values: a few repeats are slips, many mean that it is no key


@dataclass(frozen=True, slots=True)
class SuggestedKey:
    """A column that looks like the key: how many values it has and how many of them differ."""

    column: str
    values: int
    different: int


def suggest_key(frame: gpd.GeoDataFrame) -> SuggestedKey | None:
    """The column that by name and content tells the features apart; None without any.

    The first with the most different values wins; a person decides.
    """
    found: list[SuggestedKey] = []
    for column in frame.columns:
        if column == frame.geometry.name or not _NAMED.search(str(column)):
            continue
        values = key_texts(frame[column]).dropna()
        one = SuggestedKey(str(column), len(values), int(values.nunique()))
        if one.values and one.different >= _DIFFERENT * len(frame):
            found.append(one)
    return max(found, key=lambda one: one.different, default=None)


def key_column(columns: Iterable[object], key: str, said: str | None = None) -> str | None:
    """Which column is the key or stands for it; None when none does.

    A key named `code` is also found as adcode, 行政区划代码 and so on. `said` is a person's answer.
    """
    known = [str(column) for column in columns]
    if said in known:
        return said
    if key in known:
        return key
    lower = {column.lower(): column for column in known}
    others = [lower[one] for one in _CODES if one in lower] if key in _CODES else []
    return others[0] if others else None


def keyed(frame: gpd.GeoDataFrame, key: str, column: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """The frame with `column` as its column `key` (as text where it had another name), and told."""
    if column == key:
        return frame, []
    frame = frame.copy(deep=False)
    values = key_texts(frame[column])
    if key in frame.columns:
        frame[key] = values
    else:
        frame.insert(0, key, values)
    return frame, [Problem(None, key, f"取自“{column}”列", "无需处理;如不对请用 --key 指明")]


def key_question(frame: gpd.GeoDataFrame, key: str) -> Question:
    """The question which column stands for the layer's key."""
    columns = [str(one) for one in frame.columns if one != frame.geometry.name]
    options = tuple(Choice(one, one, _first_value(frame, one)) for one in columns)
    text = f"文件里没有关键字段“{key}”,要素靠它跨版本对应;请选择哪一列是“{key}”"
    return Question("columns", text, options)


def with_key(prepared: Prepared, key: str | None, name: str) -> Prepared:
    """The features with a column `key`; raises UnreadableFile when nothing can stand for it."""
    if key is None:
        return prepared
    columns = [str(one) for one in prepared.frame.columns if one != "geometry"]
    column = key_column(columns, key)
    if column is None:
        shown = "、".join(columns[:_SHOWN])
        raise UnreadableFile(f"{name}:没有关键字段“{key}”(现有:{shown});请补上该列,或用 --key 指明")
    frame, told = keyed(prepared.frame, key, column)
    return replace(prepared, frame=frame, problems=(*prepared.problems, *told))


def _first_value(frame: gpd.GeoDataFrame, column: str) -> str:
    values = frame[column].dropna()
    return "" if values.empty else f"如 {str(values.iloc[0])[:40]}"
