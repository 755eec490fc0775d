"""Excel workbooks (.xlsx, .xlsm, .xls): the sheet with data, merged cells, dates as shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from layers.contracts import Choice, Question
from layers.errors import NeedsAnswer
from layers.readers.contracts import Part, Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.tables.formulas import Workbook, workbook
from layers.readers.tables.header import HEAD_ROWS, Header, Merge, find_header
from layers.readers.tables.sheet import Sheet, sheet_of
from layers.readers.tables.table import read_sheet
from layers.readers.tally import Tally

_Value = object
_Cells = list[list[_Value]]
_WIDEST = 1 << 53  # the largest number up to which Excel keeps every whole number
_DATES = re.compile(r"日期|时间|date", re.IGNORECASE)
_SERIALS = (20_000, 80_000)  # 1954 to 2119
_DAMAGED = "请在 Excel 中打开检查,另存为 .xlsx 后重新导入"


@dataclass(frozen=True, slots=True)
class _Found:
    """A sheet that has rows of data."""

    name: str
    cells: _Cells
    merges: tuple[Merge, ...]
    header: Header
    hidden: bool

    @property
    def records(self) -> int:
        """How many rows below the header hold something."""
        return sum(any(cell != "" for cell in row) for row in self.cells[self.header.first_data :])

    def part(self) -> Part:
        """The sheet as one of several."""
        title = f"{self.name}(隐藏)" if self.hidden else self.name
        return Part(self.name, title, "none", self.records)


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The rows of one sheet that have a place.

    Raises UnreadableFile, or NeedsAnswer where several sheets hold data or a person must say more.
    """
    found, empty = _sheets(upload, options)
    chosen = _chosen(upload, found, empty, options.part)
    book = workbook(upload.path)
    tally = Tally()
    sheet = _sheet(chosen, book, tally)
    others = [one.name for one in found if one is not chosen]
    evidence = [f"工作表“{chosen.name}”"]
    if others:
        evidence.append(f"另有工作表{_quoted(others)},未读取")
    return read_sheet(
        upload,
        sheet,
        options,
        tally,
        format="Excel",
        encoding=None,
        evidence=tuple(evidence),
        parts=tuple(one.part() for one in found),
        part=chosen.name,
    )


def _sheets(upload: Upload, options: ReadOptions) -> tuple[list[_Found], list[str]]:
    """The sheets with data, and the names of those without."""
    found, empty = [], []
    try:
        with CalamineWorkbook.from_path(str(upload.path)) as book:
            for about in book.sheets_metadata:
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                hidden = about.visible != SheetVisibleEnum.Visible
                sheet = book.get_sheet_by_name(about.name)
                one = _with_data(sheet, options.header_rows, hidden=hidden)
                if one is None:
                    empty.append(about.name)
                else:
                    found.append(one)
    except PasswordError:
        refuse(upload, "Excel 文件有密码", "请去掉密码后重新保存")
    except (CalamineError, OSError, ValueError) as wrong:
        refuse(upload, f"Excel 文件读不出({wrong})", _DAMAGED)
    return found, empty


def _with_data(sheet: CalamineSheet, header_rows: int | None, *, hidden: bool) -> _Found | None:
    cells: _Cells = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    if not any(cell != "" for row in cells for cell in row):
        return None
    merges = tuple(sheet.merged_cell_ranges or ())
    head = [[text_of(cell) or "" for cell in row] for row in cells[:HEAD_ROWS]]
    header = find_header(head, merges, header_rows)
    one = _Found(sheet.name, cells, merges, header, hidden)
    return one if one.records else None


def _chosen(upload: Upload, found: list[_Found], empty: list[str], part: str | None) -> _Found:
    if part is not None:
        named = [one for one in found if one.name == part]
        if not named:
            there = _quoted([one.name for one in found]) or "无"
            refuse(upload, f"没有有数据的工作表“{part}”", f"有数据的工作表:{there}")
        return named[0]
    visible = [one for one in found if not one.hidden] or found
    # A sheet of one column is a note on how to fill in the others.
    shown = [one for one in visible if len(one.header.names) > 1] or visible
    if not shown:
        why = f"工作表{_quoted(empty)}没有数据行" if empty else "没有工作表"
        refuse(upload, why, "第一行应是列名,下面至少有一行数据")
    if len(shown) == 1:
        return shown[0]
    options = tuple(
        Choice(
            one.name, one.part().title, f"{one.records:,} 行;列:{'、'.join(one.header.names[:6])}"
        )
        for one in (*shown, *(one for one in found if one not in shown))
    )
    text = f"{upload.name}:有 {len(shown)} 个工作表有数据({_quoted([one.name for one in shown])})"
    text = f"{text};请选择一个,或用 --part 指明"
    raise NeedsAnswer(text, Question("part", text, options))


