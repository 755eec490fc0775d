"""Who is on duty, and in which mode the city is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of the 通讯录; `account` where the person can sign in."""

    id: str
    name: str
    unit: str  # an organisation's id
    post: str
    phone: str
    mail: str = ""
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One turn of duty in [starts, ends): 带班领导, 值班长 and the seats."""

    starts: datetime
    ends: datetime
    leader: Person | None
    chief: Person | None
    seats: tuple[tuple[str, Person], ...] = ()


class Roster(Protocol):
    """Answers who is on duty."""

    def at(self, moment: datetime) -> Shift | None:
        """The shift of that moment; None where the roster has a hole."""


@dataclass(frozen=True, slots=True)
class Mode:
    """平战 and 演练, as of a moment. `wartime` switches thresholds, cadence and routing."""

    wartime: bool = False
    drill: str | None = None  # the drill's title; nothing is sent outside while it runs
    since: datetime | None = None
    by: str = ""
    reason: str = ""


class Modes(Protocol):
    """Answers in which mode the city is, or was."""

    def at(self, moment: datetime | None = None) -> Mode:
        """The mode at that moment; now without one."""
