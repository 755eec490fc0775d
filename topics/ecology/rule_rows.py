"""Rules kept as data: the rows of a reference table that were in force on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from topics.kit.reference_rows import day, read_rows
from topics.kit.tables_in_force import read_once, reference_table

UNVERIFIED = "未核实,可改"
_ALWAYS = ("valid_from", "valid_to", "source", "status")

Row = Mapping[str, str]


def rows_on(table: str, columns: Sequence[str], moment: date) -> tuple[Row, ...]:
    """The rows valid on `moment` ([valid_from, valid_to); empty: open)."""
    return tuple(row for row in _all(table, tuple(columns)) if _valid(row, moment))


def value_on(table: str, rule: str, moment: date, *, pollutant: str = "") -> float | None:
    """The number of a rule (columns rule, value; pollutants where it is per pollutant)."""
    for row in rows_on(table, ("rule", "value"), moment):
        named = row.get("pollutants", "").split()
        if row["rule"] == rule and (not named or not pollutant or pollutant in named):
            return float(row["value"])
    return None


def basis(row: Row) -> str:
    """What a rule rests on, as a reader sees it: the source, and whether nobody verified it."""
    return f"{row['source']}({UNVERIFIED})" if row["status"] == "unverified" else row["source"]


@read_once
def _all(table: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(read_rows(reference_table(table), (*columns, *_ALWAYS)))


def _valid(row: Row, moment: date) -> bool:
    first, last = day(row["valid_from"]), day(row["valid_to"])
    return (first is None or first <= moment) and (last is None or moment < last)
