"""What a rule says of one series from one moment to the next. Pure: time and state are passed in.

Each level is a machine of its own with the meaning of a Prometheus alert (rules/alerting.go:
`for` is `hold`, `keep_firing_for` is `keep`); the alert's level is the worst that fires. What
Prometheus cannot say comes on top: clear limits, no data that keeps an alert, flapping.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from topics.kit.alerting.contracts import AlertLevel, AlertStep, Condition

FLAPPING = 0.6
"""From this score on a series goes to and fro: `flap` instead of `keep` holds its alert."""
_FLAP_STEP = 0.2
_FLAP_HALF = timedelta(hours=6)
_FORGOTTEN = 0.05


class Missing(StrEnum):
    """What an absent value means for a rule."""

    HOLD = "hold"  # a broken instrument neither raises nor ends an alert
    CLEAR = "clear"  # as Prometheus: what is not there is not breached


@dataclass(frozen=True, slots=True)
class Bound:
    """Beyond `limit` the level is breached; once it fires it stays so until back at `clear`."""

    limit: float
    clear: float

    def breached(self, value: float, *, firing: bool, above: bool) -> bool:
        """Whether the value is beyond; the limit itself is not."""
        limit = self.clear if firing else self.limit
        return value > limit if above else value < limit


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a rule as the machine sees them; `above`: larger is worse."""

    bounds: Mapping[AlertLevel, Bound]
    above: bool = True
    hold: timedelta = timedelta(0)
    keep: timedelta = timedelta(0)
    flap: timedelta = timedelta(0)
    missing: Missing = Missing.HOLD


@dataclass(frozen=True, slots=True)
class LevelState:
    """One level: breached since, whether it fires, and since when it is back within limits."""

    since: datetime | None = None
    firing: bool = False
    within_since: datetime | None = None


_REST = LevelState()


@dataclass(frozen=True, slots=True)
class SeriesState:
    """Where one series stands with a rule. At rest it equals `SeriesState()`.

    `known` is what the last value said of it: no-data and error leave the levels as they were.
    """

    levels: Mapping[AlertLevel, LevelState] = field(default_factory=dict)
    known: Condition = Condition.INACTIVE
    flaps: float = 0.0
    changed_at: datetime | None = None

    @property
    def level(self) -> AlertLevel | None:
        """The worst level that fires."""
        return next((one for one in AlertLevel if self._of(one).firing), None)

    @property
    def since(self) -> datetime | None:
        """Since when any level is breached; it does not move while it stays so."""
        return min((one.since for one in self.levels.values() if one.since), default=None)

    @property
    def condition(self) -> Condition:
        """The one word for it."""
        if self.known in (Condition.NO_DATA, Condition.ERROR):
            return self.known
        if self.level is not None:
            return Condition.FIRING
        return Condition.INACTIVE if self.since is None else Condition.PENDING

    @property
    def at_rest(self) -> bool:
        """Whether nothing of it need be remembered."""
        return self.since is None and self.flaps == 0 and self.known is Condition.INACTIVE

    def _of(self, level: AlertLevel) -> LevelState:
        return self.levels.get(level, _REST)


AT_REST = SeriesState()


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a series now: a value, none (None), or that it could not be computed."""

    value: float | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of the machine; `level` is the one it leads to (None once resolved)."""

    step: AlertStep
    at: datetime
    level: AlertLevel | None = None


