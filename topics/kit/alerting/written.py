"""An alert as JSON and back, the same after the round trip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from topics.kit.alerting.contracts import Alert, AlertKey, AlertLevel, Condition

_MOMENTS = (
    "pending_since",
    "fired_at",
    "resolved_at",
    "acknowledged_at",
    "paused_until",
    "escalated_at",
)
_PLAIN = tuple(
    one.name
    for one in fields(Alert)
    if one.name not in {*_MOMENTS, "key", "condition", "level", "noted_by", "data"}
)


def alert_json(alert: Alert) -> dict[str, Any]:
    """The alert as JSON values."""
    return {
        **{name: getattr(alert, name) for name in _PLAIN},
        **{name: _text(getattr(alert, name)) for name in _MOMENTS},
        "rule": alert.key.rule,
        "region": alert.key.region,
        "condition": alert.condition.value,
        "level": alert.level.value,
        "noted_by": list(alert.noted_by),
        "data": dict(alert.data),
    }


def alert_of(written: Mapping[str, Any]) -> Alert:
    """The alert that `alert_json` wrote."""
    values: dict[str, Any] = {name: written[name] for name in _PLAIN}
    values |= {name: _moment(written[name]) for name in _MOMENTS}
    return Alert(
        **values,
        key=AlertKey(written["rule"], written["region"]),
        condition=Condition(written["condition"]),
        level=AlertLevel(written["level"]),
        noted_by=tuple(written["noted_by"]),
        data=written["data"],
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
