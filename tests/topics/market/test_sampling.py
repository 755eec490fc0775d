"""Pass rates carry their Wilson interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.market.sampling import pass_rate


def test_the_interval_is_wilsons() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263."""
    found = pass_rate(81, 263)
    assert found.low == pytest.approx(25.53, abs=0.01)
    assert found.high == pytest.approx(36.62, abs=0.01)


def test_no_failure_in_a_small_sample_is_no_certainty() -> None:
    found = pass_rate(20, 20)
    assert (found.percent, found.high) == (100, 100)
    assert found.low == pytest.approx(83.9, abs=0.1)


def test_without_a_sample_there_is_no_rate() -> None:
    assert pass_rate(0, 0).percent is None
    assert pass_rate(0, 0).words == "没有抽检"


def test_the_card_says_the_sample() -> None:
    assert pass_rate(197, 200).words == "98.5 %(197/200 批次,95.7–99.5)"


@pytest.mark.parametrize(("passed", "tested"), [(3, 2), (-1, 5)])
def test_counts_that_contradict_each_other_are_refused(passed: int, tested: int) -> None:
    with pytest.raises(ValueError, match="互相矛盾"):
        pass_rate(passed, tested)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_rate_lies_within_its_interval(counts: tuple[int, int]) -> None:
    found = pass_rate(*counts)
    assert found.low is not None
    assert found.percent is not None
    assert found.high is not None
    assert 0 <= found.low <= found.percent <= found.high <= 100
