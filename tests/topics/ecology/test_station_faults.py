"""Faults of air stations (operating practice, unverified: data/reference/station_faults.csv)."""

from __future__ import annotations

from datetime import date

import pytest

from topics.ecology.station_faults import Fault, faults

DAY = date(2026, 6, 1)
NAN = float("nan")
MOVING = [30.0, 31.0, 29.0, 33.0, 30.0, 28.0]


def rules(hours: dict[str, list[float]]) -> list[tuple[str, int, int]]:
    return [(one.rule, one.first, one.last) for one in faults(hours, DAY)]


def test_moving_air_has_no_fault() -> None:
    assert faults({"PM2.5": MOVING, "PM10": [one + 20 for one in MOVING]}, DAY) == []


@pytest.mark.parametrize(("hours", "found"), [(4, []), (5, [("stuck", 1, 5)])])
def test_equal_hours_in_a_row_are_stuck(hours: int, found: list[tuple[str, int, int]]) -> None:
    assert rules({"PM2.5": [20.0, *[30.0] * hours, 31.0]}) == found


def test_a_gap_ends_a_run_of_equal_hours() -> None:
    assert rules({"PM2.5": [30.0, 30.0, 30.0, NAN, 30.0, 30.0, 30.0]}) == []


def test_missing_hours_are_not_stuck() -> None:
    assert rules({"PM2.5": [NAN] * 8}) == []


def test_values_near_the_detection_limit_may_stand_still() -> None:
    assert rules({"SO2": [4.0] * 6}) == []
    assert rules({"SO2": [5.0] * 6}) == [("stuck", 0, 5)]


def test_a_negative_hour_is_a_fault_with_its_value() -> None:
    (found,) = faults({"O3": [30.0, -2.0, 31.0]}, DAY)
    assert (found.rule, found.first) == ("negative", 1)
    assert "-2" in found.reason


@pytest.mark.parametrize(("peak", "found"), [(140.0, []), (141.0, [("spike", 1, 1)])])
def test_one_hour_far_above_both_neighbours_is_a_spike(
    peak: float, found: list[tuple[str, int, int]]
) -> None:
    assert rules({"PM10": [30.0, peak, 40.0]}) == found


def test_a_new_level_is_no_spike() -> None:
    assert rules({"PM10": [30.0, 300.0, 280.0, 310.0]}) == []


def test_a_high_peak_on_a_high_level_is_no_spike() -> None:
    """More than 100 above, but less than three times as much."""
    assert rules({"PM10": [100.0, 250.0, 110.0]}) == []


@pytest.mark.parametrize(("fine", "found"), [(44.0, []), (44.1, [("inversion", 0, 0)])])
def test_fine_particles_above_all_particles_are_an_inversion(
    fine: float, found: list[tuple[str, int, int]]
) -> None:
    assert rules({"PM2.5": [fine], "PM10": [40.0]}) == found


def test_carbon_monoxide_in_hundreds_was_written_in_micrograms() -> None:
    assert rules({"CO": [0.8, 800.0]}) == [("unit", 1, 1)]


def test_faults_come_in_order_of_time_with_a_reason() -> None:
    found = faults({"PM2.5": [-1.0, 90.0], "PM10": [50.0, 60.0]}, DAY)
    assert found == [
        Fault("negative", "PM2.5", 0, 0, "PM2.5 为负值 -1,按缺测处理"),
        Fault("inversion", "PM2.5", 1, 1, "PM2.5 90 大于 PM10 60 µg/m³,倒挂"),
    ]
