"""法定预警 as JSON: in the issuer's words, with what the tables say of their level set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.security.contracts import Resource
from app.services import Services
from layers.contracts import Classification
from topics.kit.periods import ZONE
from topics.kit.warnings.contracts import LegalWarning

KIND = "法定预警"


def legal_resource(services: Services, one: LegalWarning | None = None) -> Resource:
    """What decides who sees it: a 法定预警 is published for everybody."""
    return Resource(
        "warning",
        "" if one is None else str(one.id),
        classification=Classification.PUBLIC,
        demo=services.config.demo.enabled,
    )


def legal_json(services: Services, one: LegalWarning, now: datetime) -> dict[str, Any]:
    """One entry; nothing of it is reworded. `state` says whether it is in force."""
    issued = one.issued
    day = issued.valid_from.astimezone(ZONE).date()
    found = services.warning_tables.kind(issued.kind, day)
    names = [_name(services, code) for code in issued.area]
    return {
        "id": f"legal:{one.id}",
        "kind": KIND,
        "warning_kind": issued.kind,
        "issuer": issued.issuer,
        "signal": issued.signal,
        "level": issued.level,
        "levels": list(found.levels) if found else [],
        "levels_verified": found is not None and not found.status.startswith("unverified"),
        "title": f"{issued.signal}({issued.level}色)",
        "area": [
            {"region": code, "name": name} for code, name in zip(issued.area, names, strict=True)
        ],
        "place": "、".join(names),
        "valid_from": issued.valid_from.astimezone(ZONE).isoformat(),
        "valid_to": issued.valid_to.astimezone(ZONE).isoformat() if issued.valid_to else None,
        "valid_text": _valid_text(one, now),
        "text": issued.text,
        "reference": issued.reference,
        "action": issued.action,
        "replaces": issued.replaces,
        "response": issued.response or None,
        "state": _state(one, now),
        "received_at": one.received_at.astimezone(ZONE).isoformat(),
        "drill": one.drill,
    }


def _state(one: LegalWarning, now: datetime) -> str:
    if one.in_force(now):
        return "生效中"
    if one.issued.action == "解除":
        return "解除"
    if one.replaced_at is not None and one.replaced_at <= now:
        return "已被替代"
    return "未生效" if one.issued.valid_from > now else "已过期"


def _valid_text(one: LegalWarning, now: datetime) -> str:
    first = one.issued.valid_from.astimezone(ZONE)
    last = one.issued.valid_to.astimezone(ZONE) if one.issued.valid_to else None
    began = f"{first.month}月{first.day}日 {first:%H:%M}"
    if last is None:
        return f"{began} 起,解除前有效"
    ended = f"{last:%H:%M}" if last.date() == first.date() else f"{last.day}日 {last:%H:%M}"
    return f"{began} 至 {ended}"


def _name(services: Services, code: str) -> str:
    found = services.regions.find(code)
    return found.name if found else code
