"""What differs between two versions of a layer, feature by feature and field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.export.masks import covered
from layers.intake.record import FID

GEOMETRY = "几何"  # the field that stands for the shape
HIDDEN = "****"  # what stands for a value that the reader may not see
_WHOLE = "hidden"  # the mask that leaves nothing
_NO_FIELDS = {"geometry", "bbox"}
_DEGREE_M = 111_320.0
_ABSENT = "\x00"


@dataclass(frozen=True)
class LayerDiff:
    """Features by their key (or id): new, gone, and changed with the fields that changed."""

    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    key: str | None
    added_ids: np.ndarray
    removed_ids: np.ndarray
    changed_ids: np.ndarray
    fields: Mapping[str, np.ndarray]
    masked: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many features are added, removed and changed."""
        return {
            "added": len(self.added_ids),
            "removed": len(self.removed_ids),
            "changed": len(self.changed_ids),
        }

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The keys of the new features."""
        return self._names(self.new, self.added_ids)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """The keys of the features that are gone."""
        return self._names(self.old, self.removed_ids)

    @cached_property
    def changed(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the changed features, each with the names of its changed fields."""
        names = self._names(self.new, self.changed_ids)
        return {
            name: tuple(one for one, differs in self.fields.items() if differs[at])
            for at, name in enumerate(names)
        }

    def page(self, *, limit: int = 100, start: int = 0) -> dict[str, Any]:
        """Some of the changes with their values before and after, as plain JSON.

        `start` counts through added, removed and changed in this order; `next` is None at the end.
        """
        parts = _parts((self.added_ids, self.removed_ids, self.changed_ids), start, limit)
        added, removed, changed = (ids[some] for ids, some in parts)
        at = np.arange(len(self.changed_ids))[parts[2][1]]
        end = start + limit
        return {
            "added": self._values(self.new, added),
            "removed": self._values(self.old, removed),
            "changed": [self._change(fid, n) for fid, n in zip(changed, at, strict=True)],
            "counts": self.counts,
            "next": end if end < sum(self.counts.values()) else None,
        }

    def features(self, *, limit: int | None = None) -> gpd.GeoDataFrame:
        """The changed features for a map, in EPSG:4326: `change` is added, removed or changed.

        A removed one is shown as it was; `key` names it, `fields` what changed.
        """
        parts = _parts((self.added_ids, self.removed_ids, self.changed_ids), 0, limit)
        frames = [
            self._shown(frame, ids[some], change)
            for (ids, some), frame, change in zip(
                parts,
                (self.new, self.old, self.new),
                ("added", "removed", "changed"),
                strict=True,
            )
        ]
        told = list(self.changed.values())[parts[2][1]]
        frames[2] = frames[2].assign(fields=["、".join(one) for one in told])
        whole = pd.concat(frames, ignore_index=True)
        return gpd.GeoDataFrame(whole, geometry="geometry", crs="EPSG:4326")

    def _change(self, fid: Any, at: int) -> dict[str, Any]:
        fields = {}
        for name, differs in self.fields.items():
            if differs[at]:
                fields[name] = self._moved(fid) if name == GEOMETRY else self._both(fid, name)
        return {"key": self._names(self.new, np.array([fid]))[0], "fields": fields}

    def _both(self, fid: Any, name: str) -> list[Any]:
        return [self._value(frame, fid, name) for frame in (self.old, self.new)]

    def _value(self, frame: gpd.GeoDataFrame, fid: Any, name: str) -> Any:
        """The value as far as the reader may see it."""
        value, kind = _plain(frame, fid, name), self.masked.get(name)
        if kind == _WHOLE:
            return HIDDEN  # not even that there is none is told
        if kind is None or value is None:
            return value
        left = covered(value, kind)
        return HIDDEN if left is None else left

    def _moved(self, fid: Any) -> list[Any]:
        if GEOMETRY in self.masked:
            return [HIDDEN, HIDDEN]
        before, after = self.old.geometry.at[fid], self.new.geometry.at[fid]
        metres = _metres(before, after)
        if before.geom_type == after.geom_type == "Point":
            return [_place(before), f"{_place(after)}(移动 {metres:,.1f} m)"]
        return [_size(before), f"{_size(after)}(中心移动 {metres:,.1f} m)"]

    def _values(self, frame: gpd.GeoDataFrame, ids: np.ndarray) -> list[dict[str, Any]]:
        names = [name for name in frame.columns if name not in _NO_FIELDS]
        keys = self._names(frame, ids)
        return [
            {
                "key": key,
                "values": {name: self._value(frame, fid, name) for name in names},
            }
            for key, fid in zip(keys, ids, strict=True)
        ]

    def _shown(self, frame: gpd.GeoDataFrame, ids: np.ndarray, change: str) -> gpd.GeoDataFrame:
        columns = {"change": [change] * len(ids), "key": list(self._names(frame, ids))}
        shapes = frame.geometry.loc[ids].to_numpy()
        if GEOMETRY in self.masked:
            shapes = np.full(len(ids), None, dtype=object)
        return gpd.GeoDataFrame(
            {**columns, "fields": [""] * len(ids)}, geometry=shapes, crs="EPSG:4326"
        )

    def _names(self, frame: gpd.GeoDataFrame, ids: np.ndarray) -> tuple[str, ...]:
        if self.key is None or self.key not in frame.columns:
            return tuple(str(fid) for fid in ids.tolist())
        if self.key in self.masked:
            return tuple(f"{HIDDEN}#{fid}" for fid in ids.tolist())
        keys = frame[self.key].loc[ids].astype("string").fillna("")
        return tuple(key or str(fid) for key, fid in zip(keys, ids.tolist(), strict=True))


