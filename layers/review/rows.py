"""Rows of an upload, page by page: what they say now, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from layers.crs.names import LONLAT
from layers.readers.contracts import GEOMETRY_COLUMN
from layers.review.work import HELD, REASON, REASONS, ROW, Work

_OWN = {ROW, HELD, REASONS, REASON}


class RowPages:
    """Pages through the rows of an issue, of the quarantine, or through all."""

    def __init__(self, work: Work, report: Mapping[str, Any]) -> None:
        """Look into `work`; `report` knows the issues in words."""
        self._work = work
        issues = (report.get("checks") or {}).get("issues") or []
        self._issues = {one["id"]: one for one in issues}

    @property
    def columns(self) -> list[str]:
        """The columns of the rows; the position is the last."""
        plain = [one for one in self._work.frame.columns if one not in _OWN]
        known = [str(one) for one in plain if one != self._work.frame.geometry.name]
        more = [str(one) for one in self._work.left_out.columns if one not in _OWN]
        return [*dict.fromkeys([*known, *more]), GEOMETRY_COLUMN]

    def page(
        self, *, issue: str | None, quarantined: bool, limit: int, after: int = 0
    ) -> dict[str, Any]:
        """{columns, items: [{row, values, reasons}], next}, ordered by row."""
        rows = self._wanted(issue, quarantined=quarantined)
        shown, columns = rows[after : after + limit], self.columns
        end = after + limit
        return {
            "columns": columns,
            "items": self._items(shown, columns),
            "total": len(rows),
            "next": str(end) if end < len(rows) else None,
        }

    def _wanted(self, issue: str | None, *, quarantined: bool) -> np.ndarray:
        frame, left_out = self._work.frame, self._work.left_out
        held = frame.loc[frame[HELD], ROW] if quarantined else frame[ROW]
        rows = np.concatenate([held.to_numpy(np.int64), left_out[ROW].to_numpy(np.int64)])
        if issue is not None:
            rows = np.intersect1d(rows, self._work.issues.get(issue, rows[:0]))
        ordered: np.ndarray = np.unique(rows)
        return ordered

    def _items(self, rows: np.ndarray, columns: list[str]) -> list[dict[str, Any]]:
        placed = self._work.frame[self._work.frame[ROW].isin(rows)]
        aside = self._work.left_out[self._work.left_out[ROW].isin(rows)]
        where = self._positions(placed)
        items = [
            {
                "row": int(row[ROW]),
                "held": bool(row[HELD]),
                "values": _values(row, columns) | {GEOMETRY_COLUMN: position},
                "reasons": self._reasons(str(row[REASONS])),
            }
            for row, position in zip(placed.to_dict("records"), where, strict=True)
        ]
        items += [
            {
                "row": int(row[ROW]),
                "held": True,
                "values": _values(row, columns),
                "reasons": [{"id": f"placeless:{row[REASON]}", "problem": str(row[REASON])}],
            }
            for row in aside.to_dict("records")
        ]
        return sorted(items, key=lambda one: int(one["row"]))

    def _positions(self, placed: Any) -> list[str | None]:
        """ "lon,lat" of points in a file of degrees: what an edit of the position takes."""
        if self._work.notes["decided"] not in LONLAT:
            return [None] * len(placed)
        shapes = placed.geometry.to_numpy()
        points = shapely.get_type_id(shapes) == 0
        x, y = shapely.get_x(shapes), shapely.get_y(shapes)
        return [
            f"{lon:.7f},{lat:.7f}" if point and np.isfinite(lon) else None
            for point, lon, lat in zip(points, x, y, strict=True)
        ]

    def _reasons(self, ids: str) -> list[dict[str, Any]]:
        known = [self._issues.get(one, {"problem": one, "item": ""}) for one in ids.splitlines()]
        return [
            {"id": one.get("id"), "item": one["item"], "problem": one["problem"]} for one in known
        ]


def _values(row: Mapping[Any, Any], columns: list[str]) -> dict[str, Any]:
    return {name: plain(row.get(name)) for name in columns}


def plain(value: Any) -> Any:
    """A value of a table as JSON has it; dates and the like as text."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | int | float | bool) else str(value)
