"""A case that went its way in the past: every step through the machine, at its own moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from topics.kit.cases.contracts import Report
from topics.kit.cases.machine import Clocks, Lands, Order, Person, advance, begin
from topics.kit.stores.postgres_cases import Written, written


@dataclass(frozen=True, slots=True)
class Turn:
    """Who did what when."""

    at: datetime
    order: Order
    person: Person


def walk(
    case: str, number: str, report: Report, turns: Iterable[Turn], clocks: Clocks, lands: Lands
) -> list[Written]:
    """The steps of the case as `PostgresCases.load` takes them; it is reported at `report.at`.

    Raises what the machine refuses: a history is held to the same rules as the desk.
    """
    first = begin(case, number, report, clocks, report.at)
    steps = [written(None, first)]
    for turn in turns:
        before = steps[-1].after
        event = advance(before, turn.order, turn.person, clocks, lands, turn.at)
        steps.append(written(before, event, report.at))
    return steps
