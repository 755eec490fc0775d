"""A small program with the routes of alerts, people to use them, and alerts to handle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.api import alerts, legal_warnings, notices
from app.config import Config
from app.security.contracts import Grant, Role, Subject
from app.services import Services
from tests.api.asked_city import AskedCity, composed
from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep

PEOPLE = {
    "duty": Subject("duty", "值班甲", frozenset({Grant(Role.DUTY)})),
    "other": Subject("other", "值班乙", frozenset({Grant(Role.DUTY)})),
    "leader": Subject("leader", "李局", frozenset({Grant(Role.LEADER)})),
    "clerk": Subject("clerk", "王芳", frozenset({Grant(Role.CLERK, "water")})),
    "viewer": Subject("viewer", "甲", frozenset({Grant(Role.VIEWER, "water")})),
    "nobody": Subject("anonymous", "未登录", anonymous=True),
}
RULE, CITY, COUNTY = "water.nh3n", "440200", "440205"


class AlertCity(AskedCity):
    """Asks the routes of alerts as somebody."""

    people = PEOPLE

    def __init__(self, services: Services) -> None:
        super().__init__(services, alerts, legal_warnings, notices)

    def post(self, who: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        return self.ask(who, "POST", f"/api/v1/{path}", json=body or {})

    def fire(
        self,
        alert: str,
        *,
        level: AlertLevel = AlertLevel.RED,
        rule: str = RULE,
        region: str = COUNTY,
        topic: str = "water",
        ago: timedelta = timedelta(minutes=2),
        at: datetime | None = None,
        **told: Any,
    ) -> None:
        """An alert that fired so long ago."""
        told = {"title": f"告警 {alert}", "limit": 2.0, "unit": "mg/L", **told}
        event = AlertEvent(
            alert,
            AlertStep.FIRED,
            at or datetime.now(UTC) - ago,
            level=level,
            value=2.31,
            data={"rule": rule, "region": region, "topic": topic, **told},
        )
        self.services.alerts.append([event])

    def resolve(self, alert: str, *, at: datetime | None = None) -> None:
        step = AlertEvent(alert, AlertStep.RESOLVED, at or datetime.now(UTC))
        self.services.alerts.append([step])

    def steps(self, alert: str) -> list[str]:
        return [one.step.value for one in self.services.alerts.events(alert)]


def alert_city(home: Path, database: str, valkey: str, config: Config | None = None) -> AlertCity:
    return AlertCity(composed(home, database, valkey, config))
