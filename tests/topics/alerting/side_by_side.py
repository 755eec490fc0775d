"""Alerts at three sites of two counties, for what follows from alerts side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from topics.kit.alerting.contracts import Alert, AlertKey, AlertLevel, Condition

AT = datetime(2026, 11, 26, 2, 22, tzinfo=UTC)
RED, ORANGE, YELLOW, BLUE = AlertLevel
PARENTS = {"s1": "440205", "s2": "440205", "s3": "440203", "440205": "440200", "440203": "440200"}
parent = PARENTS.get


def alert(name: str, region: str = "s1", level: AlertLevel = YELLOW, **more: Any) -> Alert:
    """One that fires since AT, of the rule water.nh3n unless told otherwise."""
    rule = more.pop("rule", "water.nh3n")
    made = Alert(name, AlertKey(rule, region), "water", Condition.FIRING, level, f"告警 {name}")
    return replace(made, **{"fired_at": AT, **more})
