"""The issues of an upload as people see them: which rows, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.intake.examine import Examined

_RANGES = 4


def issues_json(examined: Examined) -> dict[str, Any]:
    """All issues, what was put right, and how many rows stay out of the version."""
    placeless = _placeless(examined)
    total = len(examined.rows) + len(examined.left_out)
    aside = len(examined.left_out)
    return {
        "total": total,
        "passed": total - aside,
        "fixable": 0,
        "manual": aside,
        "quarantined": aside,
        "issues": placeless,
    }


def rows_label(rows: Sequence[int] | np.ndarray) -> str:
    """Row numbers as people write them: 12、20–24、31 等 9 行."""
    ordered = np.unique(np.asarray(rows, dtype=np.int64))
    if not len(ordered):
        return ""
    breaks = np.flatnonzero(np.diff(ordered) > 1) + 1
    runs = np.split(ordered, breaks[:_RANGES])
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:_RANGES]]
    text = "、".join(shown)
    return text if len(breaks) < _RANGES else f"{text} 等 {len(ordered)} 行"


def _placeless(examined: Examined) -> list[dict[str, Any]]:
    """One issue for each reason why rows have no place."""
    left = examined.left_out
    if left.empty:
        return []
    found = []
    for reason, rows in left.groupby("_reason", sort=False)["_row"]:
        numbers = rows.to_numpy(dtype=np.int64)
        found.append(
            {
                "id": f"placeless:{reason}",
                "kind": "placeless",
                "rows_label": rows_label(numbers),
                "row": int(numbers.min()),
                "item": "位置",
                "problem": str(reason),
                "remedy": "逐行补上或改正位置后重新检查;未改的行不进入新版本,留在待核区",
                "count": len(numbers),
                "fix": None,
                "severity": "error",
                "fixed": False,
                "sample": [],
            }
        )
    return found
