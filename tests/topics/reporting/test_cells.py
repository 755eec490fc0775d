"""What people type or paste into a cell is read as they mean it, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.reporting.cells import read_cell

NUMBERS = st.decimals(-(10**9), 10**9, places=3)
FULL_WIDTH = str.maketrans("0123456789.,-", "0123456789.,-")


@given(NUMBERS)
def test_a_number_is_read_however_it_is_written(number: object) -> None:
    plain, grouped = f"{number:f}", f"{number:,f}"
    for text in (plain, grouped, f" {plain}\u00a0", grouped.translate(FULL_WIDTH), plain + "亿元"):
        assert read_cell(text, "亿元").value == float(plain), text


@given(st.text(max_size=80), st.sampled_from(["%", "亿元", ""]))
def test_any_text_is_a_number_a_gap_nothing_or_a_sentence(text: str, unit: str) -> None:
    found = read_cell(text, unit)
    said = [found.value is not None, found.gap, found.problem is not None, found.empty]
    assert said.count(True) == 1


@pytest.mark.parametrize("text", ["-", "—", "/", "－", "N/A", "缺报", "…", "−"])
def test_a_dash_or_a_word_for_none_is_a_gap(text: str) -> None:
    assert read_cell(text).gap


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.2万", "数量级"),
        ("1,23", "逗号"),
        ("#REF!", "算式出错"),
        ("约95", "不是数"),
        ("9" * 30, "太大"),
        ("1e999", "太大"),
        ("nan", None),
        ("x" * 65, "64"),
        ("12%", "百分数"),
    ],
)
def test_what_is_no_number_says_why(text: str, words: str | None) -> None:
    found = read_cell(text, "亿元")
    assert found.value is None
    assert words is None or words in (found.problem or "")


def test_a_per_cent_sign_is_fine_where_the_column_is_in_per_cent() -> None:
    assert read_cell("96.2%", "%").value == 96.2


def test_minus_zero_is_zero() -> None:
    assert str(read_cell("-0").value) == "0.0"
