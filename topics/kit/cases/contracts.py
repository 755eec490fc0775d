"""The values of cases. A case is the fold of its steps; times are UTC and carry their zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CaseState(StrEnum):
    """Where a case stands, in the words of the desk; the API speaks these words."""

    REPORTED = "上报"
    TO_VERIFY = "待核实"  # from video analysis and other sources that nobody has looked at
    ACCEPTED = "受理"
    FILED = "立案"
    COORDINATING = "协调"  # whose duty it is, is not clear
    DISPATCHED = "派遣"
    SIGNED = "签收"
    HANDLING = "处置"
    ANSWERED = "反馈"
    CHECKING = "核查"
    CLOSED = "结案"
    SUSPENDED = "挂账"
    VOID = "作废"  # 不予立案 and mistaken reports too


class Stage(StrEnum):
    """The funnel of every screen (PRACTICE 3)."""

    REPORTED = "上报"
    FILED = "立案"
    DISPATCHED = "派遣"
    HANDLED = "处置"
    CHECKED = "核查"
    CLOSED = "结案"


class CaseStep(StrEnum):
    """What can be done with a case beside moving to a state."""

    MOVED = "moved"  # data: {"to": state, "from": state}
    RETURNED = "退回"
    EXTENSION_ASKED = "申请延期"  # data: {"until": iso}
    EXTENDED = "延期"
    EXTENSION_REFUSED = "不予延期"
    REMINDED = "督办"  # data: {"directive": id}
    REOPENED = "重开"
    RAISED = "上报上级"  # 逐级上报; data: {"to": region}
    LOWERED = "下派"
    MERGED = "并案"  # data: {"into": case}
    COMMENTED = "备注"
    PHOTO_ADDED = "照片"
    TASK_MOVED = "任务"  # a 协办's own clock; data: {"unit": organisation, "to": state}


@dataclass(frozen=True, slots=True)
class CategoryKey:
    """A category: its scheme, kind and code; the day says which standard is in force."""

    scheme: str
    kind: str
    code: str

    def __str__(self) -> str:
        """As the API writes it: 城市管理/事项/02003."""
        return f"{self.scheme}/{self.kind}/{self.code}"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody or something reports: the seed of a case.

    `source` is one of form, phone, api, hotline, grid-app, video, alert, import; `reference` is
    the reporter's own id (an alert's id, a 12345 number): the same source and reference never
    make two cases. Longitude and latitude are WGS-84 degrees.
    """

    category: CategoryKey
    region: str
    text: str
    at: datetime
    source: str
    reporter: str
    reference: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    grid: str | None = None
    place: str = ""
    contact: str = ""
    drill: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One step of a case; `id` is set by the store, steps order by (at, id)."""

    case: str
    step: CaseStep
    at: datetime
    actor: str
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """What one unit has to do: one 主办, several 协办, each with a clock of its own."""

    unit: str
    lead: bool
    state: CaseState
    due: datetime | None
    signed_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case as of a moment: the fold of its steps up to then."""

    id: str
    report: Report
    state: CaseState
    unit: str | None  # 主办
    tasks: tuple[Task, ...]
    filed_at: datetime | None
    due: datetime | None  # of the stage it is in
    closed_at: datetime | None
    alert: str | None
    directive: str | None
    handler: str | None  # the account that handled it: never the one who checks
    reworks: int = 0
    version: int = 0  # rises with each step: who acts on an old one is told
