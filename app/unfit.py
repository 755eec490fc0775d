"""What the frame found unfit in a request, in the words of who wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS: Mapping[str, str] = {
    "missing": "没有写;请补上",
    "extra_forbidden": "不认识;请去掉或核对拼写",
    "string_type": "应是文字",
    "string_too_long": "最多 {max_length} 个字",
    "string_too_short": "至少 {min_length} 个字",
    "string_pattern_mismatch": "写法不对",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "float_type": "应是数",
    "float_parsing": "应是数",
    "finite_number": "应是有限的数",
    "bool_type": "应写 true 或 false",
    "bool_parsing": "应写 true 或 false",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "less_than": "应小于 {lt}",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "list_type": "应是列表",
    "dict_type": "应是对象",
    "model_attributes_type": "应是 JSON 对象",
    "literal_error": "应是 {expected} 之一",
    "json_invalid": "不是 JSON",
}


def unfit(one: Mapping[str, Any]) -> dict[str, str]:
    """Where it is, which field of a form that is, and what is wrong, in Chinese."""
    places = [str(part) for part in one["loc"]]
    fields = [part for part in places[1:] if not part.isdecimal()]
    return {
        "where": ".".join(places),
        "item": fields[-1] if fields else "",
        "problem": _said(str(one["type"]), one.get("ctx") or {}),
    }


def _said(kind: str, more: Mapping[str, Any]) -> str:
    try:
        return _WORDS[kind].format_map(more).replace(" or ", "、")
    except KeyError:
        return "写法不对"
