"""Tables of 值班 on their way in: a head that is looked for, rows, and what is wrong with each."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from layers.export.formulas import harmless
from topics.kit.errors import UnreadableTable
from topics.kit.reporting.tables import Table

_HEAD = PatternFill("solid", fgColor="EEF1F4")
_SEARCHED = 10  # rows in which the head may stand
_WIDTH = 18


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a cell: its row as Excel counts, column, problem and remedy."""

    row: int
    item: str
    problem: str
    remedy: str
    fatal: bool = True  # the row is not taken; else it is only said


def rows_of(tables: Sequence[Table], wanted: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Number and cells of each row below the head that names every wanted column.

    Empty rows are left out. UnreadableTable says which columns are missing.
    """
    best: tuple[int, str, list[str]] | None = None
    for table in tables:
        for at, row in enumerate(table.rows[:_SEARCHED]):
            head = [cell.strip().replace(" ", "") for cell in row]
            missing = [one for one in wanted if one not in head]
            if not missing:
                return list(_below(table, at, head))
            if best is None or len(missing) < best[0]:
                best = (len(missing), table.name, missing)
    lacking = "、".join(best[2]) if best else "、".join(wanted)
    raise UnreadableTable(f"表格缺少列:{lacking};请用下载的模板填写,列名不要改")


def _below(table: Table, at: int, head: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in enumerate(table.rows[at + 1 :], at + 2):
        cells = {name: row[n].strip() for n, name in enumerate(head) if name and n < len(row)}
        if any(cells.values()):
            yield number, cells


def workbook(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> bytes:
    """A workbook with that head; every cell is text, none a formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append([harmless(one) for one in head])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for row in rows:
        sheet.append([harmless(one) for one in row])
    for at in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTH
    for column in sheet.iter_cols():
        for cell in column:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    explained = book.create_sheet("填写说明")
    for line in note.splitlines():
        explained.append([line])
    explained.column_dimensions["A"].width = 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems_json(problems: Sequence[RowProblem]) -> list[Mapping[str, object]]:
    """As every import of the program reports its rows."""
    return [
        {
            "row": one.row,
            "item": one.item,
            "problem": one.problem,
            "remedy": one.remedy,
            "refused": one.fatal,
        }
        for one in problems
    ]
