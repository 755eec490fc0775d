"""CSV (and tab- or semicolon-separated text) with coordinates in two columns, a pair, or WKT."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.coordinates import locate
from layers.readers.detect import refuse
from layers.readers.encoding import decide
from layers.readers.tally import Tally

# Fifteen digits survive as a number; identity and credit codes are longer and stay text.
_HEADER_BYTES = 1 << 16
_WHOLE = r"^(-?[1-9][0-9]{0,14}|0)$"
_DECIMAL = r"^-?(0|[1-9][0-9]{0,14})?(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The rows that have coordinates; raises UnreadableFile."""
    content = upload.path.read_bytes()
    chosen = decide(content, options.encoding, upload.name)
    if chosen.codec not in {"utf-8", "utf-8-sig"}:
        content = content.decode(chosen.codec).encode()
    content = content.removeprefix(b"\xef\xbb\xbf")
    tally = Tally()
    table, rows = _parse(upload, content, tally)
    del content
    if table.num_rows == 0:
        refuse(upload, "只有表头,没有数据行", "请确认导出时选中了数据")
    frame = _typed(table)
    place = locate(upload, frame, rows, tally)
    return assemble(
        upload,
        frame.drop(columns=list(place.columns)),
        place.geometries,
        rows,
        tally,
        edits=options.edits,
        format="CSV",
        encoding=chosen.shown,
        declared=place.declared,
        reported=place.reported,
        evidence=(chosen.evidence, *place.evidence),
    )


def _parse(upload: Upload, content: bytes, tally: Tally) -> tuple[pa.Table, np.ndarray]:
    """All cells as text, and the line of each row as Excel shows it (the header is row 1)."""
    header = content.split(b"\n", 1)[0]
    delimiter = max(b",\t;|", key=header.count)
    skipped: list[int] = []
    torn: list[int] = []

    def bad_row(row: Any) -> str:
        skipped.append(row.number)
        if row.text.strip():
            torn.append(row.number)
        return "skip"

    parse = pa_csv.ParseOptions(
        delimiter=chr(delimiter),
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=bad_row,
    )
    names = _names(upload, content, chr(delimiter))
    convert = pa_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        strings_can_be_null=True,
        null_values=[""],
    )
    # One thread: with several, pyarrow cannot number the rows that it complains of.
    options = pa_csv.ReadOptions(
        use_threads=False, column_names=names, skip_rows_after_names=1, block_size=1 << 24
    )
    try:
        table = pa_csv.read_csv(io.BytesIO(content), options, parse, convert)
    except pa.ArrowInvalid as wrong:
        refuse(upload, "表格读不通,多半是引号不成对", f"请在 Excel 中检查后另存为 CSV({wrong})")
    tally.add(torn, "整行", f"列数与表头的 {len(names)} 列不符", "检查多余的逗号或引号;该行未读取")
    total = table.num_rows + len(skipped) + 1
    read = np.ones(total - 1, dtype=bool)
    read[np.array(skipped, dtype=np.int64) - 2] = False
    return table, np.flatnonzero(read) + 2


def _names(upload: Upload, content: bytes, delimiter: str) -> list[str]:
    """The header's names, made unique (pyarrow takes a name twice and keeps one)."""
    start = io.StringIO(content[:_HEADER_BYTES].decode(errors="replace"), newline="")
    try:
        cells = next(csv.reader(start, delimiter=delimiter))
    except (csv.Error, StopIteration) as wrong:
        refuse(upload, f"表头读不出({wrong})", "第一行应是列名,用逗号分隔")
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        plain = cell.strip() or f"列{position}"
        name, again = plain, 2
        while name in names:
            name, again = f"{plain}_{again}", again + 1
        names.append(name)
    return names


def _typed(table: pa.Table) -> pd.DataFrame:
    """Numbers where every cell is plainly a number; codes with leading zeros stay text."""
    columns = [_column(table.column(name)) for name in table.column_names]
    typed: pd.DataFrame = pa.table(columns, names=table.column_names).to_pandas()
    return typed


def _column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.null_count == len(column):
        return column
    trimmed = pc.utf8_trim_whitespace(column)
    trimmed = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    if pc.all(pc.match_substring_regex(trimmed, _WHOLE)).as_py():
        return trimmed.cast(pa.int64())
    if pc.all(pc.match_substring_regex(trimmed, _DECIMAL)).as_py():
        return trimmed.cast(pa.float64())
    return column
