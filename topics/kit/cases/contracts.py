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

    MOVED = "moved"  # data: {"to": state, "from": state}; the first one {"report": …} too
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
    CLOCKED = "时限补算"  # the calendar's year is known at last; data: {"dues": …, "tasks": …}


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
    """What one unit has to do: one 主办, several 协办, each with a clock of its own.

    `pauses`, `asked` and `extensions` are those of a 协办; of the 主办 the case says them.
    """

    unit: str
    lead: bool
    state: CaseState
    due: datetime | None
    signed_at: datetime | None = None
    done_at: datetime | None = None
    due_note: str = ""
    limit: str = ""
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    asked: tuple[datetime, datetime, str] | None = None
    extensions: int = 0

    @property
    def done(self) -> bool:
        """Whether the unit has answered."""
        return self.done_at is not None


@dataclass(frozen=True, slots=True)
class Case:
    """One case as of a moment: the fold of its steps up to then.

    `since` is when it came into its state, `began` when the stage's clock began; `due` is None
    where no limit is set, where the clock stands, and where the work calendar lacks the year:
    `due_note` says which. `pauses` are those of the handling clock; an open one has no end.
    `holder` is the region that has the case in hand (逐级上报, 下派).
    """

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
    number: str = ""  # 2026-1126-0042
    since: datetime | None = None
    due_note: str = ""
    holder: str = ""
    handlers: tuple[str, ...] = ()  # every account that handled it
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    answered_at: datetime | None = None
    checked_at: datetime | None = None
    file_due: datetime | None = None
    dispatch_due: datetime | None = None
    handle_due: datetime | None = None
    check_due: datetime | None = None
    filed_by: str | None = None
    dispatched_by: str | None = None
    checked_by: str | None = None
    limit: str = ""  # as it was in force when it was dispatched: "4 工作时"
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    returns: int = 0  # by units that would not take it
    extensions: int = 0
    asked: tuple[datetime, datetime, str] | None = None  # 申请延期: when, until, why
    suspended_from: CaseState | None = None
    suspended_until: datetime | None = None
    merged_into: str | None = None
    photos: int = 0
    reopened: int = 0
    respond_limit: str = ""  # 到场或回复, where the plan of its alert says within what
    respond_due: datetime | None = None
    responded_at: datetime | None = None
    hidden: frozenset[str] = frozenset()  # dues that a missing calendar year hides
    clocked_at: datetime | None = None  # when the last of them was worked out after all

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state not in ENDED


ENDED = frozenset({CaseState.CLOSED, CaseState.VOID})
OPEN_STATES = tuple(one for one in CaseState if one not in ENDED)

_STAGES: Mapping[CaseState, Stage] = {
    CaseState.REPORTED: Stage.REPORTED,
    CaseState.TO_VERIFY: Stage.REPORTED,
    CaseState.ACCEPTED: Stage.REPORTED,
    CaseState.FILED: Stage.FILED,
    CaseState.COORDINATING: Stage.FILED,
    CaseState.DISPATCHED: Stage.DISPATCHED,
    CaseState.SIGNED: Stage.DISPATCHED,
    CaseState.HANDLING: Stage.HANDLED,
    CaseState.SUSPENDED: Stage.HANDLED,
    CaseState.ANSWERED: Stage.CHECKED,
    CaseState.CHECKING: Stage.CHECKED,
    CaseState.CLOSED: Stage.CLOSED,
}


def stage_of(state: CaseState) -> Stage | None:
    """The stage of the funnel in which a case of that state waits; None for 作废."""
    return _STAGES.get(state)


def states_of(stage: Stage) -> tuple[CaseState, ...]:
    """The states that the stage of the funnel holds."""
    return tuple(state for state, one in _STAGES.items() if one is stage)
