"""A forecast, how good its like has been, and what was forecast before."""

from __future__ import annotations

from collections.abc import Sequence
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

    `coverage80` and `coverage95` are the shares of values that fell inside the intervals.
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


@dataclass(frozen=True, slots=True)
class PastForecast:
    """What was once forecast of a period that has a value now; error = actual − mean."""

    made_at: datetime
    point: ForecastPoint
    actual: float
    error: float


class Forecasts(Protocol):
    """Forecasts as they may be shown."""

    def shown(self, indicator: str, region: str, *, as_of: datetime | None) -> Forecast | None:
        """The latest forecast that beat the naive one in its back-test; None otherwise."""

    def record(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int = 24
    ) -> Sequence[PastForecast]:
        """What was forecast one period ahead and what came, newest first."""
