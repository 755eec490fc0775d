"""What a county reports of leakage can be recomputed (CJJ 92-2016 5.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from app.demo import tables, values
from topics.kit.formula.domain import Frame
from topics.water.supply import leakage_corrected

MONTHS = [datetime(2025 + n // 12, n % 12 + 1, 28, tzinfo=UTC) for n in range(24)]
MOMENTS = np.array([month.timestamp() for month in MONTHS])
CODES = (tables.CITY, *(county.code for county in tables.counties()))


@pytest.mark.parametrize("code", CODES)
def test_reported_and_recomputed_leakage_agree_within_a_third_of_a_point(code: str) -> None:
    supplied, billed, reported, household, pipes, pressure = (
        values.values(f"water.{name}", MOMENTS, MOMENTS)[code]
        for name in (
            *("supply_total", "billed", "leakage"),
            *("household_metered", "pipe_length", "plant_pressure"),
        )
    )
    gross = (supplied - billed) / supplied * 100
    year = np.convolve(supplied, np.ones(12), mode="valid")
    last = slice(11, None)
    found = leakage_corrected(
        Frame((), ()), gross[last], household[last], pipes[last], year, pressure[last]
    ).value
    assert np.abs(found - reported[last]).max() < 0.34
    assert np.all(found < gross[last])  # nothing here is corrected upwards
