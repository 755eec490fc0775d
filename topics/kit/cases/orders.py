"""Who wants what done with a case, and what the machine asks of the world: clocks and lands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from topics.kit.cases.contracts import Report
from topics.kit.cases.transitions import Post


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `any_unit`: speaks for every unit (the token of another system, the program).

    `away` names who holds the case where that is not the person's own level or one below: then
    the desk's steps are not theirs.
    """

    id: str
    posts: frozenset[Post]
    unit: str | None = None
    any_unit: bool = False
    away: str = ""


SYSTEM = Person("system", frozenset(Post) - {Post.CHECKER}, any_unit=True)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants done. `word` is a state or a step of the table.

    `limits` are limits of units' own ("4 工作时"), where they are not those of the category;
    `respond` is within what the 主办 has to be there or to answer. `confirmed`: the person says
    that the condition of the category (立案条件, 结案条件) is met.
    """

    word: str
    note: str = ""
    unit: str | None = None
    support: tuple[str, ...] = ()
    until: datetime | None = None
    into: str | None = None
    region: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    respond: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due; without a moment, `note` says why there is none."""

    at: datetime | None
    note: str = ""


class Clocks(Protocol):
    """Answers when something is due; see topics.kit.cases.limits."""

    def stage(self, name: str, start: datetime) -> Due:
        """The end of a stage of the desk (立案, 派遣, 核查, 协调, 核实) begun at `start`."""

    def limit(self, report: Report) -> str:
        """How long handling may take, as a clerk reads it: "4 工作时"; "" where none is set."""

    def condition(self, report: Report, word: str) -> str:
        """立案条件 or 结案条件 of the category; "" where none is set, and for other words."""

    def handling(
        self, limit: str, start: datetime, pauses: Iterable[tuple[datetime, datetime | None]]
    ) -> Due:
        """The end of handling begun at `start` with these pauses; BadCase for a wrong limit."""


class Lands(Protocol):
    """Answers which region is above or below another; see topics.kit.regions."""

    def above(self, region: str) -> str | None:
        """The region above; None for the city."""

    def below(self, region: str) -> Sequence[str]:
        """The regions right below."""


@dataclass(frozen=True, slots=True)
class Option:
    """One step as a page offers it; `why` says why this person may not take it now.

    `unit` is the 协办 that the step is about, where it is about one.
    """

    word: str
    label: str
    needs: tuple[str, ...] = ()
    why: str = ""
    unit: str = ""
