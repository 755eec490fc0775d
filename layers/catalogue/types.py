"""What the values of a layer's fields are, as the catalogue names it: C, N or D."""

from __future__ import annotations

import re

from layers.compile import CompiledLayer
from layers.compile.columns import Table

_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")


def field_types(compiled: CompiledLayer) -> dict[str, str]:
    """C for texts, N for numbers, D for dates; a field without any value is left out.

    A table of values is in order (yes/no, numbers, texts), so its ends tell what is in it.
    """
    if not compiled.parts:
        return {}
    tables = compiled.parts[0].columns.tables
    return {name: _type(table) for name, table in tables.items() if len(table)}


def _type(table: Table) -> str:
    first, last = table.value(0), table.value(len(table) - 1)
    if not isinstance(last, str):
        return "C" if isinstance(last, bool) else "N"
    ends = (first, last)
    return "D" if all(isinstance(one, str) and _DAY.fullmatch(one) for one in ends) else "C"
