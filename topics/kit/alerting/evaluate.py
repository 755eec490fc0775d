"""All rules over all series at once: arrays find what needs a step, the machine takes it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from topics.kit.alerting.contracts import AlertEvent, AlertKey, AlertStep
from topics.kit.alerting.density import Spot
from topics.kit.alerting.machine import Sample, SeriesState, Terms, Transition, step
from topics.kit.alerting.rules import Rule, asleep
from topics.kit.alerting.signals import Facts, Signal, signal
from topics.kit.alerting.standing import Standing, Standings
from topics.kit.alerting.telling import Teller
from topics.kit.alerting.values import LatestValues, Row
from topics.kit.duty.contracts import Mode
from topics.kit.errors import AlertAlreadyOpen

logger = logging.getLogger(__name__)

_REST = Standing()
_WORSE = (AlertStep.FIRED, AlertStep.RAISED, AlertStep.LOWERED)


class RulesInForce(Protocol):
    """Where the rules come from; the list changes when a change is published."""

    def current(self) -> Sequence[Rule]:
        """The enabled rules."""


class Keeper(Protocol):
    """Keeps what an evaluation found."""

    def load(self) -> Standings:
        """Every series that is not at rest."""

    def keep(
        self,
        changed: Mapping[AlertKey, Standing],
        events: Sequence[AlertEvent],
        *,
        fence: int,
        now: datetime,
    ) -> list[AlertEvent]:
        """Store it, all or nothing; NotLeader when another leader took over."""


@dataclass
class Found:
    """What one evaluation changes."""

    standings: Standings = field(default_factory=dict)
    events: list[AlertEvent] = field(default_factory=list)


class Evaluation:
    """Evaluates rules for one leader. Not for several threads at once.

    What is known of the series lives in memory and, as it changes, in the keeper: a new leader goes
    on from there, so that a pending rule keeps its beginning.
    """

    def __init__(
        self,
        rules: RulesInForce,
        values: LatestValues,
        facts: Facts,
        keeper: Keeper,
        teller: Teller,
        mode: Callable[[], Mode],
    ) -> None:
        """Take what it reads and writes; nothing is read yet."""
        self._rules = rules
        self._values = values
        self._facts = facts
        self._keeper = keeper
        self._teller = teller
        self._mode = mode
        self._standings: Standings | None = None
        self._fence = -1
        self._warned: set[tuple[str, str]] = set()

    def lead(self, fence: int) -> None:
        """Go on under a new fence, from what is stored."""
        self._fence = fence
        self._standings = None

    def tick(
        self,
        now: datetime,
        *,
        wait: timedelta = timedelta(0),
        clock: Callable[[], datetime] | None = None,
    ) -> list[AlertEvent]:
        """Evaluate at `now` and return what happened; with `wait` only what new values touch.

        After waiting it is later: with `clock` that moment is when it is evaluated.
        NotLeader when another leader took over; then nothing was changed.
        """
        rules = self._rules.current()
        names = sorted({one.id for rule in rules for one in rule.indicators})
        touched = self._values.refresh(names, now, wait=wait)
        if wait and touched is not None:
            rules = [one for one in rules if _touches(one, touched)]
            if not rules:
                return []
        if wait and clock is not None:
            now = clock()
        return self._evaluate(rules, now, whole=not wait)

    def _evaluate(self, rules: Sequence[Rule], now: datetime, *, whole: bool) -> list[AlertEvent]:
        if self._standings is None:
            self._standings = self._keeper.load()
        found = Found()
        mode = self._mode()
        awake = _by_rule(self._standings)
        for rule in rules:
            self._one(rule, awake.get(rule.id, {}), mode, now, found)
        if whole:
            known = {one.id: set(one.series) for one in rules}
            gone = (key for key in self._standings if key.region not in known.get(key.rule, ()))
            self._end(list(gone), now, found)
        elif not found.standings:
            return []
        try:
            events = self._keeper.keep(found.standings, found.events, fence=self._fence, now=now)
        except AlertAlreadyOpen:
            self._standings = None  # the leader before wrote last: go on from there next time
            return []
        except Exception:
            self._standings = None  # what is stored is what counts
            raise
        self._standings.update(found.standings)
        for key, one in found.standings.items():
            if one.alert is None and one.state.at_rest:
                del self._standings[key]
        return events

    def _one(
        self,
        rule: Rule,
        awake: Mapping[str, Standing],
        mode: Mode,
        now: datetime,
        found: Found,
    ) -> None:
        valid = rule.valid_at(now)
        self._warn(rule, now)
        if not valid and not awake:
            return
        widest = rule.widest(wartime=mode.wartime)
        places = self._places(rule)
        got, error = self._signal(rule, places, now)
        chosen = _chosen(got.number, rule, widest, awake) if valid else _known(rule, awake)
        for n in chosen:
            code = rule.series[n]
            number, value = float(got.number[n]), float(got.value[n])
            sample = Sample(None if np.isnan(number) or not valid else number, error)
            before = awake.get(code, _REST)
            terms = rule.terms(code, wartime=mode.wartime)
            terms = terms if valid else asleep(terms)
            state, steps = step(before.state, sample, terms, now)
            if state == before.state:
                continue
            key = AlertKey(rule.id, code)
            found.standings[key], events = self._told(
                rule,
                key,
                before,
                state,
                steps,
                terms,
                number,
                value,
                got.spots.get(code),
                mode,
                now,
            )
            found.events += events

    def _warn(self, rule: Rule, now: datetime) -> None:
        """Say once that it is not known whether a rule holds today."""
        said = rule.unknown_day(now)
        if said and (rule.id, said) not in self._warned:
            self._warned.add((rule.id, said))
            logger.warning("告警规则 %s:%s", rule.id, said)

    def _told(
        self,
        rule: Rule,
        key: AlertKey,
        before: Standing,
        state: SeriesState,
        steps: Iterable[Transition],
        terms: Terms,
        number: float,
        value: float,
        spot: Spot | None,
        mode: Mode,
        now: datetime,
    ) -> tuple[Standing, list[AlertEvent]]:
        """The standing after the steps, and the events of those that somebody has to hear of.

        A pending series is no alert for anybody yet: its beginning is told when it fires.
        """
        alert, events = before.alert, []
        for one in steps:
            if one.step in (AlertStep.PENDING, AlertStep.DROPPED):
                continue
            opening = alert is None
            alert = alert or uuid.uuid4().hex[:16]
            shown = None if np.isnan(value) else value
            data: dict[str, object] = {"flaps": round(state.flaps, 3)}
            if one.step in _WORSE and one.level is not None:
                limit = terms.bounds[one.level].limit
                data |= self._teller.said(
                    rule, key.region, one.level, limit, number, shown, now, spot
                )
            if opening:
                spec = rule.indicator
                period = self._values.period(spec.id, key.region) if spec else None
                data |= self._teller.about(rule, key, state.since, period, wartime=mode.wartime)
            told = shown if "title" in data else None
            events.append(AlertEvent(alert, one.step, now, level=one.level, value=told, data=data))
            if one.step is AlertStep.RESOLVED:
                alert = None
        return Standing(state, alert), events

    def _end(self, keys: Sequence[AlertKey], now: datetime, found: Found) -> None:
        """End what no rule in force looks at any more."""
        assert self._standings is not None
        for key in keys:
            alert = self._standings[key].alert
            found.standings[key] = _REST
            if alert is not None:
                why = {"why": "规则已停用或不再看这个地点"}
                found.events.append(AlertEvent(alert, AlertStep.RESOLVED, now, data=why))

    def _signal(self, rule: Rule, places: NDArray[np.int64], now: datetime) -> tuple[Signal, str]:
        try:
            return signal(
                rule, lambda name: self._row(name, places), self._facts, self._teller.limits, now
            ), ""
        except (ValueError, ArithmeticError, LookupError) as wrong:
            logger.warning("告警规则 %s 算不出:%s", rule.id, wrong)
            nothing = np.full(len(places), np.nan)
            return Signal(nothing, nothing), str(wrong) or "算不出"

    def _row(self, name: str, places: NDArray[np.int64]) -> Row:
        return self._values.at(name, places)

    def _places(self, rule: Rule) -> NDArray[np.int64]:
        place = self._values.place
        return np.array([place[one] for one in rule.series], dtype=np.int64)


def _chosen(
    number: NDArray[np.float64], rule: Rule, terms: Terms, awake: Mapping[str, Standing]
) -> Iterable[int]:
    """The series that need a step: beyond the least limit, or not at rest."""
    limits = [one.limit for one in terms.bounds.values()]
    with np.errstate(invalid="ignore"):
        beyond = number > min(limits) if terms.above else number < max(limits)
    if not awake:
        return [int(one) for one in np.flatnonzero(beyond)]
    known = np.fromiter((one in awake for one in rule.series), dtype=bool, count=len(rule.series))
    return [int(one) for one in np.flatnonzero(beyond | known)]


def _known(rule: Rule, awake: Mapping[str, Standing]) -> Iterable[int]:
    return [n for n, one in enumerate(rule.series) if one in awake]


def _by_rule(standings: Standings) -> dict[str, dict[str, Standing]]:
    found: dict[str, dict[str, Standing]] = {}
    for key, one in standings.items():
        found.setdefault(key.rule, {})[key.region] = one
    return found


def _touches(rule: Rule, indicators: Collection[str]) -> bool:
    return any(one.id in indicators for one in rule.indicators)
