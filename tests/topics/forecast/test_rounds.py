"""Rounds on a real database: what is due, what is kept, and what is shown as of when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from layers.stores.postgres_engine import connect
from tests.topics.forecast.series import DAILY, REGION, SAID, days, seasonal
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.forecast.kept import KeptForecasts
from topics.kit.forecast.rounds import ForecastRound
from topics.kit.forecast.task import Result, Task
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.rolled_reading import RolledReader
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_forecasts import PostgresForecasts
from topics.kit.stores.postgres_rollups import PostgresRollups

T1, T2, T3 = (SAID + timedelta(days=day) for day in (1, 2, 3))
VALUES = seasonal(60, 7)


class City:
    """One daily indicator, forecast by whoever is given: always 100 ± 1, ± 2."""

    def __init__(self, url: str) -> None:
        engine = connect(url)
        self.values = PostgresObservations(engine)
        self.store = PostgresForecasts(engine)
        self.hours = RolledReader(PostgresRollups(engine), self.values)
        self.kept = KeptForecasts(self.store, self.values)
        self.mase = 0.5
        self.tasks: list[Task] = []

    def indicators(self) -> Sequence[IndicatorSpec]:
        return [DAILY]

    def compute(self, tasks: Sequence[Task]) -> Iterable[Result]:
        self.tasks += tasks
        for one in tasks:
            points = [[100.0, 99.0, 101.0, 98.0, 102.0]] * one.cadence.horizon
            scores = [[5.0 if at == 3 else 0.1, 90.0] for at in range(len(one.values))]
            why = "" if self.mase < 1 else "不优于朴素法"
            yield Result(one.number, "AutoTheta", why, self.mase, 1.0, 0.8, 0.95, points, scores)

    def round(self, now: datetime) -> int:
        return ForecastRound(self, self.values, self.store, self.compute, self.hours).run(now)

    def shown(
        self, as_of: datetime | None = None, **more: Callable[[Period], bool]
    ) -> datetime | None:
        found = self.kept.shown(DAILY.id, REGION, as_of=as_of, **more)
        return None if found is None else found.made_at


@pytest.fixture
def city(database_url: str) -> City:
    made = City(database_url)
    made.values.append(days(VALUES), live=False)
    return made


def next_day(value: float = 103.0, day: int = 60) -> list[Observation]:
    return [replace(one, recorded_at=T2) for one in days(np.array([value]), first=day)]


def test_a_series_is_forecast_once_for_each_new_value(city: City) -> None:
    assert city.round(T1) == 1
    assert city.round(T1) == 0
    city.values.append(next_day(), live=False)
    assert city.round(T2) == 1
    assert city.tasks[-1].values[-1] == 103.0


def test_the_points_are_the_periods_after_the_last_value(city: City) -> None:
    city.round(T1)
    found = city.kept.shown(DAILY.id, REGION, as_of=None)
    assert found is not None
    assert found.through == days(VALUES)[-1].period
    assert found.points[0].period.start == found.through.start + timedelta(days=1)
    assert len(found.points) == 14
    assert found.points[0].period.kind is PeriodKind.DAY
    assert (found.model, found.mase, found.naive_mase) == ("AutoTheta", 0.5, 1.0)


def test_a_forecast_made_later_is_not_shown_as_of_earlier(city: City) -> None:
    city.round(T1)
    city.values.append(next_day(), live=False)
    city.round(T3)
    assert city.shown(T1 - timedelta(seconds=1)) is None
    assert city.shown(T1) == T1
    assert city.shown(T3 - timedelta(seconds=1)) == T1
    assert city.shown(T3) == city.shown() == T3


def test_a_forecast_that_does_not_beat_naive_is_not_shown_and_says_why(city: City) -> None:
    city.mase = 1.0
    city.round(T1)
    assert city.shown() is None
    assert "朴素" in city.kept.why_none(DAILY.id, REGION, as_of=None)


def test_once_the_newest_does_not_beat_naive_the_one_before_is_not_shown_for_it(city: City) -> None:
    city.round(T1)
    city.mase = 1.0
    city.values.append(next_day(), live=False)
    city.round(T3)
    assert city.shown() is None


def test_a_history_that_is_too_short_is_not_tried_again_until_it_grows(database_url: str) -> None:
    city = City(database_url)
    city.values.append(days(VALUES[:20]), live=False)
    assert (city.round(T1), city.round(T1)) == (1, 0)
    assert city.tasks == []
    assert "至少要" in city.kept.why_none(DAILY.id, REGION, as_of=None)


def test_nobody_hears_of_a_value_by_a_forecast_that_he_may_not_know(city: City) -> None:
    city.round(T1)
    city.values.append(next_day(), live=False)
    city.round(T3)
    newest = next_day()[0].period
    assert city.shown(may_know=lambda period: period < newest) == T1
    assert city.shown(may_know=lambda _: False) is None


def test_the_record_says_what_was_forecast_and_what_came(city: City) -> None:
    city.round(T1)
    city.values.append(next_day(103.0), live=False)
    (past,) = city.kept.record(DAILY.id, REGION, as_of=None)
    assert (past.point.mean, past.actual, past.error) == (100.0, 103.0, 3.0)
    assert past.made_at == T1


def test_the_record_follows_a_correction_and_the_moment_it_is_asked_of(city: City) -> None:
    city.round(T1)
    city.values.append(next_day(103.0), live=False)
    city.values.append([replace(next_day(110.0)[0], recorded_at=T3)], live=False)
    assert [one.error for one in city.kept.record(DAILY.id, REGION, as_of=None)] == [10.0]
    assert [one.error for one in city.kept.record(DAILY.id, REGION, as_of=T2)] == [3.0]
    assert city.kept.record(DAILY.id, REGION, as_of=T1) == []


def test_the_record_does_not_tell_an_unreleased_value(city: City) -> None:
    city.round(T1)
    city.values.append(next_day(), live=False)
    assert city.kept.record(DAILY.id, REGION, as_of=None, may_know=lambda _: False) == []


def test_what_was_not_shown_is_not_on_the_record(city: City) -> None:
    city.mase = 1.0
    city.round(T1)
    city.values.append(next_day(), live=False)
    assert city.kept.record(DAILY.id, REGION, as_of=None) == []


def test_the_record_is_cut_to_the_newest(city: City) -> None:
    for day in range(4):
        city.round(T1 + timedelta(days=day))
        city.values.append(next_day(day=60 + day), live=False)
    record = city.kept.record(DAILY.id, REGION, as_of=None, limit=2)
    assert [one.made_at for one in record] == [T1 + timedelta(days=day) for day in (3, 2)]


def test_unusual_values_and_the_newest_have_a_score(city: City) -> None:
    city.round(T1)
    found = city.kept.anomalies(DAILY.id, REGION, as_of=None)
    periods = [one.period for one in days(VALUES)]
    assert [(one.period, one.score) for one in found] == [(periods[-1], 0.1), (periods[3], 5.0)]
    assert city.kept.anomalies(DAILY.id, REGION, as_of=T1 - timedelta(seconds=1)) == []


def test_results_kept_before_a_round_was_cut_short_stay(city: City) -> None:
    other = [replace(one, region="440204") for one in days(VALUES)]
    city.values.append(other, live=False)

    def dies(tasks: Sequence[Task]) -> Iterable[Result]:
        yield from list(city.compute(tasks))[:1]

    ForecastRound(city, city.values, city.store, dies, city.hours).run(T1)
    assert city.shown() == T1
    assert city.round(T2) == 1


def test_old_forecasts_are_pruned_but_never_the_newest(city: City) -> None:
    city.round(T1)
    city.values.append(next_day(), live=False)
    city.round(T2)
    assert city.store.prune(T3) == 1
    assert city.shown() == T2
    assert city.shown(T1) is None


def test_negative_growth_is_possible_where_the_unit_allows_it(city: City) -> None:
    city.round(T1)
    assert city.tasks[0].floor is True  # millimetres of rain
