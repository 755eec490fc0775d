"""The values of alerts. An alert is the fold of its events; times are UTC and carry their zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class AlertLevel(StrEnum):
    """Levels of 监测告警, worst first: the order on every screen (never Ⅰ–Ⅳ级)."""

    RED = "红"
    ORANGE = "橙"
    YELLOW = "黄"
    BLUE = "蓝"

    @property
    def severity(self) -> int:
        """4 for 红 down to 1 for 蓝."""
        return 4 - list(AlertLevel).index(self)


class Condition(StrEnum):
    """What a rule finds in one series at one moment."""

    INACTIVE = "inactive"
    PENDING = "pending"  # the condition holds, but not yet for `hold`
    FIRING = "firing"
    NO_DATA = "no-data"
    ERROR = "error"


class AlertStep(StrEnum):
    """What can happen to an alert. The first eight come from the machine, the rest from people."""

    PENDING = "pending"
    FIRED = "fired"
    RAISED = "raised"  # to a worse level
    LOWERED = "lowered"
    DROPPED = "dropped"  # pending and gone again before it fired: no alert for anybody
    RESOLVED = "resolved"
    NO_DATA = "no-data"
    ERROR = "error"
    GROUPED = "grouped"  # shown under another alert; data: {"under": alert}
    INHIBITED = "inhibited"  # data: {"by": alert}
    RELEASED = "released"  # no longer inhibited
    ACKNOWLEDGED = "acknowledged"  # 确认, by the shift
    NOTED = "noted"  # 知悉, by a leader: stops nothing
    ASSIGNED = "assigned"  # data: {"unit": organisation, "person": account or None}
    PAUSED = "paused"  # 暂停提醒; data: {"until": iso, "reason": text}
    RESUMED = "resumed"
    DISPATCHED = "dispatched"  # 派单; data: {"case": id}
    ESCALATED = "escalated"  # unacknowledged for too long; data: {"to": person}
    COMMENTED = "commented"
    FALSE = "false"  # 误报, by the shift; data: {"reason": text}
    UNDONE = "undone"  # within 10 s; data: {"event": id of what no longer counts}


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One thing that happened to an alert; `id` is set by the store, events order by (at, id)."""

    alert: str
    step: AlertStep
    at: datetime
    actor: str = "system"  # a subject's id
    level: AlertLevel | None = None
    value: float | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class AlertKey:
    """What makes an alert one: at most one of them is open for a key."""

    rule: str
    region: str  # a region's or site's code


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as of a moment: the fold of its events up to then.

    `level` is the present one (the last one once resolved); `value`, `limit` and `unit` are those
    of the last change of level. What people did is None until somebody did it.
    """

    id: str
    key: AlertKey
    topic: str
    condition: Condition
    level: AlertLevel
    title: str
    pending_since: datetime | None = None
    fired_at: datetime | None = None
    resolved_at: datetime | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    indicator: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    noted_by: tuple[str, ...] = ()
    unit_assigned: str | None = None
    person_assigned: str | None = None
    paused_until: datetime | None = None
    case: str | None = None
    under: str | None = None  # shown under this alert of its group
    inhibited_by: str | None = None
    escalated_at: datetime | None = None
    false: bool = False
    drill: bool = False
    flaps: float = 0.0  # 0..1, how much the series goes to and fro
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it has fired and is not resolved."""
        return self.fired_at is not None and self.resolved_at is None
