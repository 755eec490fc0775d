"""Whether a layer is renewed as often as it promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from layers.catalogue.cadence import cadence_of

_DEAD_AFTER = 3  # whole periods beyond the due moment
_DAY = timedelta(days=1)


class FreshState(StrEnum):
    """How a layer stands against its cadence."""

    FRESH = "fresh"
    LATE = "late"
    DEAD = "dead"
    NEVER = "never"  # nothing is published
    UNKNOWN = "unknown"  # renewed without a cadence


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state, in Chinese too, when the next version was or is due, and the days it is late."""

    state: FreshState
    text: str
    due_at: datetime | None = None
    late_days: int = 0


def freshness(cadence: str, published_at: datetime | None, now: datetime) -> Freshness:
    """Fresh up to and including the due moment; late after it; dead three periods further on."""
    if published_at is None:
        return Freshness(FreshState.NEVER, "尚未发布")
    found = cadence_of(cadence)
    if found is None:
        return Freshness(
            FreshState.UNKNOWN, "未定更新周期" if not cadence.strip() else "不定期更新"
        )
    due = published_at + found.every
    late = now - due
    if late <= timedelta(0):
        return Freshness(FreshState.FRESH, "按时", due)
    if late <= _DEAD_AFTER * found.every:
        return Freshness(FreshState.LATE, f"迟 {_shown(late)}", due, late // _DAY)
    return Freshness(FreshState.DEAD, f"停更,已迟 {_shown(late)}", due, late // _DAY)


def _shown(late: timedelta) -> str:
    if late >= _DAY:
        return f"{late // _DAY} 天"
    hours = late // timedelta(hours=1)
    return f"{hours} 小时" if hours else "不到 1 小时"
