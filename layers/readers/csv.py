"""CSV (and tab-, semicolon- or bar-separated text), read by pyarrow however long it is."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.encoding import decide
from layers.readers.tables.header import HEAD_ROWS, Header, find_header
from layers.readers.tables.sheet import Sheet
from layers.readers.tables.table import read_sheet
from layers.readers.tally import Tally

_HEAD_BYTES = 1 << 18
_DELIMITERS = ",\t;|,"
_SEP_LINE = re.compile(r"sep=(.)\r?\n")  # Excel's own way to name the delimiter


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The rows that have a place; raises UnreadableFile, or NeedsAnswer where a person must say."""
    content = upload.path.read_bytes()
    chosen = decide(content, options.encoding, upload.name)
    if chosen.codec not in {"utf-8", "utf-8-sig"}:
        content = chosen.decode(content).encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    sheet = _sheet(upload, content, options)
    del content
    return read_sheet(
        upload,
        sheet,
        options,
        Tally(),
        format="CSV",
        encoding=chosen.shown,
        encoding_found=chosen.found,
        evidence=(chosen.evidence,),
    )


def _sheet(upload: Upload, content: bytes, options: ReadOptions) -> Sheet:
    start = content[:_HEAD_BYTES].decode(errors="replace")
    skipped = 0
    if named := _SEP_LINE.match(start):
        skipped, delimiter = 1, named[1]
        content, start = content[len(named[0].encode()) :], start[named.end() :]
    else:
        delimiter = _delimiter(start)
    head, lines = _head(upload, start, delimiter)
    width = _usual_width(head)
    if not width:
        refuse(upload, "只有空行,没有内容", "请确认导出时选中了数据")
    fitted = [[*row[:width], *[""] * (width - len(row))] for row in head]
    header = find_header(fitted, header_rows=_left(options.header_rows, skipped))
    above = lines[header.first_data - 1] if header.first_data else 0
    names = [*header.names, *_more(header, width)]
    body = content if not above else _after_lines(content, above)
    cells, rows, torn = _parse(upload, body, delimiter, names)
    first = skipped + header.first_data
    torn_cells = pa.table(
        [pa.array([row[at] for _, row in torn], pa.string()) for at in range(width)], names=names
    )
    return Sheet(
        cells,
        rows + first,
        torn_cells,
        np.array([number for number, _ in torn], dtype=np.int64) + first,
        header.evidence,
        header.notes,
    )


def _left(header_rows: int | None, skipped: int) -> int | None:
    return None if header_rows is None else max(0, header_rows - skipped)


def _delimiter(start: str) -> str:
    """The mark that divides most of the first lines into the same number of cells."""
    lines = [line for line in start.splitlines()[:HEAD_ROWS] if line.strip()]

    def score(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        usual = max(counts, key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_DELIMITERS, key=score)


def _head(upload: Upload, start: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first records, and how many lines of text the file has up to each one's end."""
    if len(start) >= HEAD_ROWS:
        whole = start if "\n" not in start else start[: start.rindex("\n") + 1]
    else:
        whole = start
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
    records, lines = [], []
    try:
        for record in reader:
            records.append(record)
            lines.append(reader.line_num)
            if len(records) == HEAD_ROWS:
                break
    except csv.Error as wrong:
        refuse(upload, f"表头读不出({wrong})", "第一行应是列名,用逗号分隔")
    return records, lines


def _usual_width(rows: list[list[str]]) -> int:
    """How many cells most of the rows have; of two as frequent, the one that comes first."""
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    several = [width for width in widths if width > 1]
    return max(several or widths, key=widths.count, default=0)


def _more(header: Header, width: int) -> list[str]:
    """Names of columns that the header does not name."""
    taken = set(header.names)
    extra = [f"列{at}" for at in range(len(header.names) + 1, width + 1)]
    return [f"{name}_2" if name in taken else name for name in extra]


def _after_lines(content: bytes, lines: int) -> bytes:
    """The text behind its first `lines` lines, whichever way they end."""
    at = 0
    for _ in range(lines):
        ends = [end for mark in (b"\n", b"\r") if (end := content.find(mark, at)) >= 0]
        if not ends:
            return b""
        at = min(ends)
        at += 2 if content[at : at + 2] == b"\r\n" else 1
    return content[at:]


def _parse(
    upload: Upload, body: bytes, delimiter: str, names: list[str]
) -> tuple[pa.Table, np.ndarray, list[tuple[int, list[str | None]]]]:
    """All cells as text, the number of each row in the body, and the rows that do not fit."""
    skipped: list[int] = []
    torn: list[tuple[int, list[str | None]]] = []

    def bad_row(row: Any) -> str:
        skipped.append(row.number)
        if row.text.strip(f"{delimiter} \t\r\n"):
            torn.append((row.number, _fitted(row.text, delimiter, len(names))))
        return "skip"

    if not body.strip():
        empty = pa.table([pa.array([], pa.string()) for _ in names], names=names)
        return empty, np.zeros(0, dtype=np.int64), []
    parse = pa_csv.ParseOptions(
        delimiter=delimiter,
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=bad_row,
    )
    convert = pa_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        strings_can_be_null=True,
        null_values=[""],
    )
    # One thread: with several, pyarrow cannot number the rows that it complains of.
    options = pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=1 << 24)
    try:
        table = pa_csv.read_csv(io.BytesIO(body), options, parse, convert)
    except pa.ArrowInvalid as wrong:
        refuse(upload, "表格读不通,多半是引号不成对", f"请在 Excel 中检查后另存为 CSV({wrong})")
    read = np.ones(table.num_rows + len(skipped), dtype=bool)
    read[np.array(skipped, dtype=np.int64) - 1] = False
    return table, np.flatnonzero(read) + 1, torn


def _fitted(text: str, delimiter: str, width: int) -> list[str | None]:
    """A row that has too many or too few cells, made as wide as the others; nothing is dropped."""
    cells = next(csv.reader([text], delimiter=delimiter), [])
    if len(cells) > width:
        cells = [*cells[: width - 1], delimiter.join(cells[width - 1 :])]
    return [cell or None for cell in cells] + [None] * (width - len(cells))
