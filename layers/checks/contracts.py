"""What goes into the checks and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

import geopandas as gpd
import numpy as np

from layers.checks.codes import CodeTable
from layers.checks.rows import rows_label
from layers.checks.schema import Schema, SchemaChange
from layers.contracts import Classification
from layers.crs.outline import Outline

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Original:
    """The geometries as the file has them, row by row, and the system they were read in.

    With it a swapped pair of metres is found, which has no place on the earth as it stands.
    """

    geometries: np.ndarray
    crs: str


@dataclass(frozen=True, slots=True)
class CheckRules:
    """What features are held against; everything may be unknown except the day.

    `previous` is the schema of the version before, `classification` what the layer has now.
    """

    key: str | None = None
    outline: Outline | None = None
    codes: CodeTable | None = None
    previous: Schema | None = None
    today: date = date.max
    original: Original | None = None
    classification: Classification | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """Features after one repair, and the numbers of the rows that it changed or took out."""

    frame: gpd.GeoDataFrame
    rows: np.ndarray
    touched: np.ndarray


class Repair(Protocol):
    """A one-click fix. Doing it twice is doing it once; it leaves alone what is in order."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns it may change; None when rows or columns may go or come."""

    def __call__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, at: np.ndarray) -> Repaired:
        """The features with those at the positions `at` repaired; the input is left as it is."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of problem in one column: which rows, what, and what to do.

    `id` is the same in every run over the same file. `fix` names the one-click fix, None when only
    a person can help. Rows of an unfixed error stay out of the version; a notice only informs.
    `sample` shows up to five rows as {row, before, after}.
    """

    id: str
    kind: str
    item: str
    problem: str
    remedy: str
    rows: np.ndarray
    severity: Severity
    fix: str | None = None
    sample: tuple[Mapping[str, Any], ...] = ()
    repair: Repair | None = field(default=None, repr=False, compare=False)

    @property
    def rows_label(self) -> str:
        """The rows in short, as “418–421、560”."""
        return rows_label(self.rows)

    @property
    def count(self) -> int:
        """How many rows; 1 for what concerns the file as a whole."""
        return max(1, len(self.rows))


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything found. `passed` + `fixable` + `manual` is the number of rows.

    A row with one problem that only a person can solve counts as manual. `classification` is the
    proposed one when it is higher than what the layer has; `masks` names a kind of mask a column.
    """

    issues: tuple[Issue, ...]
    classification: Classification | None
    schema: SchemaChange | None
    passed: int
    fixable: int
    manual: int
    masks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Features after the chosen fixes; `geometry_before` is the WKT of every changed shape."""

    frame: gpd.GeoDataFrame
    rows: np.ndarray
    changed: int
    geometry_before: Mapping[int, str]
