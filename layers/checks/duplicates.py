"""Keys that are missing or stand twice, and features that are there twice."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.checks.contracts import Issue
from layers.checks.dates import sortable
from layers.checks.repairs import LeaveOut
from layers.checks.subject import Subject
from layers.intake.attributes import key_texts

_MIX = np.uint64(0x9E3779B97F4A7C15)  # spreads x before y is mixed in (golden ratio)


def look_keys(subject: Subject) -> Iterator[Issue]:
    """Features without a key, and keys that several features have."""
    key = subject.rules.key
    if key is None or key not in subject.frame.columns:
        return
    keys = key_texts(subject.frame[key])
    at = np.flatnonzero(keys.isna().to_numpy(dtype=bool))
    if len(at):
        yield subject.issue(
            "key_missing", key, at, problem="主键为空",
            remedy="补上编码;不补的按位置识别,移动后会被当作新要素", severity="warning",
        )  # fmt: skip
    at = np.flatnonzero(keys.duplicated(keep=False).to_numpy(dtype=bool) & keys.notna())
    if not len(at):
        return
    order = _newest_column(subject.frame, key)
    words = "保留最新一条" if order else "保留第一条"
    values = keys.iloc[at]
    several = f"等 {values.nunique():,} 个" if values.nunique() > 1 else ""
    kept = _Superseded(key, order)
    gone = set(kept(subject.frame, at).tolist())
    yield subject.issue(
        "key_repeated",
        key,
        at,
        item="主键",
        problem=f"{key}重复 {values.iloc[0]}{several}",
        remedy=words + (f"(按“{order}”)" if order else ""),
        severity="warning",
        fix=words,
        repair=LeaveOut(kept),
        before=values.iloc[:5].tolist(),
        after=["去掉" if one in gone else "保留" for one in at[:5].tolist()],
    )


def look_twins(subject: Subject) -> Iterator[Issue]:
    """Features with the same geometry: the same in everything, or different things in one place."""
    at = _same_shape(subject.shapes)
    if not len(at):
        return
    gone = _repeats(subject.frame, at)
    whole = _whole_twins(subject.frame, at)
    if len(gone):
        yield subject.issue(
            "twin", None, whole, item="整行", problem="与另一行完全相同",
            remedy="保留第一条", severity="warning", fix="保留第一条", repair=LeaveOut(_repeats),
            after=["去掉" if one in set(gone.tolist()) else "保留" for one in whole[:5].tolist()],
        )  # fmt: skip
    rest = np.setdiff1d(at, whole)
    if len(rest):
        yield subject.issue(
            "same_place", None, rest, problem="与其他要素位置完全相同,属性不同",
            remedy="请确认是否同一事物登记了两次", severity="notice",
        )  # fmt: skip


def _newest_column(frame: gpd.GeoDataFrame, key: str) -> str | None:
    """The first column of dates; among several the one that tells of an update."""
    found = [
        name for name in frame.columns
        if name not in {key, frame.geometry.name} and sortable(frame[name], name) is not None
    ]  # fmt: skip
    updates = [name for name in found if any(word in name for word in ("更新", "修改", "update"))]
    return next(iter([*updates, *found]), None)


class _Superseded:
    """Finds the features whose key another one bears better: newer, or first."""

    def __init__(self, key: str, order: str | None) -> None:
        self._key, self._order = key, order

    def __call__(self, frame: gpd.GeoDataFrame, at: np.ndarray) -> np.ndarray:
        if self._key not in frame.columns:
            return at[:0]
        keys = key_texts(frame[self._key].iloc[at])
        table = pd.DataFrame({"key": keys.to_numpy(object), "at": at})
        table["when"] = self._when(frame, at)
        table = table.dropna(subset="key").sort_values(["when", "at"], ascending=[False, True])
        gone: np.ndarray = np.sort(table.loc[table["key"].duplicated(), "at"].to_numpy())
        return gone

    def _when(self, frame: gpd.GeoDataFrame, at: np.ndarray) -> np.ndarray:
        dates = None
        if self._order is not None and self._order in frame.columns:
            dates = sortable(frame[self._order], self._order)
        if dates is None:
            return np.full(len(at), "", dtype=object)
        found: np.ndarray = dates.iloc[at].fillna("").to_numpy(dtype=object)
        return found


def _same_shape(shapes: np.ndarray) -> np.ndarray:
    """Positions of features whose geometry another one has too, whatever its first vertex."""
    known = np.flatnonzero(shapely.get_dimensions(shapes) >= 0)
    if (shapely.get_type_id(shapes[known]) == 0).all():
        return _same_point(known, shapely.get_coordinates(shapes[known]))
    boxes = pd.DataFrame(shapely.bounds(shapes[known]))
    boxes["n"] = shapely.get_num_coordinates(shapes[known])
    near = known[boxes.duplicated(keep=False).to_numpy(dtype=bool)]
    texts = pd.Series(shapely.to_wkb(shapely.normalize(shapes[near])), dtype=object)
    found: np.ndarray = near[texts.duplicated(keep=False).to_numpy(dtype=bool)]
    return found


def _same_point(known: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """By a hash of the coordinates first: a million pairs compared in full take their time."""
    bits = np.ascontiguousarray(pairs + 0.0).view(np.uint64)
    hashes = pd.Series(bits[:, 0] * _MIX ^ bits[:, 1])
    maybe = np.flatnonzero(hashes.duplicated(keep=False).to_numpy(dtype=bool))
    twice = pd.DataFrame(pairs[maybe]).duplicated(keep=False).to_numpy(dtype=bool)
    found: np.ndarray = known[maybe[twice]]
    return found


def _attributes(frame: gpd.GeoDataFrame, at: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name).iloc[at]).astype("string")
    shapes = shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy()[at]), hex=True)
    return table.assign(__shape=shapes)


def _whole_twins(frame: gpd.GeoDataFrame, at: np.ndarray) -> np.ndarray:
    twice: np.ndarray = at[_attributes(frame, at).duplicated(keep=False).to_numpy(dtype=bool)]
    return twice


def _repeats(frame: gpd.GeoDataFrame, at: np.ndarray) -> np.ndarray:
    repeated: np.ndarray = at[_attributes(frame, at).duplicated().to_numpy(dtype=bool)]
    return repeated
