"""GB 3096-2008 by zone and part of the day (limits secondary, times unverified)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.ecology import noise
from topics.ecology.site_limits import place_limits
from topics.kit.contracts import Region
from topics.kit.formula.domain import Frame
from topics.kit.measured import Measured, read_measured

DAY = date(2026, 6, 1)
LIMITS = {
    "0": (50, 40),
    "1": (55, 45),
    "2": (60, 50),
    "3": (65, 55),
    "4a": (70, 55),
    "4b": (70, 60),
    "4b既有": (70, 55),
}
CASES = [
    (zone, part, limit)
    for zone, (day, night) in LIMITS.items()
    for part, limit in (("day", day), ("night", night))
]


def level(value: float) -> Measured:
    return Measured(value, noise.UNIT)


@pytest.mark.parametrize(("zone", "part", "limit"), CASES)
def test_a_level_equal_to_the_limit_of_its_zone_keeps_it(
    zone: str, part: noise.PartOfDay, limit: float
) -> None:
    """GB 3096-2008 table 1."""
    assert noise.judge(level(limit), zone, part, DAY).within is True
    assert noise.judge(level(limit + 0.5), zone, part, DAY).within is (limit % 2 == 0)
    assert noise.judge(level(limit + 0.6), zone, part, DAY) == noise.NoiseJudgement(
        False, limit, 1.0
    )


@pytest.mark.parametrize(("zone", "part", "limit"), [one for one in CASES if one[1] == "night"])
def test_a_sudden_noise_at_night_may_be_fifteen_above(zone: str, part: str, limit: float) -> None:
    """GB 3096-2008 5.4 (secondary)."""
    assert noise.judge_peak(level(limit + 15), zone, DAY).within is True
    assert noise.judge_peak(level(limit + 15.1), zone, DAY).within is False


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ("05:59", "night"),
        ("06:00", "day"),
        ("21:59", "day"),
        ("22:00", "night"),
        ("00:00", "night"),
    ],
)
def test_day_is_from_six_to_twenty_two(clock: str, part: str) -> None:
    """GB 3096-2008 3.4 (unverified)."""
    assert noise.part_of_day(datetime.fromisoformat(f"2026-06-01T{clock}+08:00")) == part


def test_a_mean_level_is_a_mean_of_energies() -> None:
    """Two equal halves of 60 and 70 dB make 67.4 dB, not 65."""
    assert noise.equivalent([60, 70]) == pytest.approx(67.4036, abs=1e-4)
    assert noise.equivalent([60, 70], [3, 1]) == pytest.approx(65.1188, abs=1e-4)


def test_missing_levels_leave_the_mean_and_none_makes_none() -> None:
    assert noise.equivalent([60, float("nan")]) == pytest.approx(60)
    assert noise.equivalent([float("nan")]) is None


@given(st.lists(st.floats(20, 120), min_size=1, max_size=30))
def test_a_mean_level_lies_between_the_arithmetic_mean_and_the_loudest(levels: list[float]) -> None:
    found = noise.equivalent(levels)
    assert found is not None
    assert np.mean(levels) - 1e-6 <= found <= max(levels) + 1e-6


def test_hours_are_gathered_into_day_and_night() -> None:
    start = datetime.fromisoformat("2026-06-01T00:00+08:00")
    hours = [(start + timedelta(hours=one), 60.0 if 6 <= one < 22 else 45.0) for one in range(24)]
    found = noise.day_and_night(hours)
    assert found == {"day": pytest.approx(60.0), "night": pytest.approx(45.0)}
    assert noise.day_and_night([(start, None)]) == {"day": None, "night": None}


@pytest.mark.parametrize("zone", ["4", "5", "", "居住"])
def test_an_unknown_zone_is_not_judged_and_says_which_there_are(zone: str) -> None:
    found = noise.judge(level(50), zone, "day", DAY)
    assert found.within is None
    assert "4a" in found.why


def test_zones_are_read_as_people_write_them() -> None:
    assert noise.limit_of("4A类", "night", DAY) == 55
    assert noise.limit_of(" 2 类".replace(" ", ""), "day", DAY) == 60


@pytest.mark.parametrize("cell", ["ND", "/", "", "吵", None])
def test_a_cell_without_a_level_is_not_judged(cell: object) -> None:
    assert noise.judge(read_measured(cell, noise.UNIT), "2", "day", DAY).within is None
    assert noise.judge_peak(read_measured(cell, noise.UNIT), "2", DAY).within is None


def test_sites_are_held_against_their_own_zone() -> None:
    sites = [
        Region(code, code, code, "site", "440203", 1, date.min, facts=(("zone", zone),))
        for code, zone in (("Z1", "1"), ("Z2", "4b"), ("Z3", ""))
    ]
    found = noise.noise_over_night(Frame(sites, [DAY]), np.array([[50.0], [50.0], [50.0]]))
    assert found.value[:2, 0].tolist() == [5.0, -10.0]
    assert np.isnan(found.value[2, 0])
    assert noise.noise_over_day(Frame(sites[:1], [DAY]), np.array([[50.0]])).value[0, 0] == -5.0


def test_a_limit_says_what_it_rests_on() -> None:
    assert noise.limits_basis("2", DAY).startswith("GB 3096-2008")
    assert "4a" in noise.limits_basis("9", DAY)


def test_a_sudden_noise_is_told_by_how_much_it_is_over() -> None:
    """GB 3096-2008 5.4 (secondary): zone 1 at night 45 + 15."""
    site = Region("N1", "甲", "甲", "site", "440203", 1, date.min, facts=(("zone", "1"),))
    found = noise.noise_over_peak(Frame([site], [DAY]), np.array([[61.5]]))
    assert found.value[0, 0] == 1.5
    limits = place_limits("ecology.noise_night_peak", site, DAY)
    assert limits is not None
    assert limits.text(0) == "≤60"
    nowhere = Region("N2", "乙", "乙", "site", "440203", 1, date.min)
    assert np.isnan(noise.noise_over_peak(Frame([nowhere], [DAY]), np.array([[61.5]])).value).all()
