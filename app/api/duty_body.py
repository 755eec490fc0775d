"""What pages send about 值班, read strictly; and the audit line of each change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request

from app.errors import BadRequest
from app.security.contracts import Subject
from app.security.people import AuditEvent
from app.security.requests import client_address
from topics.kit.errors import BadPeriod
from topics.kit.period_texts import parse_moment
from topics.kit.texts import storable


def text_of(body: dict[str, Any], name: str) -> str:
    """A text that must be there."""
    found = body.get(name)
    if not isinstance(found, str) or not found.strip() or not storable(found):
        raise BadRequest(f"请求正文缺少 {name}(文字)", item=name)
    return found.strip()


def words_of(body: dict[str, Any], name: str) -> str:
    """A text that may be missing."""
    found = body.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or not storable(found):
        raise BadRequest(f"{name} 应是文字", item=name)
    return found.strip()


def moment_of(body: dict[str, Any], name: str, default: datetime | None = None) -> datetime:
    """A moment; bare ones are Asia/Shanghai."""
    if default is not None and not body.get(name):
        return default
    text = text_of(body, name)
    try:
        return parse_moment(text)
    except BadPeriod as wrong:
        raise BadRequest(
            f"{name} {text!r} 读不懂,日历上没有或写法不对;写成 2026-11-28T18:00", item=name
        ) from wrong


def audit_of(
    subject: Subject, request: Request, action: str, named: str, **detail: Any
) -> AuditEvent:
    """The audit line of a change of 值班."""
    address = client_address(request.scope)
    return AuditEvent(subject.id, f"duty.{action}", named, address=address, detail=detail)
