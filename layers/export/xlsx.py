"""Excel workbooks, written row by row."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from layers.crs.names import shown
from layers.errors import BadFilter
from layers.export.geojson import plain_values
from layers.export.job import ExportJob
from layers.export.table import as_table

_MOST_ROWS = 1_048_575  # below the header
_MOST_COLUMNS = 16_384
_LONGEST_TEXT = 32_767
_EXACT = 10**15  # Excel keeps fifteen digits of a number
_WIDTHS = (8, 40)


def write(job: ExportJob, path: Path) -> tuple[str, ...]:
    """A sheet of the features and one about them; raises BadFilter for what Excel cannot hold."""
    if len(job.frame) > _MOST_ROWS:
        raise BadFilter(
            f"共 {len(job.frame):,} 行,超过 Excel 每表 {_MOST_ROWS:,} 行的上限;"
            "请导出 CSV、GeoPackage 或 GeoParquet,或先筛选"
        )
    table = as_table(job)
    if len(table.columns) > _MOST_COLUMNS:
        raise BadFilter(f"共 {len(table.columns):,} 列,超过 Excel 的上限;请导出 CSV 或 GeoParquet")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.freeze_panes = "A2"
    for at, name in enumerate(table.columns, start=1):
        width = min(max(len(str(name).encode()) + 2, _WIDTHS[0]), _WIDTHS[1])
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append([_header(sheet, str(name)) for name in table.columns])
    cut = 0
    for row in zip(*(plain_values(table[name]) for name in table.columns), strict=True):
        cut += sum(isinstance(one, str) and len(one) > _LONGEST_TEXT for one in row)
        sheet.append([cell_value(one) for one in row])
    notes = (f"{cut:,} 个单元格超过 {_LONGEST_TEXT:,} 字,已截断",) if cut else ()
    _about(book, job, notes)
    book.save(path)
    return notes


def cell_value(value: Any) -> Any:
    """A value that Excel shows as it is: long numbers as texts, no control characters."""
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_TEXT]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    item = getattr(value, "item", None)  # a numpy number
    return cell_value(item()) if item is not None else str(value)


def _header(sheet: Any, name: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, cell_value(name))
    cell.font = Font(bold=True)
    return cell


def _about(book: Workbook, job: ExportJob, notes: tuple[str, ...]) -> None:
    sheet = book.create_sheet("说明")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 12, 60
    sheet.append(["图层", cell_value(f"{job.title}")])
    sheet.append(["要素数", len(job.frame)])
    sheet.append(["坐标系", shown(job.crs)])
    if job.masked:
        sheet.append(["已掩码的列", cell_value("、".join(job.masked))])
    for note in notes:
        sheet.append(["提示", note])
