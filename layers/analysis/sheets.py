"""Features as a sheet: CSV that Excel reads, or XLSX; no cell is ever run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from layers.export.formulas import harmless

SHEETS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST_CELL = 32_767
_NUMBER, _LONGITUDE, _LATITUDE = "要素编号", "经度", "纬度"


def sheet(kind: str, titles: Mapping[str, str], features: Iterable[Mapping[str, Any]]) -> bytes:
    """The features with a column for each attribute of `titles`, points with their place."""
    rows = _rows(titles, features)
    return _csv(rows) if kind == "csv" else _xlsx(rows)


def _rows(
    titles: Mapping[str, str], features: Iterable[Mapping[str, Any]]
) -> Iterable[Sequence[Any]]:
    yield [_NUMBER, *map(harmless, titles.values()), _LONGITUDE, _LATITUDE]
    for one in features:
        geometry = one["geometry"]
        place = geometry["coordinates"] if geometry["type"] == "Point" else (None, None)
        values = (_safe(one["properties"].get(name)) for name in titles)
        yield [one["id"], *values, place[0], place[1]]


def _safe(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _xlsx(rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("范围内要素")
    for row in rows:
        page.append([_cell(page, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(page: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page)
    try:
        cell.value = value[:_LONGEST_CELL]
    except IllegalCharacterError:
        cell.value = "".join(sign for sign in value if sign.isprintable())[:_LONGEST_CELL]
    cell.data_type = "s"  # a text stays a text, whatever it begins with
    return cell
