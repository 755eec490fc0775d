"""What differs between two versions of a layer, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.intake.record import FID

_NO_FIELDS = {"geometry", "bbox"}


@dataclass(frozen=True, slots=True)
class LayerDiff:
    """Features by their key (or id): new, gone, and changed with the fields that changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]


def compare(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, key: str | None) -> LayerDiff:
    """The difference of two masters; the geometry counts as a field named 几何."""
    old, new = old.set_index(FID), new.set_index(FID)
    both = new.index.intersection(old.index)
    changed: dict[int, list[str]] = {}
    for field, differs in _differences(old.loc[both], new.loc[both]):
        for fid in both[differs]:
            changed.setdefault(fid, []).append(field)
    return LayerDiff(
        added=_names(new, new.index.difference(old.index), key),
        removed=_names(old, old.index.difference(new.index), key),
        changed={_names(new, pd.Index([fid]), key)[0]: tuple(f) for fid, f in changed.items()},
    )


def _differences(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> list[tuple[str, np.ndarray]]:
    fields = [f for f in dict.fromkeys([*new.columns, *old.columns]) if f not in _NO_FIELDS]
    found = [(field, _unequal(old.get(field), new.get(field), len(new))) for field in fields]
    same = shapely.equals_identical(old.geometry.to_numpy(), new.geometry.to_numpy())
    return [*found, ("几何", ~same)]


def _unequal(old: pd.Series | None, new: pd.Series | None, count: int) -> np.ndarray:
    if old is None or new is None:
        return np.ones(count, dtype=bool)
    before, after = old.astype("string").fillna("\x00"), new.astype("string").fillna("\x00")
    unequal: np.ndarray = (before.to_numpy() != after.to_numpy()).astype(bool)
    return unequal


def _names(frame: gpd.GeoDataFrame, fids: pd.Index, key: str | None) -> tuple[str, ...]:
    if key is None or key not in frame.columns:
        return tuple(str(fid) for fid in fids)
    return tuple(frame.loc[fids, key].astype(str))
