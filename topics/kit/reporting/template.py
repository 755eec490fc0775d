"""The workbook a clerk may fill in instead of the page: last values, definitions, locked heads."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from layers.export.formulas import harmless
from topics.kit.period_labels import label
from topics.kit.periods import ZONE, local_start
from topics.kit.reporting.cells import read_cell
from topics.kit.reporting.checks import Known
from topics.kit.reporting.contracts import Cell, Cells, Form, Place

_MARK = "统览报表模板"
_GREY = PatternFill("solid", fgColor="EEF1F4")
_OPEN = PatternFill("solid", fgColor="FFFBEA")
_LINE = Border(*[Side("thin", color="AEB9C4")] * 4)
_WIDTH, _FIRST = 16, 5  # width of a column; first row of cells to fill in


def mark(form: Form) -> tuple[str, ...]:
    """The row by which a filled template is known again: mark, form, period, its title."""
    month = f"{local_start(form.period):%Y-%m}"
    return (_MARK, form.spec.id, month, f"{form.spec.title} {label(form.period)}")


def marked_period(rows: Sequence[Sequence[str]]) -> tuple[str, str, str] | None:
    """Form, month and title that a template carries; None when it is no template of ours."""
    for row in rows[:2]:
        if len(row) >= 4 and row[0] == _MARK:
            return row[1], row[2], row[3]
    return None


def template(
    form: Form, cells: Cells, known: Mapping[Place, Known], labels: Mapping[str, str], owner: str
) -> bytes:
    """The workbook; `labels` name the columns "last" and "same". No text in it is a formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = "填报"
    _heads(sheet, form, labels, owner)
    for n, row in enumerate(form.rows):
        at = _FIRST + n
        _fixed(sheet, at, 1, row.code)
        _fixed(sheet, at, 2, row.name)
        for c, column in enumerate(form.columns):
            place = Place(column.id, row.code)
            cell = sheet.cell(at, 3 + c, _typed(cells.get(place, Cell()).text, column.unit))
            cell.protection = Protection(locked=False)
            cell.fill, cell.border = _OPEN, _LINE
            beside = known.get(place, Known())
            _fixed(sheet, at, 3 + len(form.columns) + 2 * c, beside.last)
            _fixed(sheet, at, 4 + len(form.columns) + 2 * c, beside.same)
    _guard(sheet, form)
    _definitions(book, form)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heads(sheet: Worksheet, form: Form, labels: Mapping[str, str], owner: str) -> None:
    sheet.append([safe(one) for one in mark(form)])
    sheet.row_dimensions[1].hidden = True
    due = form.due_at.astimezone(ZONE)
    sheet.cell(2, 1, safe(mark(form)[3])).font = Font(bold=True, size=14)
    sheet.cell(3, 1, safe(f"填报单位:{owner}    截止:{due:%Y-%m-%d %H:%M}    只填黄色格,缺数填 -"))
    width = len(form.columns)
    _fixed(sheet, 4, 1, "区划代码")
    _fixed(sheet, 4, 2, "县(市、区)")
    for n, column in enumerate(form.columns):
        unit = f"({column.unit})" if column.unit else ""
        _fixed(sheet, 4, 3 + n, f"{column.title}{unit}", bold=True)
        _fixed(sheet, 4, 3 + width + 2 * n, f"上期 {labels['last']} {column.title}")
        _fixed(sheet, 4, 4 + width + 2 * n, f"同期 {labels['same']} {column.title}")
    for at in range(1, 3 + 3 * width):
        sheet.column_dimensions[get_column_letter(at)].width = 12 if at == 1 else _WIDTH
    sheet.row_dimensions[4].height = 48
    sheet.freeze_panes = sheet.cell(_FIRST, 3)


def _guard(sheet: Worksheet, form: Form) -> None:
    """Only numbers and the dash of a gap go into the open cells; all others are locked."""
    first, last = get_column_letter(3), get_column_letter(2 + len(form.columns))
    area = f"{first}{_FIRST}:{last}{_FIRST + len(form.rows) - 1}"
    rule = DataValidation(
        type="custom",
        formula1=f'OR(ISNUMBER({first}{_FIRST}),{first}{_FIRST}="-")',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="请填数",
        error="只填数;确实没有的填 -",
    )
    rule.add(area)
    sheet.add_data_validation(rule)
    sheet.protection.sheet = True


def _definitions(book: Workbook, form: Form) -> None:
    sheet = book.create_sheet("口径")
    sheet.append(["指标", "单位", "口径", "来源"])
    for column in form.columns:
        sheet.append([safe(one) for one in (column.title, column.unit, column.definition, column.source)])  # fmt: skip  # noqa: E501
    for at, width in enumerate((26, 10, 90, 30), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.protection.sheet = True


def _fixed(
    sheet: Worksheet, row: int, column: int, value: str | float | None, *, bold: bool = False
) -> None:
    cell = sheet.cell(row, column, safe(value) if isinstance(value, str) else value)
    cell.fill, cell.border = _GREY, _LINE
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _typed(text: str, unit: str) -> str | float | None:
    """What was typed, as a number where it is one."""
    reading = read_cell(text, unit)
    if reading.gap:
        return "-"
    return reading.value if reading.value is not None else safe(text) or None


def safe(text: str) -> str:
    """A text that no spreadsheet runs and that a workbook can hold."""
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", text))


def file_name(form: Form, now: datetime) -> str:
    """What the template is called on disk."""
    return f"{mark(form)[3]}模板_{now.astimezone(ZONE):%Y%m%d}.xlsx".replace("–", "-")
