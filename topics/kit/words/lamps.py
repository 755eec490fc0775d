"""Whether a value is good: the lamp beside it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Lamp(StrEnum):
    """ok: within limits; warn: watch; bad: over the limit; none: cannot be said."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    NONE = "none"


_ORDER = (Lamp.BAD, Lamp.WARN, Lamp.OK)


def lamp_for(
    value: float | None, *, warn: float | None, bad: float | None, higher_is_better: bool
) -> Lamp:
    """The lamp of `value`; a limit is passed when the value is worse than it, not when equal."""
    if value is None:
        return Lamp.NONE
    sign = -1 if higher_is_better else 1
    if bad is not None and sign * value > sign * bad:
        return Lamp.BAD
    if warn is not None and sign * value > sign * warn:
        return Lamp.WARN
    return Lamp.OK


def worst(lamps: Iterable[Lamp]) -> Lamp:
    """The worst of several lamps; `none` only when none of them can be said."""
    seen = set(lamps)
    return next((lamp for lamp in _ORDER if lamp in seen), Lamp.NONE)
