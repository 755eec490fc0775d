"""What columns a version has, and whether those of the next one still serve its readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

_TYPES = {
    "number": "数值",
    "text": "文本",
    "date": "日期",
    "bool": "是/否",
    "empty": "空",
}
_KINDS = {"point": "点", "line": "线", "polygon": "面", "none": "无"}
_DIMENSIONS = ("point", "line", "polygon")
REMARK = "待核"  # the column that keeps what a person has still to look at: ours, not the file's
_NOT_ATTRIBUTES = {"_fid", "bbox", REMARK}


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns with their types (number, text, date, bool, empty), the key and the geometry kind."""

    columns: Mapping[str, str]
    key: str | None
    geometry: str

    def to_json(self) -> dict[str, Any]:
        """The schema as plain JSON."""
        return {"columns": dict(self.columns), "key": self.key, "geometry": self.geometry}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Schema:
        """The schema that `to_json` wrote."""
        return cls(dict(stored["columns"]), stored["key"], stored["geometry"])


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """How a schema differs from the one before; `retyped` holds (column, before, after).

    An incompatible change breaks styles, filters and joins made for the version before.
    """

    compatible: bool
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    words: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The change as plain JSON, types in Chinese."""
        return {
            "compatible": self.compatible,
            "added": list(self.added),
            "removed": list(self.removed),
            "retyped": [
                {"name": name, "before": _TYPES[old], "after": _TYPES[new]}
                for name, old, new in self.retyped
            ],
            "words": list(self.words),
        }


def schema_of(frame: gpd.GeoDataFrame, key: str | None) -> Schema:
    """The schema of these features; `key` counts only where the column is there."""
    columns = {
        str(name): _type(frame[name])
        for name in frame.columns
        if name != frame.geometry.name and name not in _NOT_ATTRIBUTES
    }
    return Schema(columns, key if key in columns else None, _kind(frame.geometry.to_numpy()))


def schema_change(previous: Schema | None, now: Schema) -> SchemaChange | None:
    """How `now` differs from the version before; None when it does not, or there was none."""
    if previous is None:
        return None
    added = tuple(name for name in now.columns if name not in previous.columns)
    removed = tuple(name for name in previous.columns if name not in now.columns)
    retyped = tuple(
        (name, before, now.columns[name])
        for name, before in previous.columns.items()
        if name in now.columns and not _same(before, now.columns[name])
    )
    breaks = _breaks(previous, now, removed, retyped)
    if not breaks and not added:
        return None
    told = [f"新增字段“{'”“'.join(added)}”"] if added else []
    return SchemaChange(not breaks, added, removed, retyped, (*breaks, *told))


def _breaks(
    previous: Schema,
    now: Schema,
    removed: tuple[str, ...],
    retyped: tuple[tuple[str, str, str], ...],
) -> tuple[str, ...]:
    words = [f"少了字段“{'”“'.join(removed)}”"] if removed else []
    words += [
        f"字段“{name}”由{_TYPES[before]}变为{_TYPES[after]}" for name, before, after in retyped
    ]
    if previous.key is not None and now.key is None:
        words.append(f"没有了主键“{previous.key}”,新旧要素将对不上")
    if "none" not in {previous.geometry, now.geometry} and previous.geometry != now.geometry:
        words.append(f"几何由{_KINDS[previous.geometry]}变为{_KINDS[now.geometry]}")
    return tuple(words)


def _same(before: str, after: str) -> bool:
    """A column without values fits every type, before and after."""
    return before == after or "empty" in {before, after}


def _type(column: pd.Series) -> str:
    kind = column.dtype
    if column.isna().all():
        return "empty"
    if pd.api.types.is_bool_dtype(kind):
        return "bool"
    if pd.api.types.is_numeric_dtype(kind):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(kind) or _dates(column):
        return "date"
    return "text"


def _dates(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column.dtype) and pd.api.types.infer_dtype(
        column, skipna=True
    ) in {
        "date",
        "datetime",
    }


def _kind(geometries: np.ndarray) -> str:
    dimensions = shapely.get_dimensions(geometries)
    dimensions = dimensions[dimensions >= 0]
    return _DIMENSIONS[int(np.bincount(dimensions).argmax())] if len(dimensions) else "none"
