"""What a rule would have done: the machine run over stored values, and said in one sentence.

A value counts as known from the end of its period on; what was corrected later is taken as it
stands now. Between values the clock goes on: what hold and keep decide is found to the second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from topics.kit.alerting.contracts import AlertLevel, AlertStep
from topics.kit.alerting.machine import AT_REST, Sample, SeriesState, Terms, step
from topics.kit.alerting.rules import Rule, asleep
from topics.kit.alerting.signals import LimitsOf, change, measured, readable, worth
from topics.kit.contracts import Observation, ValueStatus
from topics.kit.errors import BadRule
from topics.kit.periods import a_year_before, end_of
from topics.kit.quality.freshness import elapsed

Floats = NDArray[np.float64]
Series = Mapping[str, Sequence[Observation]]
"""The observations of each indicator of the rule in one region, oldest first."""

TESTABLE = frozenset({"threshold", "change", "expression"})
_ZONE = ZoneInfo("Asia/Shanghai")
_SAID = frozenset({ValueStatus.OK, ValueStatus.ESTIMATED})
_NIGHT = (22, 6)


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
    """What a rule would have done from `start` to `end`."""

    rule: str
    start: datetime
    end: datetime
    episodes: Sequence[Episode]
    series: int = 0  # with at least one value
    values: int = 0
    levels: Mapping[AlertLevel, int] = field(default_factory=dict)


def backtest(
    rule: Rule,
    observed: Mapping[str, Series],
    limits: LimitsOf,
    start: datetime,
    end: datetime,
    *,
    wartime: bool = False,
) -> Outcome:
    """The episodes of a rule from `start` to `end`; `observed` is by region.

    BadRule for kinds that need more than stored values.
    """
    if rule.spec.kind not in TESTABLE:
        raise BadRule(
            "这种规则要看当时的预测、到数时间或事件分布,不能用历史数值回测;启用后看实际触发情况"
        )
    episodes: list[Episode] = []
    values = series = 0
    terms = rule.terms(wartime=wartime)
    for region in rule.series:
        times, numbers, shown = numbers_of(rule, region, observed.get(region, {}), limits)
        values += len(times)
        series += bool(len(times))
        episodes += _episodes(rule, region, terms, times, numbers, shown, start, end)
    levels = Counter(one.worst for one in episodes)
    return Outcome(rule.id, start, end, episodes, series, values, levels)


def numbers_of(
    rule: Rule, region: str, series: Series, limits: LimitsOf
) -> tuple[Sequence[datetime], Floats, Floats]:
    """When the rule's number changed, what it was, and the value that people read."""
    if not rule.plain:
        times, columns = _together([series.get(one.id, ()) for one in rule.indicators])
        known = dict(zip((one.id for one in rule.indicators), columns, strict=True))
        number = np.broadcast_to(worth(rule.node, known.__getitem__), (len(times),))
        return times, number, readable(rule, number, known)
    spec = rule.indicators[0]
    rows = series.get(spec.id, ())
    value = np.array([_value(one) for one in rows], dtype=np.float64)
    times = [end_of(one.period) for one in rows]
    if rule.spec.kind == "change":
        return times, change(rule, value, _before(rule, rows, value)), value
    if rule.spec.of == "value":
        return times, value, value
    number = np.array(
        [
            measured(rule, value[n : n + 1], (region,), at.astimezone(_ZONE).date(), limits)[0]
            for n, at in enumerate(times)
        ]
    )
    return times, number, value


def told(outcome: Outcome) -> str:
    """这条规则去年会触发 41 次,其中 红 3、橙 8;中位持续 2时5分;夜间(22–6 时)占 31 %。"""
    days = (outcome.end - outcome.start) / timedelta(days=1)
    when = "去年" if 350 <= days <= 380 else f"近 {days:.0f} 天"
    if not outcome.values:
        return f"这条规则所看的指标{when}没有数据,说不出会触发几次"
    episodes = outcome.episodes
    if not episodes:
        return f"这条规则{when}一次也不会触发({outcome.series} 个地点、{outcome.values} 个数值)"
    counted = [(one, outcome.levels[one]) for one in AlertLevel if one in outcome.levels]
    shares = "、".join(f"{level} {count}" for level, count in counted)
    seconds = (((one.end or outcome.end) - one.start).total_seconds() for one in episodes)
    middle = timedelta(seconds=median(seconds))
    night = sum(_at_night(one.start) for one in episodes)
    still = sum(one.end is None for one in episodes)
    parts = [
        f"这条规则{when}会触发 {len(episodes)} 次,其中 {shares}",
        f"中位持续 {elapsed(middle)}",
        f"夜间(22–6 时)占 {night * 100 / len(episodes):.0f} %",
        *([f"{still} 次到期末还没有解除"] if still else []),
    ]
    return ";".join(parts)


