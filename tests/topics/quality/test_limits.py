from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.topics.quality.indicators import spec, value
from topics.kit.quality.limits import refusal, unusual

LIMITED = spec(checks={"min": 0, "max": 1000, "soft_min": 2, "soft_max": 500})


@pytest.mark.parametrize("number", [0, 1000, 500.5, None])
def test_a_value_up_to_the_hard_limits_may_be_stored(number):
    assert refusal(LIMITED, number) == ""


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (-0.5, "−0.5 µg/m³ 是负数,“PM2.5 小时值”不会小于 0;请核对,缺测请留空"),
        (1000.1, "1,000.1 µg/m³ 高于上限 1,000 µg/m³;请核对数值和单位"),
    ],
)
def test_a_value_beyond_a_hard_limit_is_refused_with_the_fix(number, said):
    assert refusal(LIMITED, number) == said


def test_a_lower_limit_other_than_nothing_is_named():
    assert "低于下限 5 µg/m³" in refusal(spec(checks={"min": 5}), 4)


@pytest.mark.parametrize("number", [2, 500])
def test_a_soft_limit_itself_is_within(number):
    assert unusual(LIMITED, value(number)) is None


@pytest.mark.parametrize(("number", "side"), [(1.9, "下限 2 "), (500.1, "上限 500 ")])
def test_a_value_beyond_a_soft_limit_is_doubted_with_the_limit_named(number, side):
    found = unusual(LIMITED, value(number))
    assert found is not None
    assert (found.kind, found.value) == ("range", number)
    assert side in found.detail


def test_no_value_is_neither_refused_nor_unusual():
    assert unusual(LIMITED, value(None)) is None


def test_an_indicator_without_limits_takes_everything():
    assert refusal(spec(), -1e9) == ""
    assert unusual(spec(), value(-1e9)) is None


def test_limits_out_of_order_are_told_by_the_manifest():
    with pytest.raises(ValidationError, match="soft_max 不能大于 max"):
        spec(checks={"soft_max": 10, "max": 9})