def compare(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    key: str | None,
    masked: Mapping[str, str] | None = None,
) -> LayerDiff:
    """The difference of two masters; the geometry counts as a field named 几何.

    Features are recognised by their stable ids, which stay with a key over versions. `masked` names
    a kind of mask a column; its values are covered as everywhere, and that they changed is told.
    """
    old, new = old.set_index(FID), new.set_index(FID)
    both = new.index.intersection(old.index)
    before, after = _aligned(old, both), _aligned(new, both)
    differs = {name: where for name, where in _differences(before, after) if where.any()}
    any_field = np.zeros(len(both), dtype=bool)
    for where in differs.values():
        any_field |= where
    return LayerDiff(
        old=old,
        new=new,
        key=key,
        added_ids=new.index.difference(old.index).to_numpy(),
        removed_ids=old.index.difference(new.index).to_numpy(),
        changed_ids=both[any_field].to_numpy(),
        fields={name: where[any_field] for name, where in differs.items()},
        masked=dict(masked or {}),
    )


def _aligned(frame: gpd.GeoDataFrame, both: pd.Index) -> gpd.GeoDataFrame:
    """The features both versions have, in one order; a copy only where it is needed."""
    return frame if frame.index.equals(both) else frame.loc[both]


def _differences(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> list[tuple[str, np.ndarray]]:
    fields = [f for f in dict.fromkeys([*new.columns, *old.columns]) if f not in _NO_FIELDS]
    found = [(field, _unequal(old.get(field), new.get(field), len(new))) for field in fields]
    same = shapely.equals_identical(old.geometry.to_numpy(), new.geometry.to_numpy())
    return [*found, (GEOMETRY, ~same)]


def _unequal(old: pd.Series | None, new: pd.Series | None, count: int) -> np.ndarray:
    """A column that only one version has differs wherever it says something."""
    if old is None or new is None:
        there = new if old is None else old
        if there is None:
            return np.zeros(count, dtype=bool)
        filled: np.ndarray = there.notna().to_numpy(dtype=bool)
        return filled
    if pd.api.types.is_numeric_dtype(old.dtype) and pd.api.types.is_numeric_dtype(new.dtype):
        before = old.to_numpy(dtype=float, na_value=np.nan)
        after = new.to_numpy(dtype=float, na_value=np.nan)
        changed: np.ndarray = (before != after) & ~(np.isnan(before) & np.isnan(after))
        return changed
    texts = [one.astype("string").fillna(_ABSENT).reset_index(drop=True) for one in (old, new)]
    unequal: np.ndarray = (texts[0] != texts[1]).to_numpy(dtype=bool)
    return unequal


def _parts(
    groups: tuple[np.ndarray, ...], start: int, limit: int | None
) -> list[tuple[np.ndarray, slice]]:
    """Which slice of each group falls into a page that counts through all of them."""
    end = sum(map(len, groups)) if limit is None else start + limit
    parts = []
    before = 0
    for group in groups:
        low, high = (min(max(edge - before, 0), len(group)) for edge in (start, end))
        parts.append((group, slice(low, high)))
        before += len(group)
    return parts


def _plain(frame: gpd.GeoDataFrame, fid: Any, name: str) -> Any:
    if name not in frame.columns:
        return None
    value = frame[name].at[fid]
    if pd.isna(value):
        return None
    if isinstance(value, (str, bool, int, float)):
        return value
    item = getattr(value, "item", None)  # numpy's own numbers
    return item() if item is not None else str(value)


def _metres(before: shapely.Geometry, after: shapely.Geometry) -> float:
    """Between the centres, on the scale of where they are."""
    (x1, y1), (x2, y2) = (shapely.get_coordinates(shapely.centroid(g))[0] for g in (before, after))
    east = (x2 - x1) * np.cos(np.radians((y1 + y2) / 2))
    return float(np.hypot(east, y2 - y1) * _DEGREE_M)


def _place(point: shapely.Geometry) -> str:
    return f"{point.x:.6f}, {point.y:.6f}"


def _size(shape: shapely.Geometry) -> str:
    return f"{shapely.get_num_coordinates(shape)} 个顶点"
