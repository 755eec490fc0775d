"""[[indicators]] with `each`: one indicator for every row of a table in the topic's folder.

Every `{column}` in its texts becomes what the row says, so that twenty items of one kind are one
entry and one table. Done before the manifest is checked: the rest of the program sees plain ones.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from topics.kit.errors import BadManifest

EACH = "each"
_TABLE = "indicators"
_FILE = re.compile(r"^[A-Za-z0-9_-]+\.csv$")
_COLUMN = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def expanded(raw: Mapping[str, Any], folder: Path, shown: str) -> dict[str, Any]:
    """The manifest with its templates written out; BadManifest names the entry and what to mend."""
    entries = raw.get(_TABLE)
    if not isinstance(entries, list) or not any(_is_template(one) for one in entries):
        return dict(raw)
    found: list[Any] = []
    for number, one in enumerate(entries, 1):
        if not _is_template(one):
            found.append(one)
            continue
        try:
            found += _written_out(one, folder)
        except ValueError as wrong:
            raise BadManifest(f"{shown}:{_TABLE} 第 {number} 个的 {EACH}:{wrong}") from wrong
    return {**raw, _TABLE: found}


def _is_template(entry: Any) -> bool:
    return isinstance(entry, dict) and EACH in entry


def _written_out(entry: Mapping[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    name = entry[EACH]
    if not isinstance(name, str) or not _FILE.match(name):
        raise ValueError(f"{name!r} 不是本专题文件夹里的表;写成 items.csv")
    plain = {key: value for key, value in entry.items() if key != EACH}
    for row in _rows(folder / name):
        yield {key: _filled(value, row, name) for key, value in plain.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise ValueError(f"读不到 {path.name}({wrong.strerror});请放在专题文件夹里") from wrong
    except UnicodeDecodeError as wrong:
        raise ValueError(f"{path.name} 不是 UTF-8 文字;请另存为 UTF-8 编码的 CSV") from wrong
    reader = csv.DictReader(text.splitlines())
    rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    if not rows:
        raise ValueError(f"{path.name} 没有数据行;每行给出一个指标")
    return rows


def _filled(value: Any, row: Mapping[str, str], name: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, row, name) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, row, name) for one in value]
    if not isinstance(value, str):
        return value
    unknown = sorted({one for one in _COLUMN.findall(value) if one not in row})
    if unknown:
        raise ValueError(f"{name} 没有列 {'、'.join(unknown)};现有列:{'、'.join(row)}")
    return _COLUMN.sub(lambda hit: row[hit[1]], value)
