"""Fields of a definition as people call them, and a change of one in words: 阈值 黄灯 60 → 50."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from topics.kit.manifest_indicators import IndicatorSpec

TITLES: Mapping[str, str] = {
    "title": "名称",
    "definition": "口径",
    "unit": "单位",
    "precision": "小数位数",
    "scale": "万/亿写法",
    "frequency": "频率",
    "period_kind": "时期种类",
    "levels": "区划层级",
    "direction": "方向",
    "owner": "责任单位",
    "owner_person": "责任人",
    "source": "数据来源",
    "source_system": "来源系统",
    "legal": "制度依据",
    "freshness": "时效要求",
    "classification": "数据级别",
    "thresholds": "阈值",
    "classes": "分级",
    "target": "目标",
    "comparison": "对比",
    "spark": "小图样式",
    "release": "发布日程",
    "checks": "数值校验",
}
"""Every field that can be changed, in the order of the form."""

_INNER: Mapping[str, Mapping[str, str]] = {
    "thresholds": {"warn": "黄灯", "bad": "红灯"},
    "release": {"day": "次月日", "time": "时刻"},
    "checks": {
        "min": "硬下限",
        "max": "硬上限",
        "soft_min": "软下限",
        "soft_max": "软上限",
        "jump": "突变",
        "jump_percent": "突变%",
        "jump_times": "突变倍数",
        "stuck_hours": "卡死小时",
        "steady": "可不变的值",
        "additive": "上下级核对",
        "tolerance": "容差%",
        "complete": "完整率%",
        "basis": "依据",
    },
    "comparison": {"label": "名称", "published": "公布增速", "against": "对比期", "as": "写法"},
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "direction": {"higher": "越高越好", "lower": "越低越好", "none": "不评价"},
    "scale": {"auto": "自动", "plain": "不换算", "wan": "万", "yi": "亿"},
    "spark": {"line": "折线", "bar": "柱"},
    "levels": {"city": "市", "county": "县(市、区)", "town": "镇街", "site": "点位"},
    "checks": {"sum": "下级之和", "mean": "在下级之间", "none": "不核对"},
    "comparison": {"previous": "上期", "day": "昨日同时", "year": "上年同期"},
}
_UNITS = {
    "s": "秒",
    "m": "分钟",
    "h": "小时",
    "d": "天",
    "w": "周",
    "mo": "个月",
    "q": "季",
    "y": "年",
}
_DURATIONS = ("frequency", "freshness")
_SPAN = re.compile(r"(\d+)([a-z]+)")
_NONE = "无"


def title_of(field: str) -> str:
    """What people call the field."""
    return TITLES.get(field, field)


def value_text(field: str, value: Any) -> str:
    """A field's plain value in words."""
    if value is None or value in ("", [], {}):
        return _NONE
    words = _VALUES.get(field, {})
    if field in _DURATIONS:
        return _span_text(str(value), every=field == "frequency")
    if field == "target":
        return ";".join(
            f"{one['year']} 年 {_number(one['value'])}({one.get('kind', '约束性')})"
            for one in value
        )
    if isinstance(value, list):
        return "、".join(words.get(str(one), _plain(one)) for one in value)
    if isinstance(value, Mapping):
        titles = _INNER.get(field, {})
        order = [*(name for name in titles if name in value), *sorted(set(value) - set(titles))]
        return " ".join(
            f"{titles.get(name, name)} {words.get(str(value[name]), _plain(value[name]))}"
            for name in order
        )
    return words.get(str(value), _plain(value))


def differences(old: Mapping[str, Any], change: Mapping[str, Any]) -> list[dict[str, str]]:
    """{field, title, old, new} of every field the change sets to something else.

    Of thresholds, release and comparison only the parts that differ are named.
    """
    found = []
    for field in sorted(change, key=_place):
        before, after = _whole(field, old.get(field)), _whole(field, change[field])
        if before == after:
            continue
        if field in _INNER and isinstance(before, Mapping) and isinstance(after, Mapping):
            for name, said in _INNER[field].items():
                if before.get(name) != after.get(name):
                    words = [value_text(field, {name: one.get(name)}) for one in (before, after)]
                    left, right = (one.removeprefix(f"{said} ") for one in words)
                    found.append(_one(field, f"{title_of(field)} {said}", left, right))
            continue
        found.append(
            _one(field, title_of(field), value_text(field, before), value_text(field, after))
        )
    return found


def sentence(parts: Sequence[Mapping[str, str]]) -> str:
    """The differences in one line: 阈值 黄灯 60 → 50;单位 % → 个."""
    return ";".join(f"{one['title']} {one['old']} → {one['new']}" for one in parts)


def _span_text(text: str, *, every: bool) -> str:
    found = _SPAN.fullmatch(text)
    if found is None:
        return text
    unit = _UNITS.get(found[2], found[2])
    if every:
        return f"每{unit.removeprefix('个')}" if found[1] == "1" else f"每 {found[1]} {unit}"
    return f"{found[1]} {unit}"


def _one(field: str, title: str, old: str, new: str) -> dict[str, str]:
    return {"field": field, "title": title, "old": old, "new": new}


def _whole(field: str, value: Any) -> Any:
    """The value, or what holds when nothing is said: fields at their default are not stored."""
    if value is not None:
        return value
    default = IndicatorSpec.model_fields[field].default if field in TITLES else None
    plain = getattr(default, "value", default)
    return plain if isinstance(plain, str | int | float) else None


def _place(field: str) -> int:
    return list(TITLES).index(field) if field in TITLES else len(TITLES)


def _plain(value: Any) -> str:
    if value is None or value == "":
        return _NONE
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _number(value: float) -> str:
    return f"{value:,.10g}".replace("-", "\N{MINUS SIGN}")
