"""The forecasting process itself, asked once about easy, odd and hopeless series."""

from __future__ import annotations

import sys
from datetime import timedelta

import numpy as np
import pytest

from tests.topics.forecast.series import Floats, indicator, seasonal
from topics.kit.contracts import PeriodKind
from topics.kit.forecast import apart
from topics.kit.forecast.apart import forecast_apart
from topics.kit.forecast.cadence import Cadence, cadence_of
from topics.kit.forecast.task import Result, Task


def cadence(kind: PeriodKind) -> Cadence:
    found = cadence_of(indicator(kind, timedelta(days=1)))
    assert found is not None
    return found


SERIES: dict[str, Floats] = {
    "wave": seasonal(60, 12),
    "short": seasonal(23, 12),
    "perfect": np.tile(np.arange(12.0), 5),
    "step": np.r_[np.ones(30), np.full(30, 50.0)],
    "huge": seasonal(60, 12) * 1e97,
    "minute": seasonal(60, 12) * 1e-200,
    "counts": np.r_[np.zeros(40), np.tile([0.0, 0.0, 4.0, 1.0], 5)],
}
FLOOR = {"counts"}


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    names = list(SERIES)
    tasks = [
        Task(
            n,
            SERIES[one].tolist(),
            [True] * len(SERIES[one]),
            cadence(PeriodKind.MONTH),
            one in FLOOR,
        )
        for n, one in enumerate(names)
    ]
    return {names[one.number]: one for one in forecast_apart(tasks)}


def test_every_series_is_answered_once(results: dict[str, Result]) -> None:
    assert set(results) == set(SERIES)


@pytest.mark.parametrize("name", ["wave", "huge"])
def test_a_wave_is_forecast_better_than_naively(results: dict[str, Result], name: str) -> None:
    result = results[name]
    assert (result.why, result.beats_naive) == ("", True)
    assert result.model in ("AutoTheta", "MSTL")
    assert len(result.points) == 6


def test_intervals_hold_the_mean_and_each_other(results: dict[str, Result]) -> None:
    table = np.array(results["wave"].points)
    mean, low80, high80, low95, high95 = table.T
    assert (low95 <= low80).all()
    assert (low80 <= mean).all()
    assert (mean <= high80).all()
    assert (high80 <= high95).all()


def test_the_wave_goes_on(results: dict[str, Result]) -> None:
    ahead = np.array(results["wave"].points)[:, 0]
    expected = 100 + 0.3 * np.arange(60, 66) + 10 * np.sin(2 * np.pi * np.arange(60, 66) / 12)
    assert np.abs(ahead - expected).max() < 5


def test_what_repeats_itself_exactly_needs_no_model(results: dict[str, Result]) -> None:
    assert results["perfect"].points == []
    assert results["perfect"].why


def test_a_forecast_that_does_not_beat_naive_says_so(results: dict[str, Result]) -> None:
    step = results["step"]
    assert not step.beats_naive
    assert "朴素" in step.why


def test_every_answer_is_a_number_or_a_reason(results: dict[str, Result]) -> None:
    for one in results.values():
        assert np.isfinite(np.array(one.points, dtype=float)).all()
        assert one.why or one.points


def test_counts_are_not_forecast_below_nothing(results: dict[str, Result]) -> None:
    assert (np.array(results["counts"].points) >= 0).all()


def test_the_asking_process_never_loads_the_library(results: dict[str, Result]) -> None:
    assert results
    assert "statsforecast" not in sys.modules


def test_a_process_that_dies_tells_at_which_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    tasks = [Task(n, [1.0], [True], cadence(PeriodKind.MONTH), False) for n in (4, 5)]
    found = list(forecast_apart(tasks))
    assert [(one.number, one.model, bool(one.why)) for one in found] == [(4, "", True)]