def _episodes(
    rule: Rule,
    region: str,
    terms: Terms,
    times: Sequence[datetime],
    numbers: Floats,
    shown: Floats,
    start: datetime,
    end: datetime,
) -> Iterator[Episode]:
    state, open_since, moments = AT_REST, start, list[Moment]()
    near = _near(terms, numbers)
    for n, first in enumerate(times):
        if not near[n] and state.since is None:
            continue  # within limits and at rest: nothing happens
        read = None if np.isnan(shown[n]) else float(shown[n])
        following = times[n + 1] if n + 1 < len(times) else end + timedelta(microseconds=1)
        at: datetime | None = first
        while at is not None and at < following and at <= end:
            valid = rule.valid_at(at)
            sample = Sample(None if np.isnan(numbers[n]) or not valid else float(numbers[n]))
            state, steps = step(state, sample, terms if valid else asleep(terms), at)
            for one in steps:
                if one.step is AlertStep.PENDING:
                    open_since = at
                elif one.step is not AlertStep.DROPPED:
                    moments.append(Moment(one.step, at, one.level, float(numbers[n]), read))
                if one.step is AlertStep.RESOLVED:
                    if at >= start:
                        yield _episode(region, moments, open_since, AT_REST)
                    moments = []
            at = due(state, terms, at)
    if moments:
        yield _episode(region, moments, open_since, state)


def _near(terms: Terms, numbers: Floats) -> NDArray[np.bool_]:
    """Whether a number is beyond any limit, or unknown."""
    limits = [one.limit for one in terms.bounds.values()]
    with np.errstate(invalid="ignore"):
        beyond = numbers > min(limits) if terms.above else numbers < max(limits)
    return np.asarray(beyond | np.isnan(numbers))


def due(state: SeriesState, terms: Terms, after: datetime) -> datetime | None:
    """When hold or keep is over next, were nothing new to come."""
    waits = [
        one.since + terms.hold
        for one in state.levels.values()
        if one.since is not None and not one.firing
    ]
    waits += [
        one.within_since + wait
        for one in state.levels.values()
        if one.within_since is not None
        for wait in (terms.keep, terms.flap)
    ]
    return min((one for one in waits if one > after), default=None)


def _episode(
    region: str, moments: Sequence[Moment], since: datetime, state: SeriesState
) -> Episode:
    last = moments[-1]
    levels = [one.level for one in moments if one.level is not None]
    worst = max(levels, key=lambda one: one.severity)
    done = last.at if last.step is AlertStep.RESOLVED else None
    return Episode(region, moments[0].at, done, worst, tuple(moments), since, state)


def _together(
    columns: Sequence[Sequence[Observation]],
) -> tuple[list[datetime], list[Floats]]:
    """The values of several indicators at every moment at which one of them is new."""
    ends = [[end_of(one.period) for one in rows] for rows in columns]
    times = sorted({at for one in ends for at in one})
    found = []
    for at, rows in zip(ends, columns, strict=True):
        values = np.array([_value(one) for one in rows] or [np.nan], dtype=np.float64)
        place = np.searchsorted(
            [one.timestamp() for one in at], [one.timestamp() for one in times], side="right"
        )
        found.append(np.where(place == 0, np.nan, values[np.maximum(place, 1) - 1]))
    return times, found


def _before(rule: Rule, rows: Sequence[Observation], value: Floats) -> Floats:
    if rule.spec.against == "previous":
        return np.concatenate([[np.nan], value[:-1]]) if len(value) else value
    by_start = {one.period.start: n for n, one in enumerate(rows)}
    found = np.full(len(rows), np.nan)
    for n, one in enumerate(rows):
        if rule.spec.against == "day":
            earlier = one.period.start - timedelta(days=1)
        else:
            earlier = a_year_before(one.period).start
        place = by_start.get(earlier)
        if place is not None:
            found[n] = value[place]
    return found


def _value(one: Observation) -> float:
    known = one.value is not None and one.status in _SAID
    return float(one.value) if known and one.value is not None else np.nan


def _at_night(moment: datetime) -> bool:
    hour = moment.astimezone(_ZONE).hour
    return hour >= _NIGHT[0] or hour < _NIGHT[1]


def a_year_until(now: datetime) -> tuple[datetime, datetime]:
    """The year up to now."""
    return (now - timedelta(days=365)).astimezone(UTC), now
