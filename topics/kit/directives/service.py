"""Issuing 督办 and taking their steps; what is to be told goes out with the step.

The caller asks `may`, records the audit and gives the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from topics.kit.directives.contracts import (
    Directive,
    DirectiveEvent,
    DirectiveState,
    DirectiveStep,
    Subject,
)
from topics.kit.directives.ladder import ONCE, Rung
from topics.kit.directives.machine import (
    ENDED,
    LONGEST_DEADLINE,
    LONGEST_TEXT,
    SHORTEST_NOTE,
    Person,
    check_step,
    overdue,
)
from topics.kit.directives.telling import about_step, reminders
from topics.kit.errors import BadDirective, UnknownDirective
from topics.kit.notify.contracts import Message
from topics.kit.organisations import Organisations


class Outgoing(Protocol):
    """Takes messages within the transaction of what they tell of."""

    def send(
        self, messages: Sequence[Message], *, now: datetime | None = None, connection: Any = None
    ) -> int:
        """Keep the messages and return how many were new."""


"""Who of the 通讯录 signs in with an account."""

KINDS = ("indicator", "alert", "case")


class DirectiveStore(Protocol):
    """Keeps 督办 and their steps; see PostgresDirectives."""

    def add(self, one: Directive, *, connection: Any) -> None:
        """Store a new one with its first step."""

    def find(
        self, directive: str, *, as_of: datetime | None = None, connection: Any = None
    ) -> Directive | None:
        """It as of a moment; with a connection, held until the transaction ends."""

    def append(self, event: DirectiveEvent, *, connection: Any) -> None:
        """Log a step."""

    def open(self, *, as_of: datetime | None = None, limit: int = 1000) -> list[Directive]:
        """Those that are not ended, the nearest deadline first."""

    def listed(
        self,
        *,
        as_of: datetime | None = None,
        units: Iterable[str] | None = None,
        ended: bool | None = None,
        about: Subject | None = None,
        before: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[Directive]:
        """As of a moment, the newest first; `before` is the last of the page before."""

    def events(self, directive: str, *, as_of: datetime | None = None) -> list[DirectiveEvent]:
        """The steps of one up to a moment, oldest first."""

    def about(
        self, kind: str, ids: Iterable[str], *, as_of: datetime | None = None
    ) -> list[Directive]:
        """Those about any of the things that are not ended."""


class Directives:
    """The 督办 of the city."""

    def __init__(
        self,
        store: DirectiveStore,
        organisations: Organisations,
        outgoing: Outgoing,
        *,
        territories: Callable[[str], bool] = lambda _: False,
        ladder: Sequence[Rung] = ONCE,
    ) -> None:
        """Use the store; messages go to `outgoing`.

        `territories` knows the units that are governments of places ("region:440205"); `ladder`
        says how often one that is overdue is reminded of.
        """
        self.store = store
        self._organisations = organisations
        self._territories = territories
        self._ladder = ladder
        self._outgoing = outgoing

    def issue(
        self,
        about: Subject,
        *,
        named: str,
        unit: str,
        text: str,
        deadline: datetime,
        by: str,
        now: datetime,
        topic: str | None = None,
        title: str = "",
        drill: bool = False,
        data: dict[str, Any] | None = None,
        connection: Any,
    ) -> Directive:
        """A new 督办, told to its unit; BadDirective says what of it cannot be."""
        check_words(about, unit, text, deadline, now, self._knows)
        one = Directive(
            id=named,
            about=about,
            topic=topic,
            unit=unit,
            text=text.strip(),
            deadline=deadline,
            issued_at=now,
            issued_by=by,
            state=DirectiveState.ISSUED,
            drill=drill,
            data={"title": title, **(data or {})},
        )
        self.store.add(one, connection=connection)
        self._tell(about_step(one, DirectiveStep.ISSUED), now, connection)
        return one

    def take(
        self,
        directive: str,
        step: DirectiveStep,
        person: Person,
        *,
        note: str = "",
        now: datetime,
        connection: Any,
    ) -> Directive:
        """The 督办 after the step; StepRefused or UnknownDirective, and nothing is stored."""
        one = self.store.find(directive, connection=connection)
        if one is None:
            raise UnknownDirective("没有这件督办;请从督办页面打开")
        check_step(one, step, person, note)
        self.store.append(
            DirectiveEvent(directive, step, now, person.id, note.strip()), connection=connection
        )
        after = self.store.find(directive, connection=connection)
        assert after is not None
        self._tell(about_step(after, step, note), now, connection)
        return after

    def remind(self, now: datetime) -> int:
        """Remind of what is due within a day or overdue, as the ladder says; how many were new."""
        messages = [told for one in self.store.open() for told in reminders(one, now, self._ladder)]
        return self._tell(messages, now, None)

    def open_about(
        self, kind: str, ids: Iterable[str], *, as_of: datetime | None = None
    ) -> dict[str, Directive]:
        """The newest open 督办 of each thing: the reply that stands beside the number."""
        found: dict[str, Directive] = {}
        for one in self.store.about(kind, ids, as_of=as_of):
            found[about_key(one.about)] = one
        return found

    def _knows(self, unit: str) -> bool:
        return self._organisations.find(unit) is not None or self._territories(unit)

    def _tell(self, messages: list[Message], now: datetime, connection: Any) -> int:
        return self._outgoing.send(messages, now=now, connection=connection)


def about_key(about: Subject) -> str:
    """By what a thing is found again: a number by indicator and region, whatever its period."""
    return key_of(about.kind, about.id)


def key_of(kind: str, named: str) -> str:
    """The key of a thing of that kind."""
    return "|".join(named.split("|")[:2]) if kind == "indicator" else named


def check_words(
    about: Subject,
    unit: str,
    text: str,
    deadline: datetime,
    now: datetime,
    knows: Callable[[str], bool],
) -> None:
    """Raise BadDirective with everything that is wrong, field by field."""
    wrong: list[tuple[str, str]] = []
    if about.kind not in KINDS or not about.id:
        wrong.append(("about", "督办的对象应是 indicator、alert 或 case"))
    if not knows(unit):
        wrong.append(("unit", f"没有单位 {unit[:40]!r};写单位编号(如 swj),属地写 region:440205"))
    if len(text.strip()) < SHORTEST_NOTE:
        wrong.append(("text", "请写明要办什么"))
    if len(text) > LONGEST_TEXT:
        wrong.append(("text", f"内容超过 {LONGEST_TEXT} 字;请写要点"))
    if deadline <= now:
        wrong.append(("deadline", "办理期限已经过去;请选以后的时间"))
    elif deadline - now > LONGEST_DEADLINE:
        wrong.append(("deadline", "办理期限超过一年;请分阶段督办"))
    if wrong:
        raise BadDirective(";".join(said for _, said in wrong), problems=wrong)


def counts(items: Sequence[Directive], now: datetime) -> dict[str, int]:
    """How many stand where, and how many are overdue."""
    open_ones = [one for one in items if one.state not in ENDED]
    made = {state.value: sum(one.state is state for one in items) for state in DirectiveState}
    return {**made, "open": len(open_ones), "overdue": sum(overdue(one, now) for one in open_ones)}
