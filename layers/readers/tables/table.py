"""From a sheet of texts to a Reading: edits, footer, purpose, places, and who was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from layers.readers.assemble import assemble
from layers.readers.contracts import GEOMETRY_COLUMN, Reading, ReadOptions, Upload
from layers.readers.coordinates import Place, find_place, no_place
from layers.readers.detect import refuse
from layers.readers.edits import place_of
from layers.readers.tables.cells import typed
from layers.readers.tables.joins import CODE_COLUMN, join, region_columns
from layers.readers.tables.purpose import check_purpose
from layers.readers.tables.sheet import Sheet
from layers.readers.tally import Tally


def read_sheet(
    upload: Upload, sheet: Sheet, options: ReadOptions, tally: Tally, **about: Any
) -> Reading:
    """The rows of the sheet that have a place; the others stand in `left_out` with the reason.

    `about` are the reading's format, encoding and so on; its evidence goes before the sheet's.
    """
    sheet = sheet.edited(options.edits, tally).without_blank().without_footer()
    if not len(sheet.rows) and not len(sheet.torn_rows):
        refuse(upload, "只有表头,没有数据行", "请确认导出时选中了数据")
    frame = typed(sheet.cells)
    place = _place(upload, sheet, frame, _Excusing(tally, _placed_by_hand(options)), options)
    geometries, reported = _moved(place, sheet.rows, options.edits, tally)
    attributes = frame.drop(columns=list(place.columns))
    if place.codes is not None and CODE_COLUMN not in attributes:
        attributes[CODE_COLUMN] = place.codes
    evidence = (*about.pop("evidence", ()), *sheet.evidence, *place.evidence)
    _report_torn(sheet, tally)
    reading = assemble(
        upload,
        attributes,
        geometries,
        sheet.rows,
        tally,
        declared=place.declared,
        reported=reported,
        evidence=evidence,
        notes=sheet.notes,
        **about,
    )
    return replace(reading, left_out=_left_out(sheet, reading, tally))


def _place(
    upload: Upload, sheet: Sheet, frame: pd.DataFrame, tally: Tally, options: ReadOptions
) -> Place:
    wanted, rows = options.columns, sheet.rows
    joined = bool(wanted.get("code") or wanted.get("name"))
    if options.purpose == "indicator":
        check_purpose(upload, frame, "indicator", placed=False)
    place = None if joined else find_place(upload, frame, rows, tally, wanted)
    check_purpose(upload, frame, options.purpose, placed=place is not None or joined)
    if place is not None:
        return place
    texts: pd.DataFrame = sheet.cells.to_pandas()
    place = join(upload, texts, rows, tally, wanted, options.gazetteer)
    if place is None:
        codes = region_columns(texts) if options.gazetteer is None else []
        if codes:
            what = f"没有坐标列;“{codes[0]}”列像区划代码,但还没有可信的区划界线"
            refuse(upload, what, "请补上坐标列,或先用 tonglan reference set outline 设定界线")
        no_place(upload, frame)
    return place


def _moved(
    place: Place, rows: np.ndarray, edits: Mapping[int, Mapping[str, str]], tally: Tally
) -> tuple[np.ndarray, np.ndarray]:
    """Geometries with those that a person wrote, and the rows whose lack of one was reported."""
    geometries, reported = place.geometries, place.reported
    for row, cells in edits.items():
        if GEOMETRY_COLUMN not in cells:
            continue
        made = place_of(cells[GEOMETRY_COLUMN])
        if made is None:
            tally.add([row], GEOMETRY_COLUMN, "修改的位置读不懂", "写成“经度,纬度”或 WKT")
        else:
            at = np.flatnonzero(rows == row)
            geometries[at], reported[at] = made, False
    return geometries, reported


def _placed_by_hand(options: ReadOptions) -> list[int]:
    """The rows that a person gave a place."""
    return [
        row
        for row, cells in options.edits.items()
        if GEOMETRY_COLUMN in cells and place_of(cells[GEOMETRY_COLUMN]) is not None
    ]


class _Excusing(Tally):
    """Passes problems on to another tally, but for some rows."""

    def __init__(self, inner: Tally, rows: list[int]) -> None:
        super().__init__()
        self._inner = inner
        self._excused = rows

    def add(
        self, rows: Sequence[int] | np.ndarray | None, item: str, problem: str, remedy: str
    ) -> None:
        if rows is not None and self._excused:
            rows = np.asarray(rows)[~np.isin(rows, self._excused)]
        self._inner.add(rows, item, problem, remedy)


def _report_torn(sheet: Sheet, tally: Tally) -> None:
    problem = f"列数与表头的 {len(sheet.names)} 列不符"
    tally.add(sheet.torn_rows, "整行", problem, "检查多余的逗号或引号;该行未读取")


def _left_out(sheet: Sheet, reading: Reading, tally: Tally) -> pd.DataFrame | None:
    """The rows without a place, with all their cells as the file has them."""
    lost = ~np.isin(sheet.rows, reading.rows)
    cells = pa.concat_tables([sheet.cells.filter(pa.array(lost)), sheet.torn])
    rows = np.concatenate([sheet.rows[lost], sheet.torn_rows])
    if not len(rows):
        return None
    frame = cells.to_pandas().astype(object)
    frame = frame.where(frame.notna(), None)
    frame = frame.assign(_row=rows, _reason=tally.reasons(rows))
    ordered: pd.DataFrame = frame.sort_values("_row", kind="stable", ignore_index=True)
    return ordered
