from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.words.numbers import Written, write


@pytest.mark.parametrize(
    ("value", "unit", "precision", "written"),
    [
        (1268.4, "亿元", 1, ("1,268.4", "亿元")),
        (1284.0, "件", 0, ("1,284", "件")),
        (99_999.0, "件", 0, ("99,999", "件")),
        (100_000.0, "人", 0, ("10.0", "万人")),
        (29_400_000.0, "户", 0, ("2,940.0", "万户")),
        (48_620_000_000.0, "元", 0, ("486.20", "亿元")),
        (-0.3, "点", 1, ("−0.3", "点")),
        (-0.04, "点", 1, ("0.0", "点")),
        (0.0, "台", 0, ("0", "台")),
        (None, "台", 0, ("—", "台")),
        (2.5, "", 0, ("2", "")),
    ],
)
def test_numbers_are_written_as_the_style_asks(value, unit, precision, written):
    assert write(value, unit, precision) == Written(*written)


@given(st.floats(-99_999, 99_999), st.integers(0, 4))
def test_what_is_written_reads_back_within_half_a_last_digit(value, precision):
    text = write(value, "", precision).text.replace(",", "").replace("−", "-")
    assert abs(float(text) - value) <= 0.5 * 10**-precision + 1e-9
