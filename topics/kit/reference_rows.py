"""Rows of a reference table (CSV), read strictly: a fault is named by file, row and column.

A row holds in [valid_from, valid_to): the day it ends is the first day of what follows it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from topics.kit.errors import BadManifest


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file, trimmed; BadManifest when it or a column is missing."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise BadManifest(
            f"{path.name}:读不到基准表({wrong.strerror});请检查 data/reference"
        ) from wrong
    except UnicodeDecodeError as wrong:
        raise BadManifest(f"{path.name}:不是 UTF-8 文字;请另存为 UTF-8 编码的 CSV") from wrong
    reader = csv.DictReader(text.splitlines())
    missing = [one for one in columns if one not in (reader.fieldnames or ())]
    if missing:
        raise BadManifest(f"{path.name}:缺少列 {'、'.join(missing)};请在首行补上")
    rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    days = [one for one in reader.fieldnames or () if one.startswith("valid_")]
    _check_days(path.name, rows, days)
    _check_orders(path.name, rows)
    return rows


def day(text: str) -> date | None:
    """The day a cell names; None when it is empty."""
    return date.fromisoformat(text) if text else None


def _check_days(name: str, rows: list[dict[str, str]], columns: list[str]) -> None:
    for number, row in enumerate(rows, 2):
        for column in columns:
            try:
                day(row[column])
            except ValueError as wrong:
                raise BadManifest(
                    f"{name} 第 {number} 行 {column}:{row[column]!r} 不是日期;写成 2004-05-29"
                ) from wrong


def _check_orders(name: str, rows: list[dict[str, str]]) -> None:
    for number, row in enumerate(rows, 2):
        order = row.get("order", "")
        if order and not order.lstrip("-").isdecimal():
            raise BadManifest(f"{name} 第 {number} 行 order:{order!r} 不是整数")
