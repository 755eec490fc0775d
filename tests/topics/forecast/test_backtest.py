"""The back-test's measures, against numbers worked out by hand, and the anomaly scores."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from tests.topics.forecast.series import Floats, seasonal
from topics.kit.forecast.anomaly import UNUSUAL, robust_scores
from topics.kit.forecast.backtest import Ahead, Score, back_test, naive, origins
from topics.kit.forecast.cadence import Cadence

CADENCE = Cadence(season=2, horizon=2, windows=2, step=1, longest=99, renew=timedelta(0))


class Constant:
    """Says `value` ± 1 (80 %) and ± 3 (95 %), whatever was; notes what it was shown."""

    name = "constant"

    def __init__(self, value: float) -> None:
        self.value = value
        self.seen: list[int] = []

    def fit(self, values: Floats) -> None:
        self.seen.append(len(values))

    def ahead(self, values: Floats, horizon: int) -> Ahead:
        self.seen.append(len(values))
        mean = np.full(horizon, self.value)
        return Ahead(mean, {80: (mean - 1, mean + 1), 95: (mean - 3, mean + 3)})


class Failing(Constant):
    name = "failing"

    def fit(self, values: Floats) -> None:
        raise ZeroDivisionError


VALUES = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 9.0, 4.0])
ALL = np.ones(7, dtype=bool)


def scored(model: Constant, *, values: Floats = VALUES, known: Floats = ALL) -> dict[str, Score]:
    return back_test([model], values, known, CADENCE)


def test_errors_are_measured_against_the_naive_error_of_the_training_part() -> None:
    # Origins 5 and 6: what came is [9, 4] and [4]; the naive error before is (2+3+4)/3 = 3.
    score = scored(Constant(7.0))["constant"]
    assert score.mase == pytest.approx((2 + 3 + 3) / 3 / 3)
    # Naive says [5, 7] and [7].
    assert score.naive_mase == pytest.approx((4 + 3 + 3) / 3 / 3)


def test_coverage_counts_what_fell_inside_bounds_included() -> None:
    score = scored(Constant(6.0))["constant"]  # errors 3, 2, 2
    assert score.coverage == {80: 0.0, 95: 1.0}


def test_no_model_sees_what_came_after_an_origin() -> None:
    model = Constant(7.0)
    scored(model)
    assert model.seen == [5, 5, 6]
    assert list(origins(7, CADENCE)) == [5, 6]


def test_values_that_were_filled_in_judge_nobody() -> None:
    known = ALL.copy()
    known[6] = False
    assert scored(Constant(7.0), known=known)["constant"].mase == pytest.approx(2 / 3)


def test_a_model_that_fails_or_answers_no_number_is_not_scored() -> None:
    assert scored(Failing(1.0)) == {}
    assert scored(Constant(float("nan"))) == {}


def test_where_naive_never_erred_there_is_nothing_to_beat() -> None:
    assert scored(Constant(1.0), values=np.tile([1.0, 2.0], 4)[:7]) == {}


def test_the_naive_forecast_repeats_the_last_season() -> None:
    assert naive(np.array([1.0, 2.0, 3.0]), 2, 5).tolist() == [2.0, 3.0, 2.0, 3.0, 2.0]


def test_an_unusual_value_stands_out_and_its_neighbours_do_not() -> None:
    values = seasonal(60, 12)
    values[40] += 40
    scores, expected = robust_scores(values, 12)
    assert scores[40] > UNUSUAL
    assert abs(expected[40] - (values[40] - 40)) < 12
    assert np.abs(np.delete(scores, 40)).max() < scores[40] / 3


def test_a_steady_rise_has_nothing_unusual_at_its_ends() -> None:
    scores, _ = robust_scores(np.arange(60.0) * 5 + seasonal(60, 12), 12)
    assert np.abs(scores[:6]).max() < UNUSUAL
    assert np.abs(scores[-6:]).max() < UNUSUAL


def test_a_fall_scores_below_zero() -> None:
    values = seasonal(60, 12)
    values[30] -= 40
    assert robust_scores(values, 12)[0][30] < -UNUSUAL


def test_one_stroke_among_equal_values_is_unusual_and_finite() -> None:
    values = np.zeros(60)
    values[30] = 5.0
    scores, _ = robust_scores(values, 7)
    assert scores[30] > UNUSUAL
    assert np.isfinite(scores).all()


def test_equal_values_score_nothing() -> None:
    assert robust_scores(np.full(60, 3.0), 7)[0].tolist() == [0.0] * 60
