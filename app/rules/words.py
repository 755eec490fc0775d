"""Rules in words: kinds, limits, times, and what a change changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from topics.kit.alerting.book import BEGINNING, FIELDS
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.wording import limit_text
from topics.kit.durations import duration_text
from topics.kit.manifest_alerts import AlertSpec
from topics.kit.quality.freshness import elapsed

KINDS = {
    "threshold": "数值",
    "change": "变化",
    "forecast": "预计超限",
    "anomaly": "异常",
    "no_data": "没有数据",
    "late": "迟报",
    "density": "聚集",
    "expression": "算式",
}
_MISSING = {"hold": "告警和计时不变", "clear": "当作没有超限"}
_NONE = "无"
_CHOSEN: dict[str, dict[str, str]] = {
    "of": {"value": "数值本身", "target": "劣于目标多少", "class": "劣于目标类别几级"},
    "worse": {"": "按指标的方向", "above": "越大越劣", "below": "越小越劣"},
    "against": {"previous": "上期", "day": "昨日同时", "year": "上年同期"},
    "measured": {"absolute": "差值", "percent": "百分数"},
}
_DAYS = {"": "每天", "workdays": "工作日", "holidays": "休息日"}
CHOICES = {"kind": KINDS, "missing": _MISSING, "days": _DAYS, **_CHOSEN}
"""What may be chosen of a field, in words."""


def levels_text(rule: Rule) -> dict[str, str]:
    """Level → its limit as people read it, worst first."""
    spec = rule.spec
    return {
        level.value: limit_text(rule, level, spec.levels[level.value])
        for level in AlertLevel
        if level.value in spec.levels
    }


def counted_text(spec: AlertSpec) -> str:
    """What it watches; of a density which events it counts: 事件(城市管理/事项/06)。"""
    if spec.kind != "density":
        return spec.when
    return f"事件({spec.category})" if spec.category else "全部事件,不含演练、作废和并入的"


def terms_text(spec: AlertSpec) -> str:
    """When it holds: 持续 30 分;恢复后保留 1 时;每年 04-15 至 10-15。"""
    parts = []
    if spec.hold:
        parts.append(f"持续 {elapsed(spec.hold)}才告警")
    if spec.keep:
        parts.append(f"恢复后保留 {elapsed(spec.keep)}")
    if spec.flap:
        parts.append(f"来回跳动时保留 {elapsed(spec.flap)}")
    if spec.season:
        parts.append(f"每年 {spec.season.replace('..', ' 至 ')}")
    if spec.weekdays:
        parts.append("周" + "、".join("一二三四五六日"[one - 1] for one in spec.weekdays))
    if spec.days:
        parts.append(f"只在{_DAYS[spec.days]}")
    if spec.hours:
        parts.append(spec.hours.replace("-", " 至 "))
    return ";".join(parts)


def difference(before: AlertSpec, after: AlertSpec) -> str:
    """What a change changes: 级别界限 黄 75、橙 115 → 黄 70、橙 110;启用 是 → 否."""
    found = []
    for name, title in FIELDS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found.append(f"{title} {said(name, old)} → {said(name, new)}")
    return ";".join(found)


def differences(before: AlertSpec | None, after: AlertSpec) -> list[dict[str, str]]:
    """Field by field what a change changes, for who reviews it; of a new rule all that is set."""
    found = []
    for name, title in BEGINNING.items():
        new = getattr(after, name)
        old = getattr(before, name) if before is not None else _default(name)
        if old != new:
            was = "" if before is None else said(name, old)
            found.append({"field": name, "title": title, "before": was, "after": said(name, new)})
    return found


def _default(name: str) -> Any:
    return AlertSpec.model_fields[name].get_default(call_default_factory=True)


def said(name: str, value: Any) -> str:
    """One field's value in words."""
    if name in CHOICES:
        return CHOICES[name][value]
    if name in _SAYING:
        return _SAYING[name](value) or _NONE
    if isinstance(value, timedelta):
        return duration_text(value) if value else "0"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return "、".join(str(one) for one in value) or _NONE
    return _NONE if value is None else str(value) or _NONE


def _limits(value: Any) -> str:
    return "、".join(f"{level} {limit:g}" for level, limit in value.items())


def _local(value: Any) -> str:
    return ";".join(f"{code} {_limits(one)}" for code, one in value.items())


def _wartime(value: Any) -> str:
    if value is None:
        return ""
    levels = _limits(value.levels)
    times = [said("hold", one) for one in (value.hold, value.keep) if one is not None]
    return " ".join(filter(None, [levels, *times, *value.route]))


_SAYING: dict[str, Callable[[Any], str]] = {
    "levels": _limits,
    "clear": _limits,
    "local": _local,
    "tests": lambda value: "、".join(one.name for one in value),
    "enabled": lambda value: "是" if value else "否",
    "wartime": _wartime,
}
