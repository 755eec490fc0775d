"""How well models would have forecast: rolling origins, MASE, and how often intervals held.

MASE (Hyndman & Koehler 2006): the mean absolute error over that of the seasonal naive forecast
within the training part; below 1 is better than naive was there. The same origins judge the naive
forecast itself. Parameters are fitted before the first origin and only updated later: nothing is
known too early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from topics.kit.forecast.cadence import Cadence
from topics.kit.forecast.history import Floats

LEVELS = (80, 95)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The coming periods; `bands` maps 80 and 95 to the bounds."""

    mean: Floats
    bands: dict[int, tuple[Floats, Floats]]

    def finite(self) -> bool:
        """Whether every number is one."""
        bounds = [one for pair in self.bands.values() for one in pair]
        return all(bool(np.isfinite(one).all()) for one in (self.mean, *bounds))


class Model(Protocol):
    """One way to forecast."""

    name: str

    def fit(self, values: Floats) -> None:
        """Learn its parameters."""

    def ahead(self, values: Floats, horizon: int) -> Ahead:
        """What follows `values`, with the parameters learnt before."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a back-test found; coverage counts the values inside the intervals."""

    mase: float
    naive_mase: float
    coverage: dict[int, float]


def origins(count: int, cadence: Cadence) -> range:
    """How many values are known at each origin of the back-test."""
    return range(count - cadence.windows * cadence.step, count, cadence.step)


def naive(values: Floats, season: int, horizon: int) -> Floats:
    """The seasonal naive forecast: what was said a season before."""
    return values[-season:][np.arange(horizon) % season]


def scale(values: Floats, season: int) -> float:
    """The mean absolute error of the naive forecast within `values`."""
    return float(np.abs(values[season:] - values[:-season]).mean())


def back_test(
    models: Sequence[Model], values: Floats, known: Floats, cadence: Cadence
) -> dict[str, Score]:
    """The score of every model that managed all origins; empty when naive never errs."""
    starts = origins(len(values), cadence)
    unit = scale(values[: starts[0]], cadence.season)
    if not unit > 1e-12 * np.abs(values).max():
        return {}
    naive_errors = _errors(
        [naive(values[:at], cadence.season, _steps(at, values, cadence)) for at in starts],
        starts, values, known,
    )  # fmt: skip
    found: dict[str, Score] = {}
    for model in models:
        answers = _answers(model, values, cadence)
        if answers is None:
            continue
        errors = _errors([one.mean for one in answers], starts, values, known)
        found[model.name] = Score(
            float(errors.mean() / unit),
            float(naive_errors.mean() / unit),
            {level: _coverage(answers, level, starts, values, known) for level in LEVELS},
        )
    return found


def _answers(model: Model, values: Floats, cadence: Cadence) -> list[Ahead] | None:
    starts = origins(len(values), cadence)
    try:
        model.fit(values[: starts[0]])
        answers = [model.ahead(values[:at], _steps(at, values, cadence)) for at in starts]
    except Exception:  # noqa: BLE001 a model that cannot cope with a series is simply not chosen
        return None
    return answers if all(one.finite() for one in answers) else None


def _steps(at: int, values: Floats, cadence: Cadence) -> int:
    return min(cadence.horizon, len(values) - at)


def _errors(forecasts: Sequence[Floats], starts: range, values: Floats, known: Floats) -> Floats:
    parts = [
        np.abs(values[at : at + len(one)] - one)[known[at : at + len(one)].astype(bool)]
        for at, one in zip(starts, forecasts, strict=True)
    ]
    return np.concatenate(parts)


def _coverage(
    answers: Sequence[Ahead], level: int, starts: range, values: Floats, known: Floats
) -> float:
    held = []
    for at, one in zip(starts, answers, strict=True):
        low, high = one.bands[level]
        came = values[at : at + len(low)]
        held.append(((low <= came) & (came <= high))[known[at : at + len(low)].astype(bool)])
    return float(np.concatenate(held).mean())
