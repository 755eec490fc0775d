"""Excel workbooks written for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

Rows = Sequence[Sequence[object]]


def workbook(
    rows: Rows = (), *, merged: Sequence[str] = (), hidden: Sequence[str] = (), **sheets: Rows
) -> bytes:
    """An .xlsx with one sheet of `rows`, or with the named sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, content in (sheets or {"Sheet1": rows}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
        for area in merged:
            sheet.merge_cells(area)
        if name in hidden:
            sheet.sheet_state = "hidden"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of the workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
