"""Series whose future is known to the tests, and an indicator that they belong to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

Floats = npt.NDArray[np.float64]
START = datetime(2025, 12, 31, 16, tzinfo=UTC)  # 1 January 2026 in Shaoguan
SAID = datetime(2026, 8, 1, tzinfo=UTC)
REGION = "440203"
DAILY = next(one for one in Catalogue.load([SHIPPED]).indicators() if one.id == "water.rain_day")


def indicator(kind: PeriodKind, frequency: timedelta, unit: str = "件") -> IndicatorSpec:
    return DAILY.model_copy(update={"period_kind": kind, "frequency": frequency, "unit": unit})


def seasonal(count: int, season: int, *, noise: float = 2.0) -> Floats:
    """A rising wave; the same numbers each time."""
    steps = np.arange(count)
    random = np.random.default_rng(7).normal(0, noise, count)
    return np.asarray(100 + 0.3 * steps + 10 * np.sin(2 * np.pi * steps / season) + random)


def days(values: Floats, *, first: int = 0) -> list[Observation]:
    return [
        Observation(
            DAILY.id,
            REGION,
            Period(START + timedelta(days=first + n), PeriodKind.DAY),
            float(value),
            unit=DAILY.unit,
            recorded_at=SAID,
        )
        for n, value in enumerate(values)
    ]


def without(rows: list[Observation], *places: int) -> list[Observation]:
    return [
        replace(one, value=None, status=ValueStatus.MISSING) if n in places else one
        for n, one in enumerate(rows)
    ]
