"""A few cases written as rows, made into the columns that 考核 counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from topics.kit.evaluation.facts import NEVER, Facts
from topics.kit.evaluation.formulas import load_rules
from topics.kit.evaluation.result import Window

TABLES = Path(__file__).parents[3] / "data" / "reference"
RULES = load_rules(TABLES / "evaluation_formulas.csv", TABLES / "evaluation_sources.csv")
_NAMES = ("region", "unit", "minor", "place", "source")
_TIMES = (
    "reported", "filed", "file_due", "dispatched", "dispatch_due", "handled", "handle_due",
    "checked", "check_due", "closed", "close_due", "void",
)  # fmt: skip
_COUNTS = {"dispatches": 1, "misdispatches": 0, "reworks": 0}


def at(day: int, month: int = 10, hour: int = 9) -> float:
    first = datetime(2026, month, 1, hour, tzinfo=UTC)
    return (first + timedelta(days=day - 1)).timestamp()


OCTOBER = Window(at(1, 10, 0), at(1, 11, 0))


def done(day: int = 10, **changes: Any) -> dict[str, Any]:
    """A case of October that went through everything in time."""
    known = {
        "reported": at(day), "filed": at(day), "file_due": at(day, hour=10),
        "dispatched": at(day, hour=10), "dispatch_due": at(day, hour=11),
        "handled": at(day + 1), "handle_due": at(day + 2), "checked": at(day + 1, hour=12),
        "check_due": at(day + 2), "closed": at(day + 1, hour=12), "close_due": at(day + 3),
        "region": "440203", "unit": "cgj", "minor": "06001", "place": f"g{day}",
        "source": "phone",
    }  # fmt: skip
    return known | changes


def facts(*rows: dict[str, Any]) -> Facts:
    names: dict[str, tuple[str, ...]] = {}
    columns: dict[str, Any] = {"id": np.array([f"c{n}" for n in range(len(rows))], object)}
    for name in _NAMES:
        texts = [str(row.get(name, "")) for row in rows]
        names[name] = tuple(dict.fromkeys(texts))
        columns[name] = np.array([names[name].index(one) for one in texts], np.int32)
    for name in _TIMES:
        columns[name] = np.array([row.get(name, NEVER) for row in rows], np.float64)
    for name, usual in _COUNTS.items():
        columns[name] = np.array([row.get(name, usual) for row in rows], np.int32)
    for name in ("extended", "merged"):
        columns[name] = np.array([row.get(name, False) for row in rows], bool)
    return Facts(**columns, names=names)