def step(
    state: SeriesState, sample: Sample, terms: Terms, now: datetime
) -> tuple[SeriesState, Sequence[Transition]]:
    """The state after one evaluation at `now`, and what happened; nothing else is changed.

    A level that the rule no longer has is at rest at once.
    """
    known = _known(sample)
    if known is Condition.ERROR or (known is Condition.NO_DATA and terms.missing is Missing.HOLD):
        after = replace(
            state, known=known, flaps=_decayed(state, now), changed_at=_when(state, now)
        )
        return after, _said(state, after, now)
    keep = _keep(state, terms, now)
    levels = {}
    for level, bound in terms.bounds.items():
        before = state.levels.get(level, _REST)
        breached = sample.value is not None and bound.breached(
            sample.value, firing=before.firing, above=terms.above
        )
        moved = advance(before, breached=breached, hold=terms.hold, keep=keep, now=now)
        if moved != _REST:
            levels[level] = moved
    flaps = _decayed(state, now)
    after = SeriesState(levels, known, flaps, _when(state, now))
    if (state.level is None) != (after.level is None):
        after = replace(after, flaps=min(1.0, flaps + _FLAP_STEP), changed_at=now)
    return after, _said(state, after, now)


def advance(
    state: LevelState, *, breached: bool, hold: timedelta, keep: timedelta, now: datetime
) -> LevelState:
    """One level after one evaluation: Prometheus' `Eval` for one series."""
    if breached:
        since = state.since or now
        return LevelState(since, state.firing or now - since >= hold)
    if not state.firing:
        return _REST
    within = state.within_since or now
    if keep and now - within < keep:
        return replace(state, within_since=within)
    return _REST


def _known(sample: Sample) -> Condition:
    if sample.error:
        return Condition.ERROR
    return Condition.NO_DATA if sample.value is None else Condition.INACTIVE


def _keep(state: SeriesState, terms: Terms, now: datetime) -> timedelta:
    flapping = terms.flap and _decayed(state, now) >= FLAPPING
    return max(terms.keep, terms.flap) if flapping else terms.keep


def _decayed(state: SeriesState, now: datetime) -> float:
    """The score of flapping now: halved every six hours."""
    if not state.flaps or state.changed_at is None:
        return 0.0
    score = state.flaps * 0.5 ** ((now - state.changed_at) / _FLAP_HALF)
    return score if score >= _FORGOTTEN else 0.0


def calm_at(state: SeriesState) -> datetime:
    """When a series that goes to and fro has been quiet for long enough not to count as such."""
    assert state.changed_at is not None
    halves = math.log2(max(state.flaps / FLAPPING, 1.0))
    return state.changed_at + _FLAP_HALF * halves + timedelta(milliseconds=1)


def _when(state: SeriesState, now: datetime) -> datetime | None:
    return now if state.flaps else state.changed_at


def _said(before: SeriesState, after: SeriesState, now: datetime) -> Sequence[Transition]:
    """What happened between two states, in order."""
    old, new = before.level, after.level
    found = []
    if old is None and before.since is None and after.since is not None and after.since == now:
        found.append(Transition(AlertStep.PENDING, now, _worst(after)))
    if old is None and new is not None:
        found.append(Transition(AlertStep.FIRED, now, new))
    elif old is None and before.since is not None and after.since is None:
        found.append(Transition(AlertStep.DROPPED, now))
    elif old is not None and new is None:
        found.append(Transition(AlertStep.RESOLVED, now))
    elif old is not None and new is not None and old is not new:
        raised = new.severity > old.severity
        found.append(Transition(AlertStep.RAISED if raised else AlertStep.LOWERED, now, new))
    return [*found, *_blind(before, after, now)]


def _blind(before: SeriesState, after: SeriesState, now: datetime) -> Sequence[Transition]:
    """What an open alert hears of a value that is missing, or back."""
    if before.level is None or after.level is None or before.known is after.known:
        return []
    if after.known is Condition.NO_DATA:
        return [Transition(AlertStep.NO_DATA, now, after.level)]
    if after.known is Condition.ERROR:
        return [Transition(AlertStep.ERROR, now, after.level)]
    # Seen again at the same level; a change of level has told so by itself.
    same = before.level is after.level
    return [Transition(AlertStep.FIRED, now, after.level)] if same else []


def _worst(state: SeriesState) -> AlertLevel:
    return next(one for one in AlertLevel if one in state.levels)
