"""景气五色灯: the lights of the business cycle, from scores of single indicators.

Meaning of the colours: 中新网 2008-05-30 (secondary); scores 5…1 and the bounds 85/73/50/36 % of
the full score: unverified, hence `LightRules` is data and pages label it so. The meaning stands
next to every light: a public application uses the colours the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Light(Enum):
    """Name, meaning and score of a light, hot to cold."""

    RED = ("红灯", "经济过热", 5)
    YELLOW = ("黄灯", "经济偏热", 4)
    GREEN = ("绿灯", "运行正常", 3)
    PALE_BLUE = ("浅蓝灯", "偏冷", 2)
    BLUE = ("蓝灯", "过冷", 1)

    def __init__(self, title: str, meaning: str, score: int) -> None:
        """Keep the three under their names."""
        self.title = title
        self.meaning = meaning
        self.score = score

    @property
    def words(self) -> str:
        """The light never stands without its meaning."""
        return f"{self.title}({self.meaning})"


@dataclass(frozen=True, slots=True)
class LightRules:
    """Lower bounds of red, yellow, green and pale blue in percent of the full score."""

    bounds: tuple[float, float, float, float] = (85.0, 73.0, 50.0, 36.0)

    def __post_init__(self) -> None:
        """Refuse bounds that do not fall."""
        if any(a <= b for a, b in zip(self.bounds, self.bounds[1:], strict=False)):
            raise ValueError("五色灯界限应由高到低,如 85、73、50、36")


@dataclass(frozen=True, slots=True)
class Composite:
    """The sum of scores of `counted` indicators, its light, and how many were missing."""

    score: int
    full: int
    light: Light | None
    counted: int
    missing: int


HOT_TO_COLD = tuple(Light)


def light_of(value: float | None, thresholds: tuple[float, float, float, float]) -> Light | None:
    """The light of one indicator; thresholds fall from red to pale blue. None: no value."""
    if value is None or value != value:
        return None
    reached = (
        light for light, bound in zip(HOT_TO_COLD, thresholds, strict=False) if value >= bound
    )
    return next(reached, Light.BLUE)


def composite(lights: Iterable[Light | None], rules: LightRules | None = None) -> Composite:
    """The composite light; missing indicators leave the full score, and are counted."""
    given = list(lights)
    known = [one for one in given if one is not None]
    bounds = (rules or LightRules()).bounds
    score, full = sum(one.score for one in known), 5 * len(known)
    light = light_of(100 * score / full, bounds) if full else None
    return Composite(score, full, light, len(known), len(given) - len(known))
