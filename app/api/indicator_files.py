"""The export of an indicator's series: CSV that Excel opens, or a workbook with its notes."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from urllib.parse import quote

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app.indicator.export import Cell, Table, make_table
from app.indicator.parts import Parts
from app.indicator.question import Question
from app.security.contracts import Subject
from layers.export.formulas import harmless
from layers.export.xlsx import cell_value

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTHS = {"A": 18, "B": 28, "D": 16, "F": 16, "I": 12, "J": 28, "K": 24}


def indicator_file(parts: Parts, subject: Subject, asked: Question, kind: str) -> Response:
    """The file as an answer, named after indicator and region."""
    return table_file(make_table(parts, subject, asked), kind)


def table_file(table: Table, kind: str) -> Response:
    """A table as a CSV or a workbook, as an answer that is named after it."""
    body = csv_bytes(table) if kind == "csv" else xlsx_bytes(table)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(table.title)}.{kind}",
        "Cache-Control": "private, no-store",
    }
    return Response(body, media_type=_TYPES[kind], headers=headers)


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a mark before it; notes stand below the rows, so that row 1 is the header."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_safe(one) for one in table.columns])
    writer.writerows([_safe(one) for one in row] for row in table.rows)
    writer.writerow([])
    writer.writerows([harmless(name), harmless(said)] for name, said in table.notes)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_bytes(table: Table) -> bytes:
    """Sheet 数据 with the rows and sheet 说明 with what they mean."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.freeze_panes = "A2"
    for column, width in _WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.append([_bold(sheet, harmless(name)) for name in table.columns])
    for row in table.rows:
        sheet.append([cell_value(_safe(one)) for one in row])
    about = book.create_sheet("说明")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 12, 80
    for name, said in table.notes:
        about.append([_bold(about, name), cell_value(harmless(said))])
    space = BytesIO()
    book.save(space)
    return space.getvalue()


def _safe(one: Cell) -> Cell:
    return harmless(one) if isinstance(one, str) else one


def _bold(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell
