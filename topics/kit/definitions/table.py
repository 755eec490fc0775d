"""Definitions as the rows of a workbook: one indicator a row, its targets on a second sheet.

`fields_of(rows_of(x)) == x`: what was exported reads back as it was. A text that a spreadsheet
would run as a formula carries an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topics.kit.definitions.fields import Fields
from topics.kit.definitions.words import TITLES
from topics.kit.manifest_indicators import IndicatorSpec

TARGET_COLUMNS: Mapping[str, str] = {
    "id": "编号",
    "year": "年度",
    "value": "目标值",
    "kind": "性质",
    "document": "依据文件",
    "effective": "生效日期",
    "baseline": "基期值",
    "since": "起始年",
}
_SPLIT: Mapping[str, Mapping[str, str]] = {
    "thresholds": {"warn": "黄灯阈值", "bad": "红灯阈值"},
    "release": {"day": "发布日(次月)", "time": "发布时刻"},
}
_LISTED = ("levels",)
_JSON = ("classes", "comparison", "checks")
_NUMBERS = frozenset({"precision", "warn", "bad", "day", "year", "value", "baseline", "since"})
_RISKY = re.compile(r"^['=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def _columns() -> dict[str, str]:
    found = {"id": "编号"}
    for field, title in TITLES.items():
        if field == "target":
            continue
        inner = _SPLIT.get(field)
        found |= (
            {f"{field}.{key}": said for key, said in inner.items()} if inner else {field: title}
        )
    return found


COLUMNS: Mapping[str, str] = _columns()
"""Path of a field → heading of its column."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong in one cell: the sheet's row from 1 (0: the whole file), column, remedy."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One indicator as a file says it: its row, id, and fields (None: the cell is empty)."""

    row: int
    indicator: str
    fields: Fields


def rows_of(definitions: Iterable[tuple[str, Mapping[str, Any]]]) -> list[list[Any]]:
    """The rows below the heading, of (id, plain fields)."""
    return [
        [safe(indicator), *(_cell(fields, path) for path in list(COLUMNS)[1:])]
        for indicator, fields in definitions
    ]


def target_rows(definitions: Iterable[tuple[str, Mapping[str, Any]]]) -> list[list[Any]]:
    """The rows of the sheet of targets."""
    return [
        [safe(indicator), *(safe(one.get(name)) for name in list(TARGET_COLUMNS)[1:])]
        for indicator, fields in definitions
        for one in fields.get("target") or ()
    ]


def read_table(
    heading: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    targets: Mapping[str, list[Fields]] | None,
) -> tuple[list[ReadRow], list[CellProblem]]:
    """The indicators of a sheet, and what is wrong cell by cell.

    Columns that are missing leave their fields alone; `targets` None leaves the targets alone.
    """
    titles = {title: path for path, title in COLUMNS.items()}
    paths = [titles.get(_text(one)) for one in heading]
    problems = [
        CellProblem(1, _text(name), f"不认识的列;可用的有 {'、'.join(COLUMNS.values())}")
        for name, path in zip(heading, paths, strict=True)
        if path is None and _text(name)
    ]
    if "id" not in paths:
        return [], [CellProblem(1, "编号", "缺少“编号”列;请用本页导出的表格修改后再导入")]
    found: list[ReadRow] = []
    first: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        cells = {path: one for path, one in zip(paths, row, strict=False) if path is not None}
        name = _text(cells.pop("id", None))
        if not name and not any(_text(one) for one in cells.values()):
            continue
        if not name:
            problems.append(CellProblem(number, "编号", "这一行没有编号;请补上或删去这一行"))
        elif name in first:
            said = f"{name} 与第 {first[name]} 行重复;请只留一行"
            problems.append(CellProblem(number, "编号", said))
        else:
            first[name] = number
            fields, wrong = _fields(cells, number)
            problems += wrong
            if targets is not None:
                fields["target"] = targets.get(name) or None
            found.append(ReadRow(number, name, fields))
    return found, problems


def read_targets(
    heading: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> tuple[dict[str, list[Fields]], list[CellProblem]]:
    """The targets of a sheet by indicator, and what is wrong."""
    titles = {title: name for name, title in TARGET_COLUMNS.items()}
    names = [titles.get(_text(one)) for one in heading]
    found: dict[str, list[Fields]] = {}
    problems: list[CellProblem] = []
    for number, row in enumerate(rows, 2):
        cells = {name: one for name, one in zip(names, row, strict=False) if name}
        indicator = _text(cells.pop("id", None))
        if not indicator:
            if any(_text(one) for one in cells.values()):
                problems.append(CellProblem(number, "编号", "目标这一行没有指标编号;请补上"))
            continue
        target: Fields = {}
        for name, cell in cells.items():
            value, wrong = _read_cell(name, cell)
            if wrong:
                problems.append(CellProblem(number, TARGET_COLUMNS[name], f"目标表:{wrong}"))
            if value is not None:
                target[name] = value
        found.setdefault(indicator, []).append(target)
    return found, problems


def safe(value: Any) -> Any:
    """The value as a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and _RISKY.match(value):
        return f"'{value}"
    return value


def column_of(field: str) -> str:
    """The heading under which a field is edited."""
    inner = _SPLIT.get(field)
    return "、".join(inner.values()) if inner else TITLES.get(field, field)


def _cell(fields: Mapping[str, Any], path: str) -> Any:
    field, _, key = path.partition(".")
    value = fields.get(field)
    if value is None:
        default = IndicatorSpec.model_fields[field].default
        plain = getattr(default, "value", default)
        return plain if isinstance(plain, str | int) and plain != "" else None
    if key:
        return safe(value.get(key))
    if field in _LISTED:
        return "、".join(value)
    if field in _JSON:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return safe(value)


def _fields(cells: Mapping[str, Any], row: int) -> tuple[Fields, list[CellProblem]]:
    fields: Fields = {}
    problems: list[CellProblem] = []
    for path, cell in cells.items():
        field, _, key = path.partition(".")
        value, wrong = _read_cell(key or field, cell)
        if wrong:
            problems.append(CellProblem(row, COLUMNS[path], wrong))
        elif not key:
            fields[field] = "" if value is None and field == "unit" else value
        else:
            fields.setdefault(field, None)
            if value is not None:
                fields[field] = {**(fields[field] or {}), key: value}
    return fields, problems


def _read_cell(name: str, cell: Any) -> tuple[Any, str]:
    """The plain value of a cell (None: empty) and what is wrong with it."""
    text = _text(cell)
    if not text:
        return None, ""
    if name in _NUMBERS:
        number = _number(cell, text)
        return number, "" if number is not None else f"{text!r} 不是数;请只写数字"
    if name in _LISTED:
        return [one for one in re.split(r"[、,,;;\s]+", text) if one], ""
    if name in _JSON:
        try:
            return json.loads(text), ""
        except ValueError:
            return None, "写法不对;这一列请在指标管理页修改,或照导出的样子填写"
    return text, ""


def _number(cell: Any, text: str) -> float | int | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell)
    else:
        try:
            value = float(text.replace(",", ""))
        except ValueError:
            return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):  # a date that the spreadsheet knows as one
        return str(cell.isoformat())[:10] if hasattr(cell, "year") else str(cell.isoformat())[:5]
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return text[1:] if text.startswith("'") else text
