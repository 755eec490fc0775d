"""What is looked at before a series is forecast, and when it is not forecast at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tests.topics.forecast.series import DAILY, days, indicator, without
from topics.kit.contracts import Observation, PeriodKind, ValueStatus
from topics.kit.forecast.cadence import cadence_of, on_from, quarterly
from topics.kit.forecast.history import History, NoHistory, history_of
from topics.kit.period_texts import parse_period
from topics.kit.periods import spelt


def taken(rows: list[Observation]) -> History:
    cadence = cadence_of(DAILY)
    assert cadence is not None
    return history_of(rows, cadence, by_quarter=False)


def test_short_gaps_are_filled_between_their_neighbours_and_said_to_be_filled() -> None:
    history = taken(without(days(np.arange(60.0)), 20, 40))
    assert history.values.tolist() == list(np.arange(60.0))
    assert np.flatnonzero(~history.known).tolist() == [20, 40]


def test_nothing_before_a_long_gap_is_looked_at() -> None:
    history = taken(without(days(np.arange(80.0)), 9, 10))
    assert history.values[0] == 11.0


def test_a_gap_of_a_quarter_season_is_short() -> None:
    assert taken(without(days(np.arange(80.0)), 9)).values[0] == 0.0


def test_a_suspect_value_counts_as_a_gap() -> None:
    rows = days(np.arange(60.0))
    rows[30] = replace(rows[30], value=9e9, status=ValueStatus.SUSPECT)
    assert taken(rows).values[30] == 30.0


def test_missing_values_at_the_end_are_ahead_not_history() -> None:
    history = taken(without(days(np.arange(60.0)), 58, 59))
    assert history.values[-1] == 57.0


def test_the_shortest_history_is_enough_and_one_less_is_not() -> None:
    cadence = cadence_of(DAILY)
    assert cadence is not None
    assert len(taken(days(np.arange(float(cadence.shortest)))).values) == cadence.shortest
    with pytest.raises(NoHistory, match="至少要 48 期"):
        taken(days(np.arange(float(cadence.shortest - 1))))


def test_a_series_of_gaps_is_not_forecast() -> None:
    with pytest.raises(NoHistory, match="没有可用"):
        taken(without(days(np.arange(3.0)), 0, 1, 2))
    every_eighth = range(7, 70, 8)
    with pytest.raises(NoHistory, match="缺测,超过一成"):
        taken(without(days(np.arange(71.0)), *every_eighth))


def test_a_series_that_never_changes_is_not_forecast() -> None:
    with pytest.raises(NoHistory, match="一直不变"):
        taken(days(np.full(60, 5.0)))


def test_numbers_whose_squares_are_none_are_not_forecast() -> None:
    with pytest.raises(NoHistory, match="过大"):
        taken(days(np.arange(60.0) * 1e300))


def test_moments_are_not_forecast() -> None:
    assert cadence_of(indicator(PeriodKind.INSTANT, timedelta(hours=5))) is None  # no whole day


@pytest.mark.parametrize(
    ("kind", "each", "last", "ahead"),
    [
        ("累计", 31, "2026-11", ["2026-12-01", "2027-02-01", "2027-03-01"]),
        ("累计", 92, "2026-09", ["2026-12-01", "2027-03-01", "2027-06-01"]),
        ("期末", 92, "2026-09", ["2026-12-01", "2027-03-01", "2027-06-01"]),
        ("当月", 31, "2026-12", ["2027-01-01", "2027-02-01", "2027-03-01"]),
        ("日", 1, "2026-12-31", ["2027-01-01", "2027-01-02", "2027-01-03"]),
    ],
)
def test_periods_ahead_follow_the_calendar_of_the_statistics(
    kind: str, each: int, last: str, ahead: list[str]
) -> None:
    spec = indicator(PeriodKind(kind), timedelta(days=each))
    found = on_from(parse_period(last, PeriodKind(kind)), 3, by_quarter=quarterly(spec))
    assert [spelt(one)[:10] for one in found] == ahead


def test_a_quarterly_sum_repeats_after_four_periods() -> None:
    cadence = cadence_of(indicator(PeriodKind.CUMULATIVE, timedelta(days=92)))
    assert cadence is not None
    assert cadence.season == 4
