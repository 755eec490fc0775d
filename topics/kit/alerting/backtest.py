"""What a rule would have done: the machine run over what was known at each moment.

A value counts from when it arrived, a correction from when it was made, a forecast from when it
stood: nothing later is looked at. Between them the clock goes on: what hold, keep, the hours and
the seasons of a rule decide is found to the second.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from topics.kit.alerting.arrivals import INSTANT
from topics.kit.alerting.contracts import AlertLevel, AlertStep
from topics.kit.alerting.machine import (
    AT_REST,
    FLAPPING,
    Sample,
    SeriesState,
    Terms,
    calm_at,
    step,
)
from topics.kit.alerting.rules import Rule, asleep
from topics.kit.alerting.signals import LimitsOf
from topics.kit.alerting.switches import PEACETIME, Switches
from topics.kit.alerting.tracks import (
    Series,
    Track,
    midnights,
    track_of_ages,
    track_of_values,
)
from topics.kit.alerting.tracks_crowds import NOTHING_REPORTED, Reports, tracks_of_crowds
from topics.kit.alerting.tracks_foreseen import (
    Foretold,
    Scored,
    track_of_forecasts,
    track_of_scores,
)
from topics.kit.alerting.validity import turns

Floats = NDArray[np.float64]

OF_VALUES = frozenset({"threshold", "change", "expression"})
"""Kinds whose history is the values alone."""

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Past:
    """What a trial looks at, by region: statements, what was foretold, scored, reported."""

    observed: Mapping[str, Series] = field(default_factory=dict)
    foretold: Mapping[str, Sequence[Foretold]] = field(default_factory=dict)
    scores: Mapping[str, Sequence[Scored]] = field(default_factory=dict)
    reports: Reports = NOTHING_REPORTED


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of an episode: when, to which level, with what number and value."""

    step: AlertStep
    at: datetime
    level: AlertLevel | None
    number: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert that would have been, from firing on; `end` is None while it still fires."""

    region: str
    start: datetime
    end: datetime | None
    worst: AlertLevel
    moments: Sequence[Moment]
    since: datetime
    state: SeriesState = AT_REST


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule would have done from `start` to `end`.

    `dropped` counts breaches that were over before the rule's hold; `loaded` the facts of a history
    that was loaded at once; `since` is from when on the kind's facts were kept, where that is later
    than `start`.
    """

    rule: str
    start: datetime
    end: datetime
    episodes: Sequence[Episode]
    series: int = 0  # with at least one fact
    values: int = 0
    levels: Mapping[AlertLevel, int] = field(default_factory=dict)
    dropped: int = 0
    loaded: int = 0
    since: datetime | None = None
    kind: str = "threshold"
    brief: timedelta = timedelta(0)  # an alert this short looks like a false one

    @property
    def covered(self) -> timedelta:
        """How long a stretch the facts speak of."""
        return self.end - max(self.since or self.start, self.start)


def backtest(
    rule: Rule,
    past: Past,
    limits: LimitsOf,
    start: datetime,
    end: datetime,
    switches: Switches = PEACETIME,
) -> Outcome:
    """The episodes of a rule from `start` to `end`, with what was known at each moment only.

    `switches` say when 平时 and when 战时 terms are in force.
    """
    episodes: list[Episode] = []
    tracks = _tracks(rule, past, limits, end, switches)
    dropped = 0
    for region, track in tracks.items():
        run = _Run(rule, region, _terms_of(rule, region, switches), switches, start, end)
        episodes += run.episodes(track)
        dropped += run.dropped
    levels = Counter(one.worst for one in episodes)
    begun = [one.since for one in tracks.values() if one.since is not None]
    since = min(begun, default=None)
    return Outcome(
        rule.id,
        start,
        end,
        episodes,
        sum(bool(one.facts) for one in tracks.values()),
        sum(one.facts for one in tracks.values()),
        levels,
        dropped,
        sum(one.loaded for one in tracks.values()),
        since if since is not None and since > start else None,
        rule.spec.kind,
        _brief(rule),
    )


def _tracks(
    rule: Rule, past: Past, limits: LimitsOf, end: datetime, switches: Switches
) -> Mapping[str, Track]:
    kind = rule.spec.kind
    if kind == "density":
        return tracks_of_crowds(rule, past.reports)
    found = {}
    for region in rule.series:
        series = past.observed.get(region, {})
        if kind in ("no_data", "late"):
            terms = _terms_of(rule, region, switches)
            found[region] = track_of_ages(rule, series, list(terms.values()), end)
        elif kind == "forecast":
            found[region] = track_of_forecasts(rule, past.foretold.get(region, ()), end)
        elif kind == "anomaly":
            found[region] = track_of_scores(rule, series, past.scores.get(region, ()), end)
        else:
            found[region] = track_of_values(rule, region, series, limits, end)
    return found


