"""What became of a table of cases, on the terminal."""

from __future__ import annotations

import typer

from app.cli.show import show_json, show_line, show_table
from topics.kit.cases.imports import Imported

_SHOWN = 20


def show_imported(name: str, found: Imported, *, as_json: bool) -> None:
    """Print it; exit status 1 when not a single row could be taken."""
    if as_json:
        show_json({"file": name, **found.json()})
    else:
        show_line(
            f"{name}:登记 {found.accepted:,} 件,以前已登记 {found.repeated:,} 件,"
            f"未收 {len(found.refused):,} 行"
        )
        if found.refused:
            rows = [
                (str(one.row), one.item, one.problem, one.remedy) for one in found.refused[:_SHOWN]
            ]
            show_table(("行", "列", "问题", "怎么改"), rows)
        if len(found.refused) > _SHOWN:
            show_line(f"另有 {len(found.refused) - _SHOWN:,} 行,加 --json 查看全部")
    if found.refused and not found.accepted and not found.repeated:
        raise typer.Exit(1)
