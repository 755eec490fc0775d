"""Does a batch as a whole look wrong? Compared with what the same series said before; pure.

A changed unit and a shifted clock hold the batch back; last period's numbers under a new time are
stored, but as suspect.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median

from topics.kit.contracts import Observation, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

Series = tuple[str, str]
Known = Mapping[Series, Sequence[Observation]]
"""The last values of every series of a batch, oldest first."""

_POWERS = (2, 3, 4, 6, 8)  # %, 千, 万, 百万, 亿
_NEAR = 0.2  # of a power of ten, in decades: a factor of 1.6
_BEYOND = 3.0  # times the range of what the series said before
_MOST_SERIES = 0.8
_FEWEST_SERIES = 3
_FEWEST_BEFORE = 4  # values before, where a single series has to do
_CALM = 5.0  # largest to smallest of those
_SMALL_COUNT = 10  # counters that begin again every day pass through every power of ten

_EIGHT = timedelta(hours=8)
_OFF = timedelta(hours=1)
_FAST = timedelta(hours=2)

_REPEAT_FROM = timedelta(hours=1)
_FEWEST_REPEATED = 5
_FEWEST_DISTINCT = 3
_MOST_REPEATED = 0.95


@dataclass(frozen=True, slots=True)
class Looked:
    """The newest value of one series in a batch, and what was said of the series before."""

    new: Observation
    before: Sequence[Observation]


def newest(observations: Sequence[Observation], known: Known) -> list[Looked]:
    """Each series of the batch once, by its newest period."""
    last: dict[Series, Observation] = {}
    for one in observations:
        series = (one.indicator, one.region)
        if series not in last or last[series].period.start <= one.period.start:
            last[series] = one
    return [Looked(one, known.get(series, ())) for series, one in last.items()]


def changed_unit(looked: Sequence[Looked], title: Callable[[str], str]) -> str:
    """Why the values seem to be in another unit than before; empty: they do not."""
    shifts = {(one.new.indicator, one.new.region): _shift(one) for one in looked}
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for (indicator, _), power in shifts.items():
        if power is not None:
            groups[indicator].append(power)
    for indicator, powers in groups.items():
        found = _common(powers)
        if found:
            return _unit_words(title(indicator), found, len(powers))
    everything = [power for power in shifts.values() if power is not None]
    found = _common(everything)
    if found:
        return _unit_words(title(looked[0].new.indicator), found, len(everything))
    for one in looked:
        power = _shift(one)
        if power and abs(power) >= 3 and _calm(one):
            return _unit_words(title(one.new.indicator), power, 1)
    return ""


def _common(powers: Sequence[int]) -> int:
    """The power of ten by which most of the series moved; 0 when there is none."""
    if len(powers) < _FEWEST_SERIES:
        return 0
    middle = round(median(powers))
    same = sum(1 for one in powers if one == middle)
    return middle if middle and same >= _MOST_SERIES * len(powers) else 0


def _shift(one: Looked) -> int | None:
    """By which power of ten a series left its range; 0: it did not; None: nothing to compare."""
    before = [abs(old.value) for old in one.before if old.value]
    value = one.new.value
    if not value or not before:
        return None
    last = before[-1]
    if abs(value) < _SMALL_COUNT and float(value).is_integer() and float(last).is_integer():
        return None
    size = abs(value)
    if min(before) / _BEYOND <= size <= max(before) * _BEYOND:
        return 0
    decades = math.log10(size / last)
    power = round(decades)
    return power if abs(power) in _POWERS and abs(decades - power) <= _NEAR else 0


def _calm(one: Looked) -> bool:
    before = [abs(old.value) for old in one.before if old.value]
    return len(before) >= _FEWEST_BEFORE and max(before) <= _CALM * min(before)


def _unit_words(title: str, power: int, count: int) -> str:
    times = f"{10**power:,} 倍" if power > 0 else f"1/{10**-power:,}"
    many = f"等 {count} 个系列" if count > 1 else ""
    return (
        f"“{title}”{many}的数值约为上期的 {times},疑似来源改了单位;"
        "整批暂存未入库,请与来源核对后在“数据接入”页确认入库或作废"
    )


def turned_back(looked: Sequence[Looked], indicator: Callable[[str], IndicatorSpec]) -> str:
    """Why all times seem to lie 8 hours too early; empty: they do not."""
    steps = [
        one.before[-1].period.start - one.new.period.start
        for one in looked
        if one.before and _is_fast(indicator(one.new.indicator))
    ]
    if not steps or not all(abs(step - _EIGHT) <= _OFF for step in steps):
        return ""
    return (
        "全部数据的时间比上次取到的早约 8 小时,疑似来源把北京时间当成了 UTC;"
        "整批暂存未入库,请与来源核对时区后确认入库或作废"
    )


def runs_ahead(ahead: Sequence[timedelta]) -> str:
    """Why all times seem to lie 8 hours too late, from how far rows lay in the future."""
    if not ahead or not _EIGHT - 2 * _OFF <= max(ahead) <= _EIGHT + _OFF / 2:
        return ""
    return (
        "最新数据的时间比现在快约 8 小时,疑似来源把 UTC 时间又加了 8 小时或时区写错;"
        "整批未入库,请与来源核对时区"
    )


def _is_fast(spec: IndicatorSpec) -> bool:
    """Whether 8 hours are many of its periods."""
    kinds = (PeriodKind.INSTANT, PeriodKind.HOUR)
    return spec.period_kind in kinds and spec.frequency <= _FAST


def repeated(
    looked: Sequence[Looked], indicator: Callable[[str], IndicatorSpec]
) -> list[Observation]:
    """The values that say again, under a new time, what all series said in the period before."""
    pairs = []
    for one in looked:
        if one.new.value is None or indicator(one.new.indicator).frequency < _REPEAT_FROM:
            continue
        earlier = [old for old in one.before if old.period.start < one.new.period.start]
        if earlier:
            pairs.append((one.new, earlier[-1].value))
    same = [new for new, old in pairs if new.value == old]
    distinct = {new.value for new in same if new.value}
    if len(same) < max(_FEWEST_REPEATED, _MOST_REPEATED * len(pairs)):
        return []
    return same if len(distinct) >= _FEWEST_DISTINCT else []


def as_suspect(
    observations: Sequence[Observation], suspects: Sequence[Observation]
) -> list[Observation]:
    """The observations, those of `suspects` with the status suspect."""
    marked = {(one.indicator, one.region, one.period) for one in suspects}
    return [
        replace(one, status=ValueStatus.SUSPECT)
        if (one.indicator, one.region, one.period) in marked and one.status is ValueStatus.OK
        else one
        for one in observations
    ]
