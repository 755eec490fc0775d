"""Cells of real sources: numbers as people write them, gaps, and words for states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.contracts import ValueStatus
from topics.kit.refresh.values import parse_region, parse_status, parse_value


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,268.4", 1268.4), (" 12 ", 12), ("-3.5", -3.5), ("12", 12), (7, 7), ("1e3", 1000)],
)
def test_numbers_are_read_as_people_write_them(cell: object, number: float) -> None:
    assert parse_value(cell) == number


@pytest.mark.parametrize("cell", [None, "", "-", "—", "NA", "n/a", " 缺测 ", "null"])
def test_a_gap_is_no_number(cell: object) -> None:
    assert parse_value(cell) is None


@pytest.mark.parametrize("cell", ["12亿元", "1,2,3", "inf", float("nan"), True, "12%"])
def test_what_is_no_number_is_refused_with_the_cell(cell: object) -> None:
    with pytest.raises(ValueError, match=r"不是(数|有限的数)"):
        parse_value(cell)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_number_is_lost(number: float) -> None:
    assert parse_value(repr(number)) == number


def test_a_gap_is_missing_unless_the_source_says_not_monitored() -> None:
    assert parse_status("", None) is ValueStatus.MISSING
    assert parse_status("未监测", None) is ValueStatus.NOT_MONITORED
    assert parse_status("估算", 3.0) is ValueStatus.ESTIMATED


def test_a_code_from_a_spreadsheet_loses_its_decimal() -> None:
    assert [parse_region(one) for one in (440203.0, "440203.0", " 440203 ", 440203)] == (
        ["440203"] * 4
    )
