"""Which open alert says enough for another: who is inhibited by whom. Pure.

Only who stands for himself inhibits, and nobody a worse one: of alerts that inhibit each other one
stays on the board, and that is the worst of them. A 红 is never inhibited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import CycleError, TopologicalSorter

from topics.kit.alerting.contracts import Alert, AlertEvent, AlertLevel, AlertStep, Condition
from topics.kit.alerting.places import Parent, upwards

Sources = Callable[[Alert], Collection[str]]
"""Where the numbers come from that an alert is about; nothing where that is not known."""

_SILENCE = ("no_data", "late")


def _of_nowhere(_: Alert) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Ties:
    """What connects alerts: which rules a rule inhibits, and from where its numbers come."""

    inhibits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sources: Sources = _of_nowhere


UNTIED = Ties()


def inhibition(
    alerts: Sequence[Alert], parent: Parent, now: datetime, ties: Ties = UNTIED
) -> list[AlertEvent]:
    """Who is inhibited by whom from now on, and who no longer is.

    A 红 inhibits 黄 and 蓝 of the same rule below it; a source that is silent at a place inhibits
    what is said there of its numbers alone; a rule inhibits those it declares, where it is open
    and below.
    """
    causes, wanted = _Causes(ties), dict[str, str | None]()
    for one in _in_turn(alerts, ties.inhibits):
        wanted[one.id] = causes.of(one, upwards(one.key.region, parent))
        if wanted[one.id] is None:
            causes.add(one)
    events = []
    for one in alerts:
        by = wanted[one.id]
        if by != one.inhibited_by:
            step = AlertStep.RELEASED if by is None else AlertStep.INHIBITED
            events.append(AlertEvent(one.id, step, now, data={} if by is None else {"by": by}))
    return events


def silent(alert: Alert) -> bool:
    """Whether it says that nothing is heard."""
    return alert.condition is Condition.NO_DATA or alert.data.get("kind") in _SILENCE


def circle_of(inhibits: Mapping[str, Sequence[str]]) -> list[str]:
    """Rules that inhibit each other round and round, the first one again at the end; else none."""
    try:
        TopologicalSorter(inhibits).prepare()
    except CycleError as wrong:
        return list(reversed(wrong.args[1]))
    return []


def circle_text(circle: Sequence[str]) -> str:
    """What is wrong with such rules, and what to do."""
    if len(circle) == 2:
        return f"{circle[0]} 不能压住自己;去掉它"
    return f"规则互相压住({' → '.join(circle)}),都会不提醒;去掉其中一处"


class _Causes:
    """Open alerts that stand for themselves, by what they inhibit."""

    def __init__(self, ties: Ties) -> None:
        self._ties = ties
        self._red: dict[tuple[str, str], str] = {}
        self._silent: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
        self._declared: dict[tuple[str, str], str] = {}

    def add(self, one: Alert) -> None:
        """It stands for itself: from now on it inhibits."""
        rule, place = one.key.rule, one.key.region
        if one.level is AlertLevel.RED:
            self._red.setdefault((rule, place), one.id)
        if silent(one) and (of := frozenset(self._ties.sources(one))):
            self._silent.setdefault(place, []).append((one.id, rule, of))
        for other in self._ties.inhibits.get(rule, ()):
            self._declared.setdefault((other, place), one.id)

    def of(self, one: Alert, regions: Sequence[str]) -> str | None:
        """Who of them inhibits it; None: nobody."""
        if one.level is AlertLevel.RED:
            return None
        rule, place = one.key.rule, one.key.region
        by = [self._declared.get((rule, region)) for region in regions]
        if one.level is not AlertLevel.ORANGE:
            by += [self._red.get((rule, region)) for region in regions if region != place]
        return next((cause for cause in [*by, self._unheard(one)] if cause is not None), None)

    def _unheard(self, one: Alert) -> str | None:
        here = self._silent.get(one.key.region)
        if not here:
            return None
        needs = frozenset(self._ties.sources(one))
        return next(
            (id for id, rule, of in here if needs and rule != one.key.rule and needs <= of), None
        )


def _in_turn(alerts: Iterable[Alert], inhibits: Mapping[str, Sequence[str]]) -> list[Alert]:
    """The alerts so that who may inhibit comes before who may be inhibited by him."""
    heights = _heights(inhibits)

    def turn(one: Alert) -> tuple[int, int, bool, float, str]:
        fired = one.fired_at.timestamp() if one.fired_at else 0.0
        height = heights.get(one.key.rule, 0)
        return (-one.level.severity, -height, not silent(one), fired, one.id)

    return sorted(alerts, key=turn)


def _heights(inhibits: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many rules lie one under another below each; a circle is cut open somewhere."""
    below = {rule: set(others) - {rule} for rule, others in inhibits.items()}
    while circle := circle_of({rule: sorted(others) for rule, others in below.items()}):
        below[circle[0]].discard(circle[1])
    heights: dict[str, int] = {}
    for rule in TopologicalSorter(below).static_order():
        heights[rule] = max((heights[one] + 1 for one in below.get(rule, ())), default=0)
    return heights
