"""One-click fixes. Each acts on what it finds, not on what was found, so twice is as once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.checks.contracts import Repaired

_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"


@dataclass(frozen=True)
class Rewrite:
    """Texts sent through a function; `number` makes the column numeric once every value is one."""

    column: str
    function: Callable[[str], str | None]
    number: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features with the texts rewritten; missing values stay missing."""
        if self.column not in frame.columns:
            return Repaired(frame, rows, rows[:0])
        column = frame[self.column]
        if self.number and pd.api.types.is_numeric_dtype(column.dtype):
            return Repaired(frame, rows, rows[:0])
        texts = _texts(column)
        old = texts.iloc[at]
        new = _mapped(old, self.function)
        changed = (old != new).fillna(old.notna()).to_numpy(dtype=bool)
        texts = texts.copy()
        texts.iloc[at] = new
        numeric = self.number or pd.api.types.is_numeric_dtype(column.dtype)
        settled = numeric_if_all(texts) if numeric else texts
        return Repaired(_with(frame, self.column, settled), rows, rows[at[changed]])


@dataclass(frozen=True)
class SetAside:
    """Texts that are no value moved into a column of their own, the value left empty."""

    column: str
    companion: str
    wanted: Callable[[str], bool]

    @property
    def columns(self) -> None:
        """Another column comes."""
        return None

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features with the marks moved; the column becomes numeric when all others are."""
        if self.column not in frame.columns:
            return Repaired(frame, rows, rows[:0])
        if pd.api.types.is_numeric_dtype(frame[self.column].dtype):
            return Repaired(frame, rows, rows[:0])
        texts = frame[self.column].astype("string")
        marks = texts.iloc[at]
        moved = marks.notna().to_numpy(dtype=bool).copy()
        moved[moved] = [self.wanted(one) for one in marks[moved]]
        positions = at[moved]
        kept = _texts_or_none(frame, self.companion)
        kept.iloc[positions] = texts.iloc[positions].to_numpy(dtype=object)
        texts = texts.copy()
        texts.iloc[positions] = None
        frame = _with(_with(frame, self.column, numeric_if_all(texts)), self.companion, kept)
        return Repaired(frame, rows, rows[positions])


@dataclass(frozen=True)
class Finite:
    """Infinite numbers made missing."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features without infinities at these positions."""
        values = frame[self.column].to_numpy(dtype=float, na_value=np.nan).copy()
        wrong = at[np.isinf(values[at])]
        values[wrong] = np.nan
        column = pd.Series(values, index=frame.index)
        return Repaired(_with(frame, self.column, column), rows, rows[wrong])


@dataclass(frozen=True)
class Reshape:
    """Geometries sent through a function of all of them at once; None leaves one as it is."""

    function: Callable[[np.ndarray], np.ndarray]

    @property
    def columns(self) -> tuple[str, ...]:
        """No attribute."""
        return ()

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features with the shapes repaired."""
        shapes = frame.geometry.to_numpy().copy()
        old = shapes[at]
        new = self.function(old)
        better = ~shapely.is_missing(new) & ~shapely.equals_identical(old, new)
        shapes[at[better]] = new[better]
        moved = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
        return Repaired(moved, rows, rows[at[better]])


@dataclass(frozen=True)
class Place:
    """Geometries put where they belong, by row number."""

    shapes: Mapping[int, shapely.Geometry]

    @property
    def columns(self) -> tuple[str, ...]:
        """No attribute."""
        return ()

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features in their places."""
        wanted = np.empty(len(at), dtype=object)
        wanted[:] = [self.shapes.get(int(row)) for row in rows[at]]
        return Reshape(lambda _: wanted)(frame, rows, at)


@dataclass(frozen=True)
class LeaveOut:
    """Features taken out: those of `at` that the function still finds superfluous."""

    function: Callable[[gpd.GeoDataFrame, np.ndarray], np.ndarray]

    @property
    def columns(self) -> None:
        """Rows go."""
        return None

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features without the superfluous ones."""
        gone = self.function(frame, at)
        if not len(gone):
            return Repaired(frame, rows, rows[:0])
        kept = np.ones(len(frame), dtype=bool)
        kept[gone] = False
        return Repaired(frame[kept].reset_index(drop=True), rows[kept], rows[gone])


@dataclass(frozen=True)
class Mark:
    """A remark written into a column of its own, by row number."""

    column: str
    remarks: Mapping[int, str]

    @property
    def columns(self) -> None:
        """A column may come."""
        return None

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features with the remarks."""
        marks = _texts_or_none(frame, self.column)
        old = marks.iloc[at].fillna("").to_numpy(dtype=object)
        new = np.array([self.remarks.get(int(row), "") for row in rows[at]], dtype=object)
        changed = (old != new) & (new != "")
        marks.iloc[at[changed]] = new[changed]
        return Repaired(_with(frame, self.column, marks), rows, rows[at[changed]])


@dataclass(frozen=True)
class DropColumn:
    """A column without any value taken out."""

    column: str

    @property
    def columns(self) -> None:
        """A column goes."""
        return None

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features without the column, if it is still empty."""
        if self.column in frame.columns and frame[self.column].isna().all():
            frame = frame.drop(columns=self.column)
        return Repaired(frame, rows, rows[:0])


def _texts(column: pd.Series) -> pd.Series:
    """The column as texts, whole numbers without a decimal point."""
    if pd.api.types.is_float_dtype(column.dtype) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    texts: pd.Series = column.astype("string")
    return texts


def numeric_if_all(texts: pd.Series) -> pd.Series:
    """The texts as numbers if every one is a plain number, else as they are."""
    if not texts.dropna().str.fullmatch(_NUMBER).all():
        return texts
    numbers: pd.Series = pd.to_numeric(texts.astype(object).where(texts.notna(), None))
    return numbers


def _mapped(texts: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Every distinct text is worked out once."""
    known = {one: function(one) for one in texts.dropna().unique()}
    mapped: pd.Series = texts.map(known, na_action="ignore").astype("string")
    return mapped


def _with(frame: gpd.GeoDataFrame, name: str, column: pd.Series) -> gpd.GeoDataFrame:
    changed = frame.copy(deep=False)
    if name in frame.columns:
        changed[name] = column
    else:
        changed.insert(len(frame.columns) - 1, name, column)
    return changed


def _texts_or_none(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name in frame.columns:
        texts: pd.Series = frame[name].astype("string").copy()
        return texts
    return pd.Series([None] * len(frame), index=frame.index, dtype="string")
