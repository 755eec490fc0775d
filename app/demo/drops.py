"""CSV files in the encoding of bureau offices (GBK), dropped into one folder per source."""

from __future__ import annotations

import csv
import io
import os
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from app.demo import readings, tables
from topics.kit.manifest_indicators import IndicatorSpec

ENCODING = "gbk"
_COLUMNS = ("区划代码", "所属期", "指标", "数值", "状态")


def drop_reports(folder: Path, specs: dict[str, IndicatorSpec], now: datetime) -> dict[str, Path]:
    """Write what is new of every monthly report; returns the folder of each source."""
    found: defaultdict[tuple[str, str], list[readings.Row]] = defaultdict(list)
    for row in tables.rows("demo/drops.csv"):
        for line in readings.report(specs[row["indicator"]], row["item"], now):
            found[row["source"], str(line["所属期"])].append(line)
    for (source, month), rows in found.items():
        _write(folder / source / f"月报_{month}.csv", _encoded(rows))
    return {source: folder / source for source, _ in found}


def _encoded(rows: list[readings.Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(ENCODING)


def _write(path: Path, content: bytes) -> None:
    """Replace the file whole, and only when it would change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == content:
        return
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)
