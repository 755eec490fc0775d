"""Forecasts as they may be shown: from the store, beside the values that came since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from topics.kit.contracts import Period, ValueStatus
from topics.kit.forecast.contracts import (
    Anomaly,
    Forecast,
    ForecastPoint,
    MayKnow,
    PastForecast,
)
from topics.kit.reading import SeriesValues

_SAID = frozenset({ValueStatus.OK, ValueStatus.ESTIMATED})
_LOOK_BACK = 5  # forecasts, for one that knows no more than the asker may
_UNRELEASED = "最新一次预测用到了尚未发布的数值"


class ForecastStore(Protocol):
    """The part of the store that is read here."""

    def newest(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int
    ) -> list[tuple[Forecast | None, Period, str]]:
        """What was made by `as_of`, newest first."""

    def one_step(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int
    ) -> list[tuple[datetime, ForecastPoint]]:
        """The shown forecasts of one period ahead, newest first."""

    def scores(
        self, indicator: str, region: str, *, as_of: datetime | None, limit: int
    ) -> list[Anomaly]:
        """The scores made by `as_of`, newest first."""


class KeptForecasts:
    """Reads what the worker made; makes nothing itself, so it needs no library."""

    def __init__(self, store: ForecastStore, values: SeriesValues) -> None:
        """Read forecasts from `store`, what came from `values`."""
        self._store = store
        self._values = values

    def shown(
        self,
        indicator: str,
        region: str,
        *,
        as_of: datetime | None,
        may_know: MayKnow | None = None,
    ) -> Forecast | None:
        """The newest forecast made by `as_of`; None when it did not beat the naive one."""
        for forecast, through, _ in self._made(indicator, region, as_of):
            if may_know is None or may_know(through):
                return forecast
        return None

    def why_none(self, indicator: str, region: str, *, as_of: datetime | None) -> str:
        """Why `shown` has no answer, in Chinese; empty when nothing was tried yet."""
        for _, _, why in self._made(indicator, region, as_of):
            return why or _UNRELEASED
        return ""

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
        # One more: what is ahead of the newest value has no error yet.
        said = self._store.one_step(indicator, region, as_of=as_of, limit=limit + 1)
        if not said:
            return []
        came = self._values.series(
            indicator,
            region,
            start=said[-1][1].period.start,
            end=said[0][1].period.start + timedelta(microseconds=1),
            as_of=as_of,
        )
        actual = {
            one.period: one.value
            for one in came
            if one.status in _SAID and (may_know is None or may_know(one.period))
        }
        found = []
        for made_at, point in said:
            value = actual.get(point.period)
            if value is not None:
                found.append(PastForecast(made_at, point, value, value - point.mean))
        return found[:limit]

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
        found = self._store.scores(indicator, region, as_of=as_of, limit=limit)
        return [one for one in found if may_know is None or may_know(one.period)]

    def _made(
        self, indicator: str, region: str, as_of: datetime | None
    ) -> list[tuple[Forecast | None, Period, str]]:
        return self._store.newest(indicator, region, as_of=as_of, limit=_LOOK_BACK)
