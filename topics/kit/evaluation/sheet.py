"""The matrices of a month as they are kept: numbers, what they were made of, grades, formulas.

A kept sheet says everything about itself, so that new weights or limits change no old result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from topics.kit.evaluation.formulas import SCORE, Formula, Rules
from topics.kit.evaluation.result import Row

UNVERIFIED = "未核实,可改"


def sheet(
    rows: Mapping[str, Sequence[Row]], rules: Rules, names: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """{by: {columns, rows}}; rows in the statutory order, those without any case left out."""
    return {
        by: {
            "columns": [_column(one) for one in (rules.score, *rules.rates(by))],
            "rows": _placed([_row(one, rules, names[by]) for one in some if _counts(one)]),
        }
        for by, some in rows.items()
    }


def shown_share(value: float | None) -> str:
    """A rate as it is written: 96.2 %, or — where nothing is to be divided by."""
    return "—" if value is None else f"{value:.1f} %"


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """How many cells of two kept sheets say different numbers."""
    before, after = _cells(one), _cells(other)
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())


def corrected(first: Mapping[str, Any], last: Mapping[str, Any], version: int) -> dict[str, Any]:
    """The first group of rows with the later numbers beside those that changed."""
    later = {row["id"]: row for row in last.get("rows", ())}
    rows = []
    for row in first["rows"]:
        after = later.get(row["id"], {"cells": {}})["cells"]
        cells = {}
        for key, cell in row["cells"].items():
            other = after.get(key)
            moved = other is not None and _numbers(other) != _numbers(cell)
            beside = {"corrected": {**other, "version": version}} if moved and other else {}
            cells[key] = {**cell, **beside}
        rows.append({**row, "cells": cells})
    return {**first, "rows": rows}


def _counts(row: Row) -> bool:
    return any(one.denominator for one in row.cells.values())


def _row(row: Row, rules: Rules, names: Mapping[str, str]) -> dict[str, Any]:
    cells = {}
    for key, cell in row.cells.items():
        formula = rules.find(key)
        assert formula is not None
        cells[key] = _cell(formula, cell.value) | {
            "numerator": cell.numerator,
            "denominator": cell.denominator,
        }
    total = _cell(rules.score, row.score)
    total["text"] = "—" if row.score is None else f"{row.score:.2f}"
    cells[SCORE] = total
    return {
        "id": row.id,
        "name": names.get(row.id, row.id),
        "score": row.score,
        "cells": cells,
    }


def _cell(formula: Formula, value: float | None) -> dict[str, Any]:
    return {
        "text": shown_share(value),
        "value": value,
        "colour": None if value is None else formula.grade(value),
    }


def _placed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with its place by score (to two digits, as shown); equal ones share it."""
    totals = [-1.0 if one["score"] is None else round(one["score"], 2) for one in rows]
    for one, total in zip(rows, totals, strict=True):
        better = sum(other > total for other in totals)
        one["place"] = None if one["score"] is None else better + 1
    return rows


def _column(formula: Formula) -> dict[str, Any]:
    return {
        "key": formula.key,
        "title": formula.title,
        "scope": formula.scope,
        "formula": formula.formula,
        "note": formula.note,
        "weight": formula.weight,
        "lower": formula.lower,
        "limits": list(formula.limits),
        "source": formula.source,
        "verified": formula.verified,
        "label": "" if formula.verified else UNVERIFIED,
    }


def _cells(whole: Mapping[str, Any]) -> dict[tuple[str, str, str], Any]:
    return {
        (by, row["id"], key): _numbers(cell)
        for by, group in whole.items()
        for row in group["rows"]
        for key, cell in row["cells"].items()
    }


def _numbers(cell: Mapping[str, Any]) -> tuple[Any, ...]:
    return cell.get("numerator"), cell.get("denominator"), cell["text"]
