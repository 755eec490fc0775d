"""HJ 633 against its own tables and an independent implementation's vectors."""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.ecology import aqi
from topics.kit.errors import RefreshFailed
from topics.kit.words.numbers import rounded

DAYS = {"HJ 633-2026": date(2026, 3, 1), "HJ 633-2012": date(2026, 2, 28)}
NEW = aqi.rules_on(date(2026, 6, 1))


def _vectors() -> list[dict[str, str]]:
    with (Path(__file__).parent / "aqi_vectors.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _vectors(), ids=lambda row: "-".join(row.values()))
def test_an_index_is_what_the_standard_of_its_day_says(row: dict[str, str]) -> None:
    pollutant, averaging = row["item"].rsplit("_", 1)
    wanted = "24h" if averaging == "8h" else averaging
    scale = aqi.rules_on(DAYS[row["standard"]]).scale(pollutant, wanted)
    assert int(scale.iaqi(float(row["concentration"]))) == int(row["expected_iaqi"])


def test_the_largest_index_decides_and_names_its_pollutant() -> None:
    found = {"PM2.5": 45, "PM10": 80, "SO2": 35, "NO2": 85, "CO": 3, "O3": 140}
    assert NEW.aqi(found, aqi.HOURLY) == aqi.Aqi(72, ("PM10",))


def test_pollutants_that_tie_are_named_together() -> None:
    assert NEW.aqi({"PM2.5": 60, "PM10": 120}, aqi.DAILY) == aqi.Aqi(100, ("PM2.5", "PM10"))


def test_at_fifty_there_is_no_primary_pollutant() -> None:
    assert NEW.aqi({"PM2.5": 35, "CO": 0}, aqi.DAILY) == aqi.Aqi(50, ())


def test_a_missing_pollutant_withholds_the_index_up_to_a_hundred() -> None:
    assert NEW.aqi({"PM2.5": 60, "PM10": None}, aqi.DAILY).value is None


def test_a_missing_pollutant_does_not_withhold_pollution() -> None:
    assert NEW.aqi({"PM2.5": 90, "PM10": None}, aqi.DAILY).value == 128


def test_concentrations_are_rounded_half_to_even_before_they_are_rated() -> None:
    assert int(NEW.scale("PM2.5", aqi.DAILY).iaqi(60.5)) == 100
    assert int(NEW.scale("CO", aqi.DAILY).iaqi(4.05)) == 100


def test_a_mean_of_two_stations_is_rounded_as_the_exact_mean_is() -> None:
    """0.4 and 3.7 mg/m³ are 2.05 exactly: 2.0, index 50; no dust of floating point decides."""
    scale = NEW.scale("CO", aqi.DAILY)
    for one in range(61):
        for other in range(one, 61):
            exact = (Decimal(one) + other) / 20
            wanted = exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
            mean = fmean([one / 10, other / 10])
            assert float(scale.rounded(mean)) == float(wanted), (one, other)
            assert rounded(mean, 1) == wanted, (one, other)
    assert int(scale.iaqi(fmean([0.4, 3.7]))) == 50


def test_an_unknown_pollutant_is_refused_by_name() -> None:
    with pytest.raises(RefreshFailed, match="NH3"):
        NEW.aqi({"NH3": 1.0}, aqi.DAILY)


@given(st.floats(0, 2000), st.floats(0, 2000), st.sampled_from(sorted(NEW.scales)))
def test_more_pollution_never_lowers_the_index(
    one: float, other: float, column: tuple[str, str]
) -> None:
    scale = NEW.scales[column]
    low, high = sorted((one, other))
    assert scale.iaqi(low) <= scale.iaqi(high)
