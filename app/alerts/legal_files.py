"""Files of 法定预警: JSON, CSV or Excel, with our field names or their Chinese headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from topics.kit.errors import BadWarning
from topics.kit.refresh.contracts import BrokenRow
from topics.kit.refresh.excel_table import excel_rows
from topics.kit.refresh.tables import csv_rows
from topics.kit.warnings.check import FIELDS

_BY_HEADER = {title: name for name, title in FIELDS.items()} | {name: name for name in FIELDS}
_MOST_BYTES = 8 << 20


def read_file(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    """The entries of the file with the row each stands in; BadWarning when it cannot be read."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise BadWarning(f"{path}:读不到文件({wrong.strerror});请检查路径和权限") from wrong
    if len(raw) > _MOST_BYTES:
        raise BadWarning(f"{path.name}:超过 {_MOST_BYTES >> 20} MB;请分成几个文件")
    kind = path.suffix.lower()
    if kind == ".json":
        return list(enumerate(_json_rows(raw, path.name), 1))
    if kind == ".csv":
        rows: Sequence[Mapping[str, Any]] = csv_rows(raw, "utf-8", path.name)
    elif kind in (".xlsx", ".xls"):
        rows = excel_rows(raw, list(_BY_HEADER), path.name)
    else:
        raise BadWarning(f"{path.name}:只认 .json、.csv、.xlsx;请另存后重试")
    return [(number, _named(row, number)) for number, row in enumerate(rows, 2)]


def _json_rows(raw: bytes, name: str) -> list[Mapping[str, Any]]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        raise BadWarning(f"{name}:不是 JSON({wrong});请核对文件") from wrong
    if isinstance(found, dict):
        found = found.get("items", [found])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadWarning(f"{name}:应是一份预警、预警的列表,或 {{items: […]}}")
    return found


def _named(row: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    if isinstance(row, BrokenRow):
        raise BadWarning(f"第 {number} 行:{row.problem}")
    return {_BY_HEADER.get(str(key).strip(), str(key)): value for key, value in row.items()}
