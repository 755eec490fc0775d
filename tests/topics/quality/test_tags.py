"""The quality of one value in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.topics.quality.indicators import CITY, NOON, WUJIANG, at, spec, value
from topics.kit.contracts import ValueStatus

HOUR = timedelta(hours=1)
CHECKED = spec(checks={"min": 0, "soft_max": 500, "jump": 300, "stuck_hours": 8, "additive": "sum"})


@pytest.fixture
def tagged(desk):
    desk.indicators.add(CHECKED)
    return desk


def texts(desk, one, as_of=None):
    found = desk.quality.tags(CHECKED, one.region, one.period, as_of=as_of)
    return [(tag.kind, tag.state, tag.text) for tag in found]


def on_time(number, hour, status=None):
    one = value(number, hour, status=status)
    return replace(one, recorded_at=one.period.start + HOUR)


def test_a_good_value_has_passed_every_check_that_applies(tagged):
    tagged.put(*[on_time(10 + n, n) for n in range(3)])
    assert texts(tagged, value(0, 2)) == [
        ("range", "ok", "范围校验通过"),
        ("jump", "ok", "跳变校验通过"),
        ("stuck", "ok", "未见卡死"),
        ("completeness", "ok", "完整 100%"),
        ("timely", "ok", "及时"),
    ]


def test_a_city_is_checked_against_its_counties_too(tagged):
    tagged.put(replace(on_time(10, 0), region=CITY))
    assert texts(tagged, value(0, 0, CITY))[-1] == ("cross", "ok", "上下级核对通过")


def test_a_doubted_value_says_why_and_as_of_before_it_was_not_doubted(tagged):
    tagged.put(value(10), now=NOON + HOUR)
    tagged.put(value(600), now=NOON + 2 * HOUR)
    assert texts(tagged, value(0))[0] == ("range", "warn", "超出合理范围")
    earlier = texts(tagged, value(0), as_of=NOON + HOUR)
    assert earlier[0] == ("range", "ok", "范围校验通过")


def test_an_accepted_value_is_said_to_be_verified(tagged):
    tagged.put(value(600))
    (flag,) = tagged.open()
    with tagged.engine.begin() as transaction:
        tagged.flags.accept(flag, now=NOON, connection=transaction)
    assert texts(tagged, value(0))[0] == ("range", "ok", "已人工核实")


def test_gaps_and_estimates_are_told_as_shares(tagged):
    states = [None] + [ValueStatus.ESTIMATED] + [None] * 6
    rows = [on_time(10 + n, n, status) for n, status in enumerate(states)]
    del rows[3]
    tagged.put(*rows)
    found = {kind: text for kind, _, text in texts(tagged, value(0, 7))}
    assert (found["completeness"], found["estimated"]) == ("完整 87.5%", "含估算 12.5%")


def test_a_value_that_came_too_late_says_by_how_much(tagged):
    late = value(10)
    tagged.put(replace(late, recorded_at=late.period.start + 5 * HOUR))
    assert texts(tagged, value(0))[-1] == ("timely", "warn", "迟报 2 时")


def test_a_correction_does_not_make_a_value_late(tagged):
    tagged.put(on_time(10, 0))
    tagged.put(value(11), now=NOON + timedelta(days=3))
    assert texts(tagged, value(0))[-1] == ("timely", "ok", "及时")


def test_a_value_that_never_came_is_not_called_good(tagged):
    tagged.put(on_time(10, 0))
    found = tagged.quality.tags(CHECKED, WUJIANG, at(1), as_of=NOON + 9 * HOUR)
    assert [tag.text for tag in found if tag.kind in ("completeness", "timely")] == [
        "完整 50%",
        "未到",
    ]
