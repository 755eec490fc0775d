"""Definitions as TOML, in the words of topic.toml: `[[indicators]]` with their fields."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from topics.kit.definitions.fields import IDENTITY, Fields
from topics.kit.definitions.table import CellProblem, ReadRow

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_of(definitions: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The text of a file, of (id, plain fields)."""
    parts = ["# 指标定义,可改后再导入;没有写的项和指标不动。\n"]
    for indicator, fields in definitions:
        lines = ["[[indicators]]", f"id = {_value(indicator)}"]
        lines += [f"{name} = {_value(value)}" for name, value in fields.items() if name != "id"]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def read_toml(text: str) -> tuple[list[ReadRow], list[CellProblem]]:
    """The indicators of a file, and what is wrong; rows count the tables from 1."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return [], [CellProblem(0, "文件", f"不是有效的 TOML({wrong});请按行号修改")]
    tables = raw.get("indicators")
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        return [], [CellProblem(0, "文件", "没有 [[indicators]] 表;请用本页导出的文件修改")]
    found: list[ReadRow] = []
    problems: list[CellProblem] = []
    seen: set[str] = set()
    for number, table in enumerate(tables, 1):
        name = table.get("id")
        if not isinstance(name, str) or not name or name in seen:
            said = "编号重复;请只留一项" if name in seen else "缺少 id;请补上指标编号"
            problems.append(CellProblem(number, "id", said))
            continue
        seen.add(name)
        fields: Fields = {k: _plain(v) for k, v in table.items() if k not in IDENTITY}
        found.append(ReadRow(number, name, fields))
    return found, problems


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return "{ " + inner + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, str):
        # A JSON string is a TOML string but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return repr(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _plain(value: Any) -> Any:
    """TOML's own dates as the texts that JSON knows."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
