"""What laboratories write down is read as what it means, or flagged; never a silent number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.measured import Flag, read_measured, unit_factor


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.05", 0.05),
        (0.05, 0.05),
        ("1,234.5", 1234.5),
        ("\uff10.\uff10\uff15", 0.05),  # full width
        (" 3 ", 3.0),
        ("1e-3", 1e-3),
    ],
)
def test_a_number_is_its_value(written: object, value: float) -> None:
    found = read_measured(written, "mg/L")
    assert (found.value, found.flag, found.known) == (value, Flag.OK, True)


@pytest.mark.parametrize("written", ["<0.05", "< 0.05", "0.05L", "\uff1c0.05", "≤0.05"])
def test_below_the_detection_limit_keeps_the_limit_and_has_no_value(written: str) -> None:
    found = read_measured(written, "mg/L")
    assert (found.value, found.limit, found.flag) == (None, 0.05, Flag.BELOW_LIMIT)
    assert found.at_most == 0.05


@pytest.mark.parametrize("written", ["ND", "nd", "未检出"])
def test_not_detected_without_a_limit_cannot_be_judged(written: str) -> None:
    found = read_measured(written, "mg/L")
    assert (found.flag, found.limit, found.known) == (Flag.BELOW_LIMIT, None, False)


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        (None, Flag.MISSING),
        ("", Flag.MISSING),
        ("-", Flag.MISSING),
        ("—", Flag.MISSING),
        (float("nan"), Flag.MISSING),
        ("/", Flag.NOT_MONITORED),
        ("-0.5", Flag.NEGATIVE),
        ("正常", Flag.UNREADABLE),
        ("inf", Flag.UNREADABLE),
        ("1.2.3", Flag.UNREADABLE),
        ("1,23", Flag.UNREADABLE),
        (True, Flag.UNREADABLE),
        ("5 mg", Flag.UNREADABLE),
        (".", Flag.UNREADABLE),
    ],
)
def test_what_is_no_value_says_why(written: object, flag: Flag) -> None:
    found = read_measured(written, "mg/L")
    assert (found.value, found.flag, found.known) == (None, flag, False)


def test_a_signed_quantity_may_be_negative() -> None:
    assert read_measured("-3.5", "℃", signed=True).value == -3.5


def test_micrograms_become_milligrams() -> None:
    found = read_measured("50", "μg/L", into="mg/L")
    assert found.value == pytest.approx(0.05)
    assert read_measured("<50", "ug/L", into="mg/L").limit == pytest.approx(0.05)


def test_air_and_water_units_are_never_converted_into_each_other() -> None:
    assert read_measured("5", "mg/m³", into="mg/L").flag is Flag.WRONG_UNIT
    assert unit_factor("mg/m3", "µg/m³") == 1000


@given(st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.booleans()))
def test_whatever_is_written_gives_a_finite_value_or_a_flag(written: object) -> None:
    found = read_measured(written, "mg/L")
    if found.flag is Flag.OK:
        assert found.value is not None
        assert math.isfinite(found.value)
        assert found.value >= 0
    else:
        assert found.value is None


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False))
def test_a_number_written_out_is_read_back(number: float) -> None:
    assert read_measured(repr(number), "mg/L").value == number
