"""Moments are forecast: sections that measure every four hours, levels that come by the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from layers.stores.postgres_engine import connect
from tests.topics.forecast.series import DAILY, REGION, seasonal
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.forecast.apart import forecast_apart
from topics.kit.forecast.cadence import cadence_of
from topics.kit.forecast.kept import KeptForecasts
from topics.kit.forecast.moments import on_grid
from topics.kit.forecast.rounds import ForecastRound
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.rolled_reading import RolledReader
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_forecasts import PostgresForecasts
from topics.kit.stores.postgres_rollups import PostgresRollups

HOUR = timedelta(hours=1)
SECTIONS, LEVELS = 4 * HOUR, timedelta(seconds=15)
NEWEST = datetime(2026, 11, 20, 2, tzinfo=UTC)  # 10 o'clock in Shaoguan


def spec_of(frequency: timedelta) -> IndicatorSpec:
    return DAILY.model_copy(
        update={"period_kind": PeriodKind.INSTANT, "frequency": frequency, "unit": "mg/L"}
    )


def said(at: datetime, value: float | None) -> Observation:
    status = ValueStatus.OK if value is not None else ValueStatus.MISSING
    period = Period(at, PeriodKind.INSTANT)
    return Observation(DAILY.id, REGION, period, value, unit="mg/L", status=status, recorded_at=at)


class Station:
    """One series of moments, forecast for real."""

    def __init__(self, url: str, frequency: timedelta) -> None:
        engine = connect(url)
        self.spec = spec_of(frequency)
        self.values = PostgresObservations(engine)
        self.store = PostgresForecasts(engine)
        self.hours = RolledReader(PostgresRollups(engine), self.values)
        self.kept = KeptForecasts(self.store, self.values)

    def indicators(self) -> Sequence[IndicatorSpec]:
        return [self.spec]

    def round(self, now: datetime) -> int:
        return ForecastRound(self, self.values, self.store, forecast_apart, self.hours).run(now)

    def ahead(self) -> list[datetime]:
        found = self.kept.shown(DAILY.id, REGION, as_of=None)
        return [] if found is None else [one.period.start for one in found.points]


@pytest.mark.parametrize(
    ("frequency", "season", "every"),
    [
        (timedelta(seconds=15), 24, HOUR),
        (HOUR, 24, HOUR),
        (4 * HOUR, 6, 4 * HOUR),
        (6 * HOUR, 4, 6 * HOUR),
    ],
)
def test_a_day_is_the_season_of_moments(
    frequency: timedelta, season: int, every: timedelta
) -> None:
    cadence = cadence_of(spec_of(frequency))
    assert cadence is not None
    assert (cadence.season, cadence.horizon, cadence.every) == (season, season, every)
    assert cadence.shortest < cadence.longest


@pytest.mark.parametrize("hours", [5, 12, 24])
def test_moments_that_make_no_day_are_not_forecast(hours: int) -> None:
    assert cadence_of(spec_of(hours * HOUR)) is None


def test_a_section_is_forecast_four_hours_by_four_hours(database_url: str) -> None:
    station = Station(database_url, SECTIONS)
    values = seasonal(60, 6, noise=0.2)
    late = timedelta(minutes=7)  # one measurement came late: it keeps its step
    rows = [
        said(NEWEST - (59 - n) * SECTIONS + (late if n == 30 else timedelta(0)), float(value))
        for n, value in enumerate(values)
    ]
    station.values.append(rows, live=False)
    assert station.round(NEWEST + HOUR) == 1
    assert station.ahead() == [NEWEST + n * SECTIONS for n in range(1, 7)]
    assert station.round(NEWEST + 2 * HOUR) == 0


def test_a_level_of_every_second_is_forecast_by_its_hours(database_url: str) -> None:
    station = Station(database_url, LEVELS)
    values = seasonal(200, 24, noise=0.2)
    rows = [
        said(NEWEST - (200 - n) * HOUR + timedelta(minutes=minute), float(value) + away)
        for n, value in enumerate(values)
        for minute, away in ((5, -0.5), (35, 0.5))
    ]
    newest = said(NEWEST + timedelta(minutes=10), 999.0)  # of the hour that is not over
    station.values.append([*rows, newest], live=False)
    assert station.round(NEWEST + timedelta(minutes=11)) == 1
    assert station.ahead() == [NEWEST + n * HOUR for n in range(24)]
    found = station.kept.shown(DAILY.id, REGION, as_of=None)
    assert found is not None
    assert abs(found.points[0].mean - values[-24]) < 15
    assert station.kept.anomalies(DAILY.id, REGION, as_of=None) == []


def test_the_last_value_of_a_step_counts_and_none_gives_way() -> None:
    newest = said(NEWEST, 5.0)
    before = NEWEST - SECTIONS
    rows = [newest, said(before, 1.0), said(before + HOUR, 2.0), said(before + 1.5 * HOUR, None)]
    found = on_grid(rows, newest, SECTIONS)
    assert {at.start: one.value for at, one in found.items()} == {before: 2.0, NEWEST: 5.0}


def test_a_level_that_will_rise_beyond_the_mark_has_odds(database_url: str) -> None:
    """What a rule of the kind forecast looks at: points behind now, within its time."""
    station = Station(database_url, SECTIONS)
    wave = np.sin(np.arange(60) * 2 * np.pi / 6)
    rows = [said(NEWEST - (59 - n) * SECTIONS, 50 + 0.05 * n + wave[n]) for n in range(60)]
    station.values.append(rows, live=False)
    station.round(NEWEST + HOUR)
    assert all(NEWEST < at <= NEWEST + timedelta(days=1) for at in station.ahead())
    assert station.ahead()
