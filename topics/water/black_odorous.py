"""Grading of black and odorous urban water: the worst of transparency, oxygen and ammonia decides.

城市黑臭水体整治工作指南 (2015), table 2; the redox potential of that table is left out: later
national checks use three factors (secondary source, see docs/domain/water.md).
"""

from __future__ import annotations

from enum import IntEnum


class Blackness(IntEnum):
    """A larger grade is worse."""

    NONE = 0
    MILD = 1
    SEVERE = 2

    @property
    def label(self) -> str:
        """As the guide writes it."""
        return ("不黑臭", "轻度黑臭", "重度黑臭")[self]


_DEEP_ENOUGH_CM = 25.0
_SEVERE_SHARE_OF_DEPTH = 0.4


def grade(
    *,
    transparency_cm: float | None,
    oxygen_mg_l: float | None,
    ammonia_mg_l: float | None,
    depth_cm: float | None = None,
    clear_to_bottom: bool = False,
) -> Blackness | None:
    """The grade of one place; None when no factor is known. A negative value is no value.

    In water less than 25 cm deep, clear to the bottom is not black; else the transparency is held
    against 40 % of the depth.
    """
    factors = [
        _transparency(_known(transparency_cm), _known(depth_cm), clear_to_bottom=clear_to_bottom),
        _oxygen(_known(oxygen_mg_l)),
        _ammonia(_known(ammonia_mg_l)),
    ]
    return max((one for one in factors if one is not None), default=None)


def _known(value: float | None) -> float | None:
    return value if value is not None and value >= 0 else None


def _transparency(
    value: float | None, depth: float | None, *, clear_to_bottom: bool
) -> Blackness | None:
    if depth is not None and depth < _DEEP_ENOUGH_CM:
        if clear_to_bottom:
            return Blackness.NONE
        if value is None:
            return None
        return Blackness.SEVERE if value < depth * _SEVERE_SHARE_OF_DEPTH else Blackness.MILD
    if value is None:
        return None
    if value >= 25:
        return Blackness.NONE
    return Blackness.MILD if value >= 10 else Blackness.SEVERE


def _oxygen(value: float | None) -> Blackness | None:
    if value is None:
        return None
    if value >= 2.0:
        return Blackness.NONE
    return Blackness.MILD if value >= 0.2 else Blackness.SEVERE


def _ammonia(value: float | None) -> Blackness | None:
    if value is None:
        return None
    if value <= 8.0:
        return Blackness.NONE
    return Blackness.MILD if value <= 15 else Blackness.SEVERE
