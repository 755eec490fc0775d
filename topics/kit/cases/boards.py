"""What lists, counts and the funnel of cases answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from topics.kit.cases.contracts import ENDED, CaseState, Stage, stage_of
from topics.kit.cases.lines import CaseLine, CaseQuery

COUNTED = 1_000
"""Ended cases are counted up to this many: beyond it, a list says only that there are more."""


@dataclass(frozen=True, slots=True)
class Board:
    """One page of a list; `after` leads to the next one, None at the end.

    `total` is None when there are more than are counted; `states` counts by state what the other
    filters leave, ended ones up to COUNTED together.
    """

    lines: tuple[CaseLine, ...]
    after: Mapping[str, str] | None
    total: int | None
    states: Mapping[CaseState, int]
    overdue: int

    @property
    def stages(self) -> dict[Stage, int]:
        """The counts by stage of the funnel."""
        found = dict.fromkeys(Stage, 0)
        for state, count in self.states.items():
            stage = stage_of(state)
            if stage is not None:
                found[stage] += count
        return found


@dataclass(frozen=True, slots=True)
class StageFlow:
    """How many cases came into a stage in the period, and the median of how long they waited."""

    stage: Stage
    count: int
    median_s: float | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The loop in one period, and what stands open at its end."""

    stages: tuple[StageFlow, ...]
    open: int
    overdue: int
    answered: int
    returned: int
    places: Mapping[Stage, int] = field(default_factory=dict)  # open ones by stage


def wanted(query: CaseQuery) -> set[CaseState]:
    """The states that a query asks for."""
    found = set(query.states or CaseState)
    if query.open is not None:
        found = found - ENDED if query.open else found & ENDED
    return found


def total(query: CaseQuery, counts: Mapping[CaseState, int], ended: int) -> int | None:
    """How many cases fit; None when more have ended than are counted."""
    chosen = wanted(query)
    if ended >= COUNTED and chosen & ENDED:
        return None
    return sum(counts.get(one, 0) for one in chosen)
