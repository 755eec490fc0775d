"""What the commands about people print: JSON for scripts, a table for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text


def show_json(value: object) -> None:
    """One JSON value on stdout, and nothing else."""
    Console(soft_wrap=True, highlight=False).print(
        json.dumps(value, ensure_ascii=False), markup=False
    )


def show_line(text: str) -> None:
    """One line on stdout, exactly as it is."""
    Console(soft_wrap=True, highlight=False).print(text, markup=False)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout; cells are text, never markup."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
