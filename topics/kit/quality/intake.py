"""What happens to values on their way in: beyond the hard limits refused, unusual ones doubted.

Every writer passes here, since the observation store asks it within the writer's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.errors import BadObservation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.contracts import Cleared, Doubt, Flag
from topics.kit.quality.jumps import sudden
from topics.kit.quality.limits import refusal, unusual

Key = tuple[str, str, Period]
Before = Callable[[Observation], Sequence[float]]
"""The values of the (at most two) periods before an observation, newest first."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A flag that ends, why, and the first period it no longer covers."""

    flag: int
    why: Cleared
    until: datetime | None = None


@dataclass(slots=True)
class Judged:
    """The rows as they are to be stored, and by key what is to be said of those that change."""

    rows: list[Observation]
    doubts: dict[Key, list[Doubt]] = field(default_factory=dict)
    ended: dict[Key, list[Ended]] = field(default_factory=dict)


def key_of(one: Observation) -> Key:
    """What names a value."""
    return one.indicator, one.region, one.period


def judge(
    rows: Sequence[Observation],
    specs: Mapping[str, IndicatorSpec],
    flags: Sequence[Flag],
    before: Before,
    computed: Callable[[str], bool],
) -> Judged:
    """Judge a batch; BadObservation names the first value beyond a hard limit.

    A computed value beyond them is withheld (missing, with a flag) in place of stopping its batch.
    Rows of indicators without checks and flags come out as they went in.
    """
    known: dict[tuple[str, str], list[Flag]] = {}
    for flag in flags:
        known.setdefault((flag.doubt.indicator, flag.doubt.region), []).append(flag)
    # Nearly every value is quiet: it is seen to be so with two comparisons.
    quiet = {name: _quiet(one) for name, one in specs.items()}
    made = Judged([])
    for number, one in enumerate(rows, 1):
        span, value = quiet.get(one.indicator, _ANY), one.value
        of_series = known.get((one.indicator, one.region), ()) if known else ()
        if of_series or not (span[0] if value is None else span[0] and span[1] <= value <= span[2]):
            spec = specs[one.indicator]
            one = _withheld(number, one, spec, made, computed)
            one = _judged(one, spec, of_series, before, made)
        made.rows.append(one)
    return made


_ANY = (True, -inf, inf)


def _quiet(spec: IndicatorSpec) -> tuple[bool, float, float]:
    """Whether limits alone decide (no jumps), and the innermost ones."""
    checks = spec.checks
    low = checks.min if checks.soft_min is None else checks.soft_min
    high = checks.max if checks.soft_max is None else checks.soft_max
    return not checks.jumps, -inf if low is None else low, inf if high is None else high


def _withheld(
    number: int,
    one: Observation,
    spec: IndicatorSpec,
    made: Judged,
    computed: Callable[[str], bool],
) -> Observation:
    problem = refusal(spec, one.value)
    if not problem:
        return one
    if not computed(one.indicator):
        raise BadObservation(f"第 {number} 条({one.indicator} {one.region}):{problem}")
    detail = f"计算结果{problem.partition(';')[0]},未采用"
    doubt = Doubt("range", one.indicator, one.region, one.period, None, detail)
    made.doubts.setdefault(key_of(one), []).append(doubt)
    return replace(one, value=None, status=ValueStatus.MISSING)


def _judged(
    one: Observation, spec: IndicatorSpec, flags: Sequence[Flag], before: Before, made: Judged
) -> Observation:
    held = trusted = False
    for flag in flags:
        if not covers(flag, one.period):
            continue
        same = flag.doubt.value == one.value
        if flag.cleared is Cleared.ACCEPTED:
            trusted = trusted or same
        elif same:
            held = True
        elif flag.cleared_at is None:
            _end(flag, one, made)
    if trusted:
        return one
    doubts = [doubt for doubt in (unusual(spec, one), sudden(spec, one, before(one))) if doubt]
    if doubts:
        made.doubts.setdefault(key_of(one), []).extend(doubts)
    if (doubts or held) and one.status is ValueStatus.OK:
        return replace(one, status=ValueStatus.SUSPECT)
    return one


def _end(flag: Flag, one: Observation, made: Judged) -> None:
    """Another value than the doubted one: the sensor moves again, or the value was corrected."""
    if flag.doubt.kind == "stuck":
        if one.value is None:
            return  # a gap is no movement
        ended = Ended(flag.id, Cleared.RECOVERED, one.period.start)
    else:
        ended = Ended(flag.id, Cleared.CORRECTED)
    made.ended.setdefault(key_of(one), []).append(ended)


def covers(flag: Flag, period: Period) -> bool:
    """Whether the flag speaks of the period: its own, or for a stuck sensor all since then."""
    doubt = flag.doubt
    if doubt.kind == "stuck":
        begun = doubt.period.start <= period.start
        return begun and (doubt.until is None or period.start < doubt.until)
    return doubt.kind in ("range", "jump", "cross") and doubt.period == period