def _terms_of(rule: Rule, region: str, switches: Switches) -> Mapping[bool, Terms]:
    return {wartime: rule.terms(region, wartime=wartime) for wartime in switches.modes}


@dataclass
class _Run:
    """The machine over one track; `terms` by whether it is 战时."""

    rule: Rule
    region: str
    terms: Mapping[bool, Terms]
    switches: Switches
    start: datetime
    end: datetime
    dropped: int = 0
    state: SeriesState = AT_REST
    since: datetime | None = None
    moments: list[Moment] = field(default_factory=list)

    def episodes(self, track: Track) -> Iterator[Episode]:
        """Yield each alert that was not over before the start."""
        near = np.any([_near(one, track.numbers) for one in self.terms.values()], axis=0)
        for n, first in enumerate(track.times):
            if not near[n] and self.state.since is None:
                continue  # within limits and at rest: nothing happens
            number = float(track.numbers[n])
            read = None if math.isnan(track.shown[n]) else float(track.shown[n])
            more = n + 1 < len(track.times)
            following = track.times[n + 1] if more else self.end + 2 * INSTANT
            at: datetime | None = first
            # What lies a microsecond apart is one moment to a clock: what comes last counts.
            while at is not None and at + INSTANT < following and at <= self.end:
                yield from self._step(number, read, at)
                at = self._next(self.state, at, following)
        if self.moments:
            yield self._episode(self.state)

    def _step(self, number: float, read: float | None, at: datetime) -> Iterator[Episode]:
        valid = self.rule.valid_at(at)
        sample = Sample(None if math.isnan(number) or not valid else number)
        terms = self.terms[self.switches.at(at)]
        terms = terms if valid else asleep(terms)
        self.state, steps = step(self.state, sample, terms, at)
        for one in steps:
            if one.step is AlertStep.PENDING:
                self.since = at
            elif one.step is AlertStep.DROPPED:
                self.dropped += at >= self.start
            else:
                self.moments.append(Moment(one.step, at, one.level, number, read))
            if one.step is AlertStep.RESOLVED:
                if at >= self.start:
                    yield self._episode(AT_REST)
                self.moments = []

    def _episode(self, state: SeriesState) -> Episode:
        last, first = self.moments[-1], self.moments[0].at
        levels = [one.level for one in self.moments if one.level is not None]
        worst = max(levels, key=lambda one: one.severity)
        done = last.at if last.step is AlertStep.RESOLVED else None
        moments = tuple(self.moments)
        return Episode(self.region, first, done, worst, moments, self.since or first, state)

    def _next(self, state: SeriesState, at: datetime, before: datetime) -> datetime | None:
        """When the clock alone decides something next."""
        terms = self.terms[self.switches.at(at)]
        waits = [due(state, terms, at), self._turn(at, before), self.switches.after(at)]
        return min((one for one in waits if one is not None), default=None)

    def _turn(self, at: datetime, before: datetime) -> datetime | None:
        """When the rule's hours or season may begin or end next."""
        spec = self.rule.spec
        if not (spec.hours or turns(spec)):
            return None
        found = [next(midnights(at, before), None)]
        if spec.hours:
            local = at.astimezone(_ZONE)
            for text in spec.hours.split("-"):
                hour, minute = (int(one) for one in text.split(":"))
                turn = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
                turn += timedelta(days=turn <= local)
                found.append(turn.astimezone(at.tzinfo))
        return min((one for one in found if one is not None), default=None)


def _near(terms: Terms, numbers: Floats) -> NDArray[np.bool_]:
    """Whether a number is beyond any limit: what is at rest does not move otherwise."""
    limits = [one.limit for one in terms.bounds.values()]
    with np.errstate(invalid="ignore"):
        beyond = numbers > min(limits) if terms.above else numbers < max(limits)
    return np.asarray(beyond)


def due(state: SeriesState, terms: Terms, after: datetime) -> datetime | None:
    """When hold or keep is over next, were nothing new to come."""
    waits = [
        one.since + terms.hold
        for one in state.levels.values()
        if one.since is not None and not one.firing
    ]
    kept = [one.within_since for one in state.levels.values() if one.within_since is not None]
    waits += [one + wait for one in kept for wait in (terms.keep, terms.flap)]
    if kept and terms.flap and state.flaps >= FLAPPING:
        waits.append(calm_at(state))
    return min((one for one in waits if one > after), default=None)


def _brief(rule: Rule) -> timedelta:
    """An alert that is over before this was hardly worth a look: the hold, or one period."""
    if rule.spec.hold:
        return rule.spec.hold
    spec = rule.indicators[0] if rule.indicators else None
    return spec.frequency if spec is not None and rule.spec.kind in OF_VALUES else timedelta(0)