def _sheet(found: _Found, book: Workbook, tally: Tally) -> Sheet:
    first, header = found.header.first_data, found.header
    width = max(len(row) for row in found.cells)
    names = [*header.names, *(f"列{at}" for at in range(len(header.names) + 1, width + 1))]
    filled = _fill_down(found, first)
    data = found.cells[first:]
    columns: list[list[str | None]] = []
    for at, name in enumerate(names):
        values = [row[at] if at < len(row) else "" for row in data]
        columns.append(_texts(name, values, first, book, tally))
    rows = np.arange(first + 1, first + len(data) + 1)
    _report_unknown(book, found.name, first, names, tally)
    evidence = list(header.evidence)
    if filled:
        evidence.append(f"合并单元格 {filled} 处,已把值填到合并的各行")
    keep = [at for at, column in enumerate(columns) if _named(header, at) or any(column)]
    kept_names, kept = [names[at] for at in keep], [columns[at] for at in keep]
    return sheet_of(kept_names, kept, rows, tuple(evidence), header.notes)


def _named(header: Header, at: int) -> bool:
    return at < len(header.names) and header.names[at] != f"列{at + 1}"


def _fill_down(found: _Found, first: int) -> int:
    """Write the value of each merged cell into all its rows of data; how many were merged."""
    count = 0
    for (top, left), (bottom, _) in found.merges:
        if bottom < first or bottom == top or left >= len(found.cells[top]):
            continue
        value = found.cells[top][left]
        if value == "" or top < first:
            continue
        for row in range(top + 1, min(bottom, len(found.cells) - 1) + 1):
            found.cells[row][left] = value
        count += 1
    return count


def _texts(
    name: str, values: Sequence[_Value], first: int, book: Workbook, tally: Tally
) -> list[str | None]:
    """The cells of a column as Excel shows them, dates that lost their format made dates again."""
    lost = [
        first + at + 1
        for at, value in enumerate(values)
        if isinstance(value, float) and abs(value) >= _WIDEST
    ]
    tally.add(lost, name, "数字超过 15 位,Excel 存不下后面的位数", "把该列设为文本后重新填写")
    if _DATES.search(name) and _are_serials(values) and book.sheets:
        epoch = dt.datetime(1904, 1, 1) if book.from_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001  a clock on the wall
        values = [
            epoch + dt.timedelta(days=value) if isinstance(value, int | float) else value
            for value in values
        ]
    return [text_of(value) for value in values]


def _are_serials(values: Sequence[_Value]) -> bool:
    """Whether the column's numbers are days counted by Excel: all of them in a likely range."""
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    return bool(numbers) and all(_SERIALS[0] <= one <= _SERIALS[1] for one in numbers)


def text_of(value: _Value) -> str | None:
    """A cell as Excel would show it with all its digits; None for an empty one."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, dt.datetime):
        plain = value.replace(microsecond=0) + dt.timedelta(seconds=value.microsecond >= 500_000)
        return str(plain.date()) if plain.time() == dt.time() else plain.isoformat(" ")
    return None if value is None else str(value)


def _report_unknown(
    book: Workbook, sheet: str, first: int, names: Sequence[str], tally: Tally
) -> None:
    unknown = book.unknown(sheet)
    by_column: dict[tuple[int, str], list[int]] = {}
    for row, column in unknown.stale:
        by_column.setdefault((column, ""), []).append(row)
    for row, column, error in unknown.errors:
        by_column.setdefault((column, error), []).append(row)
    for (column, error), rows in by_column.items():
        below = [row + 1 for row in rows if row >= first]
        name = names[column] if column < len(names) else f"列{column + 1}"
        if error:
            tally.add(below, name, f"公式出错({error}),按空值读取", "请在 Excel 中改正公式")
        else:
            way = "请在 Excel 中打开并保存一次,或复制后“选择性粘贴—数值”"
            tally.add(below, name, "公式没有存下结果,按空值读取", way)


def _quoted(names: Sequence[str]) -> str:
    return "、".join(f"“{name}”" for name in names[:8])
