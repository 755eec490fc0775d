"""What limit a chart of a place shows: by averaging time, zone and day."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date

import numpy as np
import pytest

from topics.ecology import aqi
from topics.ecology.site_limits import place_limits
from topics.kit.contracts import Region
from topics.kit.words.lamps import Lamp

NEW, OLD, FINAL = date(2026, 6, 1), date(2026, 2, 1), date(2031, 6, 1)


def place(zone: str = "") -> Region:
    return Region("Z1", "甲点", "甲点", "site", "440203", 1, date.min, facts=(("zone", zone),))


@pytest.mark.parametrize("indicator", ["ecology.pm25_hour", "ecology.pm10_hour"])
def test_an_hourly_particle_mean_has_classes_and_no_limit(indicator: str) -> None:
    """PRACTICE 5; GB 3095-2026 table 1 has no 1-hour limit for particles."""
    found = place_limits(indicator, place(), NEW)
    assert found is not None
    assert (found.aim, found.text(0), found.lamp_of(400.0)) == ("", "", Lamp.NONE)
    assert found.bands[0].label == "优"


@pytest.mark.parametrize(
    ("indicator", "moment", "text"),
    [
        ("ecology.pm25_day", NEW, "≤60"),
        ("ecology.pm25_day", OLD, "≤75"),
        ("ecology.pm25_day", FINAL, "≤50"),
        ("ecology.pm10_day", NEW, "≤120"),
        ("ecology.o3_8h_day", NEW, "≤160"),
        ("ecology.o3_hour", NEW, "≤200"),
        ("ecology.so2_hour", NEW, "≤500"),
        ("ecology.so2_hour", FINAL, "≤150"),
        ("ecology.so2_day", NEW, "≤150"),
        ("ecology.no2_day", NEW, "≤80"),
        ("ecology.no2_hour", NEW, "≤200"),
        ("ecology.co_day", NEW, "≤4"),
        ("ecology.co_hour", NEW, "≤10"),
    ],
)
def test_a_mean_has_the_limit_of_its_own_averaging_time_and_day(
    indicator: str, moment: date, text: str
) -> None:
    """GB 3095-2012 and GB 3095-2026 table 1, grade 2."""
    found = place_limits(indicator, place(), moment)
    assert found is not None
    assert found.text(0) == text


@pytest.mark.parametrize(
    ("value", "label", "lamp"),
    [
        (35, "优", Lamp.OK),
        (36, "良", Lamp.OK),
        (60, "良", Lamp.OK),
        (60.3, "良", Lamp.OK),
        (60.5, "良", Lamp.OK),
        (60.51, "轻度污染", Lamp.WARN),
        (61, "轻度污染", Lamp.WARN),
        (116, "中度污染", Lamp.BAD),
        (400, "严重污染", Lamp.BAD),
    ],
)
def test_a_daily_mean_has_the_class_of_its_index(value: float, label: str, lamp: Lamp) -> None:
    """HJ 633-2026 tables 1 and 3; 4.2.2: rounded before it is rated (GB/T 8170)."""
    found = place_limits("ecology.pm25_day", place(), NEW)
    assert found is not None
    band = found.band_of(value)
    assert band is not None
    assert (band.label, found.lamp_of(value)) == (label, lamp)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (55, "达标"),
        (55.4, "达标"),
        (55.6, "超标"),
        (56, "超标"),
        (60, "超标"),
        (60.4, "超标"),
        (61, "超标 5 dB 以上"),
    ],
)
def test_noise_is_held_against_the_zone_of_the_place(value: float, label: str) -> None:
    """GB 3096-2008 table 1: zone 1 by day 55 dB(A)."""
    found = place_limits("ecology.noise_day", place("1"), NEW)
    assert found is not None
    band = found.band_of(value)
    assert band is not None
    assert band.label == label
    assert found.aim_name == "1 类区限值"


def test_a_place_without_a_zone_and_another_number_have_no_limit() -> None:
    assert place_limits("ecology.noise_day", place(), NEW) is None
    assert place_limits("ecology.good_days", place(), NEW) is None


@pytest.mark.parametrize(("pollutant", "column"), [("CO", "co_day"), ("PM2.5", "pm25_day")])
def test_the_class_on_the_chart_is_the_class_of_the_index(pollutant: str, column: str) -> None:
    """Both round first, so that no value shows two classes."""
    found = place_limits(f"ecology.{column}", place(), NEW)
    assert found is not None
    labels = [one.label for one in found.bands]
    for value in np.arange(0, 130, 0.01) if pollutant != "CO" else np.arange(0, 40, 0.01):
        index = float(aqi.rules_on(NEW).scale(pollutant, aqi.DAILY).iaqi(value))
        band = found.band_of(float(value))
        assert band is not None
        assert labels.index(band.label) == bisect_left((50, 100, 150, 200, 300), index), value


@pytest.mark.parametrize(
    ("indicator", "moment", "text"),
    [
        ("ecology.pm25_ytd", date(2026, 2, 1), "≤35"),
        ("ecology.pm25_ytd", date(2026, 3, 1), "≤30"),
        ("ecology.pm25_ytd", date(2031, 2, 1), "≤25"),
        ("ecology.pm25_year", date(2025, 1, 1), "≤35"),
        ("ecology.pm25_year", date(2026, 1, 1), "≤30"),
        ("ecology.pm25_year", date(2031, 1, 1), "≤25"),
    ],
)
def test_a_mean_over_the_year_is_held_against_the_annual_limit(
    indicator: str, moment: date, text: str
) -> None:
    """GB 3095-2012 and GB 3095-2026 table 1, grade 2."""
    found = place_limits(indicator, place(), moment)
    assert found is not None
    assert found.text(0) == text
    limit = float(text[1:])
    assert [found.lamp_of(limit + more) for more in (0.4, 0.6)] == [Lamp.OK, Lamp.WARN]
