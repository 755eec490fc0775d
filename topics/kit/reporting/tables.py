"""Tables as people have them: the clipboard of Excel, CSV in any encoding, workbooks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from layers.intake.secrecy import refuse_secrets
from topics.kit.errors import UnreadableTable


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a file may be, in bytes as it is and unpacked, and how many rows are read."""

    largest: int = 4 << 20
    rows: int = 2000
    unpacked: int = 64 << 20


FORM = Sizes()
Span = tuple[tuple[int, int], tuple[int, int]]
"""A merged range: first and last (row, column), counted from 0."""

LARGEST = FORM.largest
_MOST_COLUMNS = 256
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangle of texts; `merges` are ranges of which only the first cell holds anything."""

    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    merges: tuple[Span, ...] = ()


def pasted(text: str) -> Table:
    """What the clipboard holds: cells by tabs, rows by lines, quotes around cells with either."""
    if len(text) > LARGEST:
        raise UnreadableTable("粘贴的内容太大;请只复制填数的那一块")
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    if plain.endswith("\n"):
        plain = plain[:-1]
    return Table(_rectangle(_split(plain), FORM.rows))


def read_file(name: str, content: bytes, sizes: Sizes = FORM) -> list[Table]:
    """The tables of an uploaded file; UnreadableTable or UnreadableFile says why there is none.

    Rows after `sizes.rows` are left out.
    """
    if len(content) > sizes.largest:
        raise UnreadableTable(
            f"{name}:超过 {sizes.largest >> 20} MB;报表文件不会这么大,请用下载的模板"
        )
    if not content.strip():
        raise UnreadableTable(f"{name}:是空文件;请重新保存后上传")
    head = content[:512].lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise UnreadableTable(f"{name}:实际是网页,不是表格;请在 Excel 中另存为 .xlsx")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        tables = _workbook(name, content, sizes)
    else:
        tables = [_text(name, content, sizes.rows)]
    for table in tables:
        refuse_secrets(name, titles=[cell for row in table.rows for cell in row if "密" in cell])
    return tables


def _split(text: str) -> list[list[str]]:
    """Rows of cells as Excel writes them; a quote within a cell is an ordinary character."""
    rows: list[list[str]] = [[]]
    cell, quoted, at = "", False, 0
    while at < len(text):
        one = text[at]
        if quoted:
            if one == '"' and text[at + 1 : at + 2] == '"':
                cell, at = cell + '"', at + 1
            elif one == '"':
                quoted = False
            else:
                cell += one
        elif one == '"' and not cell and '"' in text[at + 1 :]:
            quoted = True
        elif one in "\t\n":
            rows[-1].append(cell)
            cell = ""
            if one == "\n":
                rows.append([])
        else:
            cell += one
        at += 1
    rows[-1].append(cell)
    return rows


def _text(name: str, content: bytes, rows: int) -> Table:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            continue
        return _delimited(name, text, rows)
    raise UnreadableTable(f"{name}:读不出文字;请在 Excel 中另存为 .xlsx 或 CSV UTF-8")


def _delimited(name: str, text: str, most: int) -> Table:
    first = text.partition("\n")[0]
    mark = max("\t,;,", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as wrong:
        raise UnreadableTable(f"{name}:不是完整的 CSV({wrong});请重新导出") from wrong
    return Table(_rectangle(rows, most), name)


def _workbook(name: str, content: bytes, sizes: Sizes) -> list[Table]:
    _not_a_bomb(name, content, sizes.unpacked)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            shown = [
                one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible
            ]
            return [_sheet(book, one, sizes.rows) for one in shown]
    except PasswordError as wrong:
        raise UnreadableTable(f"{name}:有密码;请去掉密码后重新保存") from wrong
    except (CalamineError, OSError, ValueError) as wrong:
        fix = "请在 Excel 中打开检查,另存为 .xlsx"
        raise UnreadableTable(f"{name}:不是完整的 Excel 文件;{fix}") from wrong


def _sheet(book: CalamineWorkbook, name: str, most: int) -> Table:
    sheet = book.get_sheet_by_name(name)
    rows = [[_shown(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    return Table(_rectangle(rows, most), name, tuple(sheet.merged_cell_ranges or ()))


def _not_a_bomb(name: str, content: bytes, most: int) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
    except zipfile.BadZipFile as wrong:
        raise UnreadableTable(f"{name}:不是完整的 Excel 文件;请重新保存后上传") from wrong
    if unpacked > most:
        raise UnreadableTable(f"{name}:展开后过大;请用下载的模板填报")


def _shown(cell: object) -> str:
    """A cell's text without losing a digit that Excel keeps."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return f"{cell:.15g}" if math.isfinite(cell) else ""
    if isinstance(cell, dt.datetime | dt.date | dt.time | dt.timedelta):
        return f"{cell}"
    return str(cell)


def _rectangle(rows: Sequence[Sequence[str]], most: int) -> tuple[tuple[str, ...], ...]:
    """The rows at one width, without empty rows and columns at the end, within our limits."""
    kept = [[one.strip()[:_LONGEST] for one in row[:_MOST_COLUMNS]] for row in rows[:most]]
    while kept and not any(kept[-1]):
        kept.pop()
    width = max((at for row in kept for at, one in enumerate(row, 1) if one), default=0)
    return tuple(tuple(row[:width]) + ("",) * (width - len(row)) for row in kept)
