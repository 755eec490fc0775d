"""What requests about cases say, read strictly: the text of an error names the item and the fix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import BadRequest
from app.security.contracts import Subject
from topics.kit.cases.categories import read_key
from topics.kit.cases.contracts import Report
from topics.kit.cases.machine import Order
from topics.kit.cases.reports import SOURCES
from topics.kit.errors import BadPeriod
from topics.kit.period_texts import parse_moment
from topics.kit.texts import storable

_MOST = {"text": 4000, "note": 2000, "place": 200, "contact": 100, "reference": 200, "grid": 40}
_MOST_PHOTOS = 9
_MOST_SUPPORT = 8
_REPORT_KEYS = frozenset(
    {"category", "region", "lon", "lat", "text", "place", "contact", "source", "reference"}
    | {"photos", "at", "grid", "drill"}
)
_ORDER_KEYS = frozenset(
    {"to", "note", "version", "unit", "support", "limits", "until", "into", "region", "photos"}
    | {"confirmed"}
)


def read_report(body: object, subject: Subject, now: datetime, *, drill: bool) -> Report:
    """The report that a body describes; BadRequest, UnknownCategory."""
    given = _object(body, _REPORT_KEYS)
    usual = "form" if subject.scopes is None else "api"
    source = _text(given, "source") or usual
    if source not in SOURCES or source == "alert":
        known = "、".join(one for one in SOURCES if one != "alert")
        raise BadRequest(
            f"source {source[:40]!r} 不认识;可用:{known}(告警派单请在告警上操作)",
            item="source",
        )
    photos = photos_of(given)
    return Report(
        category=read_key(given.get("category")),
        region=_needed(given, "region"),
        text=_needed(given, "text"),
        at=_moment(given, "at") or now,
        source=source,
        reporter=subject.person,
        reference=_text(given, "reference") or None,
        longitude=_number(given, "lon"),
        latitude=_number(given, "lat"),
        grid=_text(given, "grid") or None,
        place=_text(given, "place"),
        contact=_text(given, "contact"),
        drill=drill or given.get("drill") is True,
        data={"photos": photos} if photos else {},
    )


def read_order(body: object) -> tuple[Order, int | None]:
    """The step that a body asks for, and the version of the case that its sender saw."""
    given = _object(body, _ORDER_KEYS)
    version = given.get("version")
    if version is not None and type(version) is not int:
        raise BadRequest("version 应是整数:看到的事件的 version;不写则不核对", item="version")
    support = given.get("support") or []
    if not _texts(support) or len(support) > _MOST_SUPPORT:
        raise BadRequest(f"support 应是不超过 {_MOST_SUPPORT} 个单位编号的列表", item="support")
    photos = photos_of(given)
    order = Order(
        word=_needed(given, "to"),
        note=_text(given, "note"),
        unit=_text(given, "unit") or None,
        support=tuple(support),
        until=_moment(given, "until"),
        into=_text(given, "into") or None,
        region=_text(given, "region") or None,
        data={"photos": photos} if photos else {},
        limits=_limits(given),
        confirmed=given.get("confirmed") is True,
    )
    return order, version


def photos_of(given: Mapping[str, Any]) -> list[str]:
    """The ids of photos that were uploaded before."""
    photos = given.get("photos") or []
    if not _texts(photos) or len(photos) > _MOST_PHOTOS:
        raise BadRequest(f"photos 应是不超过 {_MOST_PHOTOS} 张照片编号的列表", item="photos")
    return list(photos)


def _limits(given: Mapping[str, Any]) -> dict[str, str]:
    """Limits of units' own, as {单位编号: 4 工作时}."""
    limits = given.get("limits") or {}
    if not isinstance(limits, dict) or not _texts([*limits, *limits.values()]):
        raise BadRequest('limits 应是 {单位编号: 时限},如 {"zjj": "4 工作时"}')
    return dict(limits)


def _object(body: object, known: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise BadRequest("请求正文应是一个 JSON 对象;写法见 /api/docs")
    unknown = sorted(set(body) - known)
    if unknown:
        raise BadRequest(
            f"不认识的项 {unknown[0][:40]!r};可用的有 {'、'.join(sorted(known))}",
            item=unknown[0][:40],
        )
    return body


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, str) and 0 < len(one) <= 64 and storable(one) for one in value
    )


def _text(given: Mapping[str, Any], name: str) -> str:
    value, most = given.get(name), _MOST.get(name, 64)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or not storable(value):
        raise BadRequest(f"{name} 应是不超过 {most} 个字的文字", item=name)
    return value.strip()


def _needed(given: Mapping[str, Any], name: str) -> str:
    found = _text(given, name)
    if not found:
        raise BadRequest(f"缺少 {name};请补上", item=name)
    return found


def _number(given: Mapping[str, Any], name: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadRequest(f"{name} 应是数:WGS-84 的度,如 113.59;不知道就不写", item=name)
    return float(value)


def _moment(given: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(given, name)
    if not text:
        return None
    try:
        return parse_moment(text)
    except BadPeriod as wrong:
        raise BadRequest(
            f"{name} {text!r} 不是时间;写成 2026-11-28T18:00:00+08:00", item=name
        ) from wrong
