"""The values of 督办."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class DirectiveState(StrEnum):
    """Where a 督办 stands, in the words of the desk."""

    ISSUED = "待签收"
    SIGNED = "已签收"
    ANSWERED = "已反馈"
    CLOSED = "办结"
    WITHDRAWN = "撤销"


@dataclass(frozen=True, slots=True)
class Subject:
    """What it is about: a number ("indicator", "ecology.aqi|440200|2026-11-01"), alert or case."""

    kind: str  # indicator, alert, case
    id: str


@dataclass(frozen=True, slots=True)
class Directive:
    """One 督办 as of a moment: the fold of its steps up to then."""

    id: str
    about: Subject
    topic: str | None
    unit: str
    text: str
    deadline: datetime
    issued_at: datetime
    issued_by: str
    state: DirectiveState
    reply: str = ""  # the last one; it stands beside the number until closed
    replied_at: datetime | None = None
    returned: int = 0
    closed_at: datetime | None = None
    drill: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


class DirectiveStep(StrEnum):
    """What can happen to a 督办."""

    ISSUED = "签发"
    SIGNED = "签收"
    ANSWERED = "反馈"
    RETURNED = "退回"
    CLOSED = "办结"
    WITHDRAWN = "撤销"


@dataclass(frozen=True, slots=True)
class DirectiveEvent:
    """One step of a 督办; `id` is set by the store, steps order by (at, id)."""

    directive: str
    step: DirectiveStep
    at: datetime
    actor: str  # a person's id
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
