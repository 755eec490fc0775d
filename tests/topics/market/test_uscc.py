"""统一社会信用代码: check digit of GB 32100-2015 (4_market uscc_check; unverified)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.market.uscc import ALPHABET, CodeState, check_digit, read_code

VECTOR = "91350100M000100Y43"
BODIES = st.builds(
    "{}1440200{}".format, st.sampled_from("159NY"), st.text(ALPHABET, min_size=9, max_size=9)
)


def test_the_vector_has_its_check_digit() -> None:
    assert check_digit(VECTOR[:-1]) == "3"
    assert read_code(VECTOR) == (VECTOR, CodeState.VALID)


def test_the_alphabet_has_31_letters_without_the_confusing_ones() -> None:
    assert len(set(ALPHABET)) == 31
    assert not set("IOSVZ") & set(ALPHABET)


@given(BODIES, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_place_is_always_noticed(body: str, place: int, letter: str) -> None:
    code = body + check_digit(body)
    wrong = code[:place] + letter + code[place + 1 :]
    read, state = read_code(wrong)
    assert read == wrong
    assert (state is CodeState.VALID) == (wrong == code)


@pytest.mark.parametrize(
    ("given_code", "state"),
    [
        (None, CodeState.EMPTY),
        ("  ", CodeState.EMPTY),
        (VECTOR[:-1], CodeState.LENGTH),
        (VECTOR + "0", CodeState.LENGTH),
        ("9135O100M000100Y43", CodeState.LETTER),
        ("91350100M000100Y44", CodeState.CHECK),
        ("91350100m000100y43", CodeState.VALID),
        ("91350100 M000100Y43", CodeState.VALID),
        ("91350100M000100Y43", CodeState.VALID),
        (91350100, CodeState.LENGTH),
        ("个体工商户暂无统一社会信用代码未登记吗", CodeState.LENGTH),
    ],
)
def test_a_written_code_is_flagged_and_kept(given_code: object, state: CodeState) -> None:
    code, found = read_code(given_code)
    assert found is state
    assert bool(code) == (state is not CodeState.EMPTY)


def test_a_body_of_the_wrong_form_has_no_check_digit() -> None:
    with pytest.raises(ValueError, match="17 位"):
        check_digit("9135")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("00000000000000000", CodeState.OFFICE),
        ("B1440200M00010000", CodeState.OFFICE),
        ("91990200M00010000", CodeState.REGION),
        ("9100A000M00010000", CodeState.REGION),
        ("91440200M00010000", CodeState.VALID),
        ("91100000M00010000", CodeState.VALID),
        ("N2440200M00010000", CodeState.VALID),
    ],
)
def test_an_authority_or_region_that_is_none_is_told_though_the_check_digit_is_right(
    body: str, state: CodeState
) -> None:
    # GB 32100-2015 4.1: 登记管理部门代码, 机构类别代码, 登记管理机关行政区划码 (GB/T 2260)
    assert read_code(body + check_digit(body))[1] is state
