"""Rows of an Excel template: merged cells spread out, a header of two lines joined into one name.

A bureau's template has a title over the table, headers merged across columns and a county's name
merged down several rows. Each row that comes out stands by itself.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from topics.kit.errors import SourceRefused
from topics.kit.refresh.contracts import Row

_MOST_UNPACKED = 512 * 1024 * 1024
_MOST_ROWS = 200_000
_LOOK_FOR_HEADER = 30
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

_Grid = list[list[Any]]


def is_excel(raw: bytes) -> bool:
    """Whether the bytes begin like .xlsx or .xls."""
    return raw.startswith((_ZIP, _OLE))


def excel_rows(raw: bytes, wanted: Sequence[str], name: str) -> Sequence[Row]:
    """The rows under the header line that names most of `wanted`; the first sheet that has one.

    Raises SourceRefused when the file cannot be opened or no sheet has such a header.
    """
    refuse_bomb(raw, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        grids = [_grid(book.get_sheet_by_name(one), name) for one in book.sheet_names]
    except (CalamineError, ValueError) as wrong:
        raise SourceRefused(f"{name}:Excel 打不开({wrong});请另存为 .xlsx 后重新放入") from wrong
    best: tuple[int, list[Row]] = (0, [])
    for grid, merged in grids:
        score, rows = _table(grid, merged, set(wanted))
        if score > best[0]:
            best = score, rows
    if not best[0]:
        listed = "、".join(wanted)
        raise SourceRefused(f"{name}:没有找到表头(要有 {listed});请用下发的模板填报")
    return best[1]


def refuse_bomb(raw: bytes, name: str) -> None:
    """Raise SourceRefused for a workbook that is damaged or would unpack to far too much."""
    if not raw.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile as wrong:
        raise SourceRefused(f"{name}:Excel 不完整(压缩包损坏);请重新保存后放入") from wrong
    if size > _MOST_UNPACKED:
        raise SourceRefused(f"{name}:Excel 展开后超过 {_MOST_UNPACKED >> 20} MB;请拆分后重新放入")


def _grid(sheet: CalamineSheet, name: str) -> tuple[_Grid, set[int]]:
    """Return the cells with merged ones spread out, and the rows whose cells were merged across."""
    if sheet.total_height > _MOST_ROWS:
        raise SourceRefused(f"{name}:工作表 {sheet.name} 超过 {_MOST_ROWS} 行;请拆分后重新放入")
    grid: _Grid = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    across: set[int] = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        value = grid[top][left]
        for row in range(top, min(bottom + 1, len(grid))):
            for column in range(left, min(right + 1, len(grid[row]))):
                grid[row][column] = value
        if right > left:
            across.add(top)
    return grid, across


def _table(grid: _Grid, merged: set[int], wanted: set[str]) -> tuple[int, list[Row]]:
    """Return how many wanted columns the best header has, and the rows under it."""
    best, header, first = 0, [""], 0
    for at in range(min(len(grid), _LOOK_FOR_HEADER)):
        one = [_title(cell) for cell in grid[at]]
        two = _joined([_title(c) for c in grid[at - 1]], one) if at and at - 1 in merged else one
        for candidate in (one, two):
            score = len(wanted & set(candidate))
            if score > best:
                best, header, first = score, candidate, at + 1
    rows = [_row(header, cells) for cells in grid[first:]]
    return best, [one for one in rows if any(value is not None for value in one.values())]


def _joined(above: list[str], below: list[str]) -> list[str]:
    """Return the names of a header of two lines: 空气/PM2.5; merged down it stands once."""
    pairs = zip(above, below, strict=False)
    return [b if a == b or not a else (f"{a}/{b}" if b else a) for a, b in pairs]


def _row(header: list[str], cells: list[Any]) -> Row:
    return {title: _cell(cell) for title, cell in zip(header, cells, strict=False) if title}


def _title(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "".join(str(cell).split())


def _cell(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell
    return cell
