"""What pydantic found wrong in a topic.toml, in Chinese: table, row, key and the fix."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

_WANTED = {
    "string_type": "应是文字",
    "float_type": "应是数",
    "float_parsing": "应是数",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "tuple_type": "应是列表,写成 [ … ]",
    "dict_type": "应是小表,写成 { 键 = 值 }",
    "model_type": "应是一个表",
    "model_attributes_type": "应是一个表",
    "finite_number": "应是有限的数",
    "date_type": "应是日期,如 2026-02-01",
    "date_parsing": "应是日期,如 2026-02-01",
    "date_from_datetime_parsing": "应是日期,如 2026-02-01",
    "too_short": "不能为空",
}
_LIMITS = {
    "greater_than_equal": ("不能小于", "ge"),
    "less_than_equal": ("不能大于", "le"),
    "greater_than": ("应大于", "gt"),
    "less_than": ("应小于", "lt"),
}


def explain(
    wrong: ValidationError, schema: type[BaseModel], raw: Mapping[str, Any], shown: str
) -> list[str]:
    """One line for each problem, in the order of the file."""
    return [f"{shown}:{_line(one, schema, raw)}" for one in wrong.errors()]


def explain_fields(wrong: ValidationError, schema: type[BaseModel]) -> list[tuple[str, str]]:
    """(top field, what is wrong with it and the fix) of one table that stands in no file.

    The field is "" where the problem lies between fields.
    """
    found = []
    for error in wrong.errors():
        loc = [part for part in error["loc"] if part != "[key]"]
        model, field = _follow(schema, loc)
        inner = _dotted(list(loc[1:]))
        if error["type"] == "extra_forbidden":
            text = f"不认识的键 {loc[-1]!r};{_known(model, str(loc[-1]))}"
        elif error["type"] == "missing":
            text = f"缺少 {loc[-1]};{_remedy(field)}"
        else:
            text = f"{inner}:{_problem(error, field)}" if inner else _problem(error, field)
        found.append((str(loc[0]) if loc else "", text))
    return found


def _line(error: ErrorDetails, schema: type[BaseModel], raw: Mapping[str, Any]) -> str:
    loc = [part for part in error["loc"] if part != "[key]"]
    model, field = _follow(schema, loc)
    where = _where(loc, raw)
    if error["type"] == "extra_forbidden":
        return f"{_where(loc[:-1], raw)}不认识的键 {loc[-1]!r};{_known(model, str(loc[-1]))}"
    if error["type"] == "missing":
        return f"{_where(loc[:-1], raw)}缺少 {loc[-1]};{_remedy(field)}"
    return f"{where}{_problem(error, field)}"


def _problem(error: ErrorDetails, field: FieldInfo | None) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum"):
        allowed = str(context["expected"]).replace(" or ", "、").replace(", ", "、")
        return f"{value!r} 不在可选值之内;可用的有 {allowed}"
    if kind == "string_pattern_mismatch":
        return f"{value!r} 写法不对;{_remedy(field)}"
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        return f"{value!r} {words} {context[key]};{_remedy(field)}"
    wanted = _WANTED.get(kind, "写法不对")
    return f"{wanted},现在是 {value!r};{_remedy(field)}"


def _remedy(field: FieldInfo | None) -> str:
    if field is None:
        return "请对照 docs/topic-manifest.md"
    example = f",如 {field.examples[0]!r}" if field.examples else ""
    return f"{field.description}{example}"


def _known(model: type[BaseModel] | None, wrong: str) -> str:
    if model is None:
        return "请删去"
    keys = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(wrong, keys, n=1, cutoff=0.6)
    hint = f"是不是 {near[0]}?" if near else ""
    return f"{hint}这里可用的有 {'、'.join(keys)}"


def _where(loc: list[Any], raw: Mapping[str, Any]) -> str:
    """`[[indicators]] 第 2 项 frequency:` from a location; "" for the top of the file."""
    if not loc:
        return ""
    table, rest = loc[0], loc[1:]
    head = f"[{table}]"
    if rest and isinstance(rest[0], int):
        head, rest = f"[[{table}]] 第 {rest[0] + 1} 项", rest[1:]
    elif isinstance(raw.get(str(table)), list):
        head = f"[[{table}]]"
    return f"{head} {_dotted(rest)}:" if rest else f"{head}:"


def _dotted(parts: list[Any]) -> str:
    text = ""
    for part in parts:
        step = f" 第 {part + 1} 个" if isinstance(part, int) else f".{part}"
        text += step
    return text.removeprefix(".")


def _follow(
    schema: type[BaseModel], loc: list[Any]
) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The table and the field a location leads to, as far as the schema knows them."""
    model: type[BaseModel] | None = schema
    field: FieldInfo | None = None
    for part in loc:
        if isinstance(part, int):
            continue
        if field is not None:
            model = _table_in(field.annotation)
        found = _field(model, str(part))
        if found is None:
            return model, (field if model is None else None)
        field = found
    return model, field


def _field(model: type[BaseModel] | None, key: str) -> FieldInfo | None:
    if model is None:
        return None
    named = {field.alias or name: field for name, field in model.model_fields.items()}
    return named.get(key)


def _table_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_table_in(one) for one in get_args(annotation))
    return next((one for one in found if one is not None), None)
