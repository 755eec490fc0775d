"""A forecast, how good its like has been, and what was forecast before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from topics.kit.contracts import Period


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """One period ahead, in the unit of the indicator, with 80 % and 95 % intervals."""

    period: Period
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast made at `made_at` by `model`; `mase` and `naive_mase` are of its back-test.

    `coverage80` and `coverage95` are the shares of values that fell inside the intervals; `through`
    is the last period it knew.
    """

    indicator: str
    region: str
    made_at: datetime
    model: str
    points: Sequence[ForecastPoint]
    mase: float
    naive_mase: float
    coverage80: float
    coverage95: float
    through: Period


@dataclass(frozen=True, slots=True)
class Anomaly:
    """How unusual a value was when it was scored: robust z on what trend and season leave over."""

    period: Period
    score: float
    expected: float
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PastForecast:
    """What was once forecast of a period that has a value now; error = actual − mean."""

    made_at: datetime
    point: ForecastPoint
    actual: float
    error: float


MayKnow = Callable[[Period], bool]
"""Whether the asker may know the value of a period by now: what is released, for most."""


class Forecasts(Protocol):
    """Forecasts as they may be shown.

    A forecast tells of the last value it knew: with `may_know` only those are answered that know
    nothing more than the asker may.
    """

    def shown(
        self,
        indicator: str,
        region: str,
        *,
        as_of: datetime | None,
        may_know: MayKnow | None = None,
    ) -> Forecast | None:
        """The newest forecast made by `as_of`; None when it did not beat the naive one."""

    def why_none(self, indicator: str, region: str, *, as_of: datetime | None) -> str:
        """Why `shown` has no answer, in Chinese; empty when nothing was tried yet."""

    def record(
        self,
        indicator: str,
        region: str,
        *,
        as_of: datetime | None,
        limit: int = 24,
        may_know: MayKnow | None = None,
    ) -> Sequence[PastForecast]:
        """What was shown of one period ahead and what came, as known at `as_of`, newest first."""

    def anomalies(
        self,
        indicator: str,
        region: str,
        *,
        as_of: datetime | None,
        limit: int = 100,
        may_know: MayKnow | None = None,
    ) -> Sequence[Anomaly]:
        """Scores of unusual values and of the newest one, newest period first."""
