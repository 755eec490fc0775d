"""What happens to values on their way into a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.topics.quality.indicators import NOON, ZHENJIANG, spec, value
from topics.kit.contracts import Period, PeriodKind, ValueStatus
from topics.kit.errors import BadObservation
from topics.kit.quality.contracts import Cleared
from topics.kit.stores.postgres_quality import Asked

LIMITS = {"min": 0, "max": 1000, "soft_max": 500}
SUSPECT = ValueStatus.SUSPECT


@pytest.fixture(autouse=True)
def limited(desk):
    desk.indicators.add(spec(checks=LIMITS))


def test_a_value_beyond_the_hard_limits_is_refused_and_nothing_of_its_batch_is_stored(desk):
    with pytest.raises(BadObservation, match=r"第 2 条.*−1 µg/m³ 是负数"):
        desk.put(value(5), value(-1, 1))
    assert desk.observations.latest(as_of=None) == []


def test_an_unusual_value_is_stored_as_suspect_with_a_flag_and_an_event(desk):
    (changed,) = desk.put(value(600))
    assert changed.status is SUSPECT
    (flag,) = desk.open()
    assert (flag.doubt.kind, flag.doubt.value) == ("range", 600)
    told = desk.events.read(as_of=None, kinds=["quality.raised"], limit=1)
    assert told[0].data == {"flag": flag.id, "check": "range"}


def test_a_whole_refresh_of_unusual_values_is_stored_with_a_flag_each(desk):
    """More than one statement holds: 65,535 values at nine a flag."""
    desk.put(*(value(600, -hour) for hour in range(7400)))
    with desk.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM quality_flag")).scalar() == 7400


def test_the_same_unusual_value_again_changes_nothing(desk):
    desk.put(value(600))
    assert desk.put(value(600)) == []
    assert len(desk.open()) == 1


def test_the_corrected_value_is_believed_and_the_flag_ends(desk):
    desk.put(value(600))
    desk.put(value(60))
    assert desk.said(value(0)) == [(600, "suspect"), (60, "ok")]
    (flag,) = desk.flags.flags(Asked(), limit=9)
    assert flag.cleared is Cleared.CORRECTED


def test_an_estimate_stays_an_estimate_and_is_flagged(desk):
    desk.put(value(600, status=ValueStatus.ESTIMATED))
    assert desk.said(value(0)) == [(600, "estimated")]
    assert len(desk.open("range")) == 1


def test_another_unusual_value_ends_the_old_flag_and_raises_its_own(desk):
    desk.put(value(600))
    desk.put(value(700))
    assert [one.doubt.value for one in desk.open()] == [700]


def test_an_accepted_value_is_believed_however_often_it_is_sent(desk):
    desk.put(value(600))
    (flag,) = desk.open()
    with desk.engine.begin() as transaction:
        assert desk.flags.accept(flag, now=NOON, connection=transaction)
    assert desk.said(value(0)) == [(600, "suspect"), (600, "ok")]
    assert desk.put(value(600)) == []
    assert desk.open() == []
    with desk.engine.begin() as transaction:
        assert not desk.flags.accept(flag, now=NOON, connection=transaction)


def test_a_value_that_came_after_the_flag_is_not_accepted_with_it(desk):
    desk.put(value(600))
    (flag,) = desk.open()
    desk.put(value(700))
    with desk.engine.begin() as transaction:
        assert not desk.flags.accept(flag, now=NOON, connection=transaction)
    assert desk.said(value(0))[-1] == (700, "suspect")


def test_flags_are_told_as_they_stood_at_any_moment(desk):
    late = NOON + timedelta(hours=1)
    desk.put(value(600), now=NOON)
    desk.put(value(60), now=late)
    just_before = late - timedelta(seconds=1)
    assert len(desk.open(as_of=just_before)) == 1
    assert desk.flags.flags(Asked(as_of=just_before), limit=9)[0].cleared is None
    assert desk.open(as_of=late) == []
    assert desk.open(as_of=NOON - timedelta(seconds=1)) == []


def test_a_batch_that_says_a_period_twice_keeps_the_doubt_about_the_last(desk):
    desk.put(value(600), value(700))
    assert [one.doubt.value for one in desk.open()] == [700]


def test_a_jump_from_the_stored_periods_before_is_suspect(desk):
    desk.indicators.add(spec(checks={"jump": 50}))
    desk.put(value(40), value(41, 1))
    desk.put(value(400, 2), value(42, 3))
    assert [one.doubt.detail for one in desk.open("jump")] == [
        "由 41 µg/m³ 变为 400 µg/m³,超过 50 µg/m³"
    ]
    assert desk.said(value(0, 3)) == [(42, "ok")]


def test_after_a_gap_nothing_jumps(desk):
    desk.indicators.add(spec(checks={"jump": 50}))
    desk.put(value(40))
    desk.put(value(400, 2))
    assert desk.open() == []


def test_another_regions_value_is_no_predecessor(desk):
    desk.indicators.add(spec(checks={"jump": 50}))
    desk.put(value(40, region=ZHENJIANG))
    desk.put(value(400, 1))
    assert desk.open() == []


def test_moments_jump_only_from_moments_near_by(desk):
    desk.indicators.add(spec(kind="时点", checks={"jump": 50}))
    moments = [replace(value(n), period=moment(s)) for n, s in ((40, 0), (400, 15), (41, 400))]
    for one in moments:
        desk.put(one)
    assert [one.doubt.value for one in desk.open()] == [400]


def test_loaded_history_is_not_looked_at_for_jumps(desk):
    desk.indicators.add(spec(checks={"jump": 50}))
    desk.observations.append([value(40), value(400, 1)], live=False)
    assert desk.open() == []


def test_a_computed_value_beyond_the_limits_is_withheld_with_its_reason(desk):
    desk.indicators.computed.add("ecology.pm25_hour")
    desk.put(value(2000), value(20, 1))
    assert desk.said(value(0)) == [(None, "missing")]
    (flag,) = desk.open("range")
    assert flag.doubt.detail == "计算结果2,000 µg/m³ 高于上限 1,000 µg/m³,未采用"
    assert desk.said(value(0, 1)) == [(20, "ok")]


def test_an_indicator_that_nobody_declares_any_more_is_stored_unjudged(desk):
    desk.put(value(-5, indicator="gone.away"))
    assert desk.said(value(0, indicator="gone.away")) == [(-5, "ok")]


def test_doubts_go_with_a_transaction_that_is_rolled_back(desk):
    with desk.engine.connect() as connection, connection.begin() as transaction:
        desk.observations.append([value(600)], connection=connection)
        transaction.rollback()
    assert desk.open() == []


def test_a_statement_dated_before_the_current_one_raises_no_flag(desk):
    desk.put(value(60), now=NOON)
    desk.put(replace(value(600), recorded_at=NOON - timedelta(hours=1)))
    assert desk.open() == []


def moment(seconds: int) -> Period:
    return Period(NOON + timedelta(seconds=seconds), PeriodKind.INSTANT)
