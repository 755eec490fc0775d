"""How old a value is, against what its owner promised, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of

DEAD_AFTER = 3  # times the promised age


class Freshness(StrEnum):
    """fresh: within its promise; late; dead: three times over; never: nothing came yet."""

    FRESH = "fresh"
    LATE = "late"
    DEAD = "dead"
    NEVER = "never"


_SAID = {Freshness.FRESH: "按时", Freshness.NEVER: "尚无数据"}


@dataclass(frozen=True, slots=True)
class Age:
    """The state and, where it is not fresh, how late in words; `late` is how long beyond it."""

    state: Freshness
    text: str
    late: timedelta = timedelta(0)

    @property
    def said(self) -> str:
        """The state as lists and exports say it: 按时, 迟 2 时, 停更,已迟 12 天, 尚无数据."""
        if self.state is Freshness.DEAD:
            return f"停更,已{self.text}"
        return _SAID.get(self.state, self.text)

    @property
    def stale(self) -> bool:
        """Whether a value was there and is no longer what was promised."""
        return self.state in (Freshness.LATE, Freshness.DEAD)


def age_of(due: datetime | None, promise: timedelta, now: datetime) -> Age:
    """The freshness of a value that was complete at `due` and promised to be newer than `promise`.

    `due` is the end of the value's period (or the moment of an instant); None: no value at all.
    """
    if due is None:
        return Age(Freshness.NEVER, "尚无数据")
    late = now - due - promise
    if late <= timedelta(0):
        return Age(Freshness.FRESH, "")
    state = Freshness.DEAD if now - due > promise * DEAD_AFTER else Freshness.LATE
    return Age(state, f"迟 {elapsed(late)}", late)


def indicator_age(spec: IndicatorSpec, latest: Observation | None, now: datetime) -> Age:
    """How fresh the newest period of an indicator is against the promise of its manifest.

    One that is dated ahead of the clock is fresh; intake refuses what lies too far ahead.
    """
    return age_of(None if latest is None else end_of(latest.period), spec.freshness, now)


def elapsed(span: timedelta) -> str:
    """A stretch of time as the shift says it: 19 分, 1时44分, 1天3时, 12 天."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}时{minutes}分" if minutes else f"{hours} 时"
    days, hours = divmod(hours, 24)
    if days >= 3 or not hours:
        return f"{days} 天"
    return f"{days}天{hours}时"
