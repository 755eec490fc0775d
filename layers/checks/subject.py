"""The features under check, with what several checks need worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.checks.characters import Characters
from layers.checks.contracts import CheckRules, Issue, Repair, Severity

_SHOWN = 5
_LONGEST = 80


class Subject:
    """Features, their row numbers and the rules; what is worked out stays until it changes."""

    def __init__(self, frame: gpd.GeoDataFrame, rows: np.ndarray, rules: CheckRules) -> None:
        """Take the features as they are."""
        self.frame, self.rows, self.rules = frame, rows, rules
        self._texts: dict[str, Characters] = {}

    @property
    def shapes(self) -> np.ndarray:
        """The geometries."""
        found: np.ndarray = self.frame.geometry.to_numpy()
        return found

    @cached_property
    def bounds(self) -> np.ndarray:
        """The box of each geometry."""
        points = shapely.get_type_id(self.shapes) == 0
        if not points.all():
            found: np.ndarray = shapely.bounds(self.shapes)
            return found
        pairs = np.full((len(self.shapes), 2), np.nan)
        pairs[~shapely.is_empty(self.shapes)] = shapely.get_coordinates(self.shapes)
        return np.hstack([pairs, pairs])

    @cached_property
    def on_earth(self) -> np.ndarray:
        """Whether every vertex is finite and within ±180, ±90; True without a geometry."""
        return on_earth(self.shapes)

    @property
    def columns(self) -> list[str]:
        """The attribute columns."""
        return [name for name in self.frame.columns if name != self.frame.geometry.name]

    @property
    def text_columns(self) -> list[str]:
        """The attribute columns that hold texts."""
        return [name for name in self.columns if is_text(self.frame[name])]

    def texts(self, column: str) -> Characters:
        """The characters of a text column."""
        if column not in self._texts:
            self._texts[column] = Characters(self.frame[column])
        return self._texts[column]

    def after(self, issues: Sequence[Issue]) -> Subject:
        """The features as they would be with these issues fixed."""
        now = self
        for issue in issues:
            if issue.repair is not None:
                now = now._repaired(issue.repair, np.flatnonzero(np.isin(now.rows, issue.rows)))
        return now

    def issue(
        self,
        kind: str,
        column: str | None,
        at: np.ndarray,
        *,
        problem: str,
        remedy: str,
        severity: Severity,
        item: str | None = None,
        fix: str | None = None,
        repair: Repair | None = None,
        before: Sequence[object] = (),
        after: Sequence[object] = (),
    ) -> Issue:
        """The issue of the features at these positions; `before`/`after` are of the first five."""
        sample = tuple(
            {"row": int(self.rows[position]), "before": _short(old), "after": _short(new)}
            for position, old, new in zip(
                at[:_SHOWN], before or ("",) * _SHOWN, after or ("",) * _SHOWN, strict=False
            )
        )
        return Issue(
            id=kind if column is None else f"{kind}:{column}",
            kind=kind,
            item=item or column or "几何",
            problem=problem,
            remedy=remedy,
            rows=np.asarray(self.rows[at], dtype=np.int64),
            severity=severity,
            fix=fix,
            sample=sample,
            repair=repair,
        )

    def _repaired(self, repair: Repair, at: np.ndarray) -> Subject:
        done = repair(self.frame, self.rows, at)
        now = Subject(done.frame, done.rows, self.rules)
        if repair.columns is not None:
            changed = set(repair.columns)
            now._texts = {name: one for name, one in self._texts.items() if name not in changed}
        return now


def on_earth(shapes: np.ndarray) -> np.ndarray:
    """Whether every vertex is finite and within ±180, ±90; True where there is no geometry."""
    pairs, owner = shapely.get_coordinates(shapes, return_index=True)
    good = np.ones(len(shapes), dtype=bool)
    with np.errstate(invalid="ignore"):
        wrong = ~((np.abs(pairs[:, 0]) <= 180.0) & (np.abs(pairs[:, 1]) <= 90.0))
    good[owner[wrong]] = False
    return good


def is_text(column: pd.Series) -> bool:
    """Whether a column holds texts (or things that can only be shown as texts)."""
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return True
    if pd.api.types.is_object_dtype(kind):
        return pd.api.types.infer_dtype(column, skipna=True) in {"string", "mixed", "mixed-integer"}
    return bool(pd.api.types.is_string_dtype(kind))


def _short(value: object) -> str:
    text = "" if value is None or value is pd.NA else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
