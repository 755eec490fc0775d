"""The issues of an upload as people see them: which rows, what is wrong, what was put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from layers.checks import Issue
from layers.checks.rows import rows_label
from layers.intake.examine import Examined

_PLACELESS = "placeless"
_REMEDY = "逐行补上或改正位置后重新检查;未改的行不进入新版本,留在待核区"


def issues_json(examined: Examined) -> dict[str, Any]:
    """All issues, what was put right, and how many rows stay out of the version."""
    aside, left = len(examined.left_out), examined.left
    removed = len(examined.reading.rows) - len(examined.rows)
    return {
        "total": len(examined.reading.rows) + aside,
        "passed": left.passed,
        "fixable": left.fixable,
        "manual": left.manual + aside,
        "quarantined": int(examined.held.sum()) + aside,
        "removed": removed,
        "changed": examined.fixed.changed,
        "issues": [*_issues(examined), *_placeless(examined.left_out)],
    }


def issue_rows(examined: Examined) -> Mapping[str, np.ndarray]:
    """The rows of each issue by its id."""
    rows = {one.id: one.rows for one in (*examined.found.issues, *examined.left.issues)}
    for reason, numbers in _by_reason(examined.left_out):
        rows[f"{_PLACELESS}:{reason}"] = numbers
    return rows


def held_reasons(examined: Examined) -> np.ndarray:
    """For each feature the ids of the issues that are left with it, one space between."""
    found = np.full(len(examined.rows), "", dtype=object)
    for one in examined.left.issues:
        if one.severity != "notice" and len(one.rows):
            hit = np.isin(examined.rows, one.rows)
            found[hit] += f"{one.id}\n"
    return found


def _issues(examined: Examined) -> Iterator[dict[str, Any]]:
    left = {one.id: one for one in examined.left.issues}
    found = {one.id: one for one in examined.found.issues}
    for one in found.values():
        yield _issue(left.get(one.id, one), fixed=one.id not in left)
    for one in left.values():
        if one.id not in found:
            yield _issue(one, fixed=False)


def _issue(one: Issue, *, fixed: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "rows_label": one.rows_label,
        "row": int(one.rows.min()) if len(one.rows) else None,
        "item": one.item,
        "problem": one.problem,
        "remedy": one.remedy,
        "count": one.count,
        "fix": one.fix,
        "severity": one.severity,
        "fixed": fixed,
        "sample": [dict(each) for each in one.sample],
    }


def _placeless(left_out: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """One issue for each reason why rows have no place."""
    for reason, rows in _by_reason(left_out):
        yield {
            "id": f"{_PLACELESS}:{reason}",
            "kind": _PLACELESS,
            "rows_label": rows_label(rows),
            "row": int(rows.min()),
            "item": "位置",
            "problem": reason,
            "remedy": _REMEDY,
            "count": len(rows),
            "fix": None,
            "severity": "error",
            "fixed": False,
            "sample": [],
        }


def _by_reason(left_out: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    for reason, rows in left_out.groupby("_reason", sort=False)["_row"]:
        yield str(reason), rows.to_numpy(dtype=np.int64)
