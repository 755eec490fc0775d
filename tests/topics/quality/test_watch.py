"""What the worker finds by looking at series, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.topics.quality.indicators import CITY, NOON, WUJIANG, at, spec, value
from topics.kit.contracts import ValueStatus
from topics.kit.quality.contracts import Cleared, Doubt
from topics.kit.stores.postgres_quality import Asked

HOUR = timedelta(hours=1)


def hourly(*numbers: float | None, region: str = WUJIANG, first: int = 0):
    return [value(one, first + n, region) for n, one in enumerate(numbers)]


@pytest.fixture
def stuck_desk(desk):
    desk.indicators.add(spec(checks={"stuck_hours": 8, "steady": [0]}))
    return desk


def test_eight_equal_hours_become_suspect_as_revisions_and_one_flag(stuck_desk):
    stuck_desk.put(*hourly(4, *[5] * 8))
    assert stuck_desk.watch.look() == 1
    (flag,) = stuck_desk.open("stuck")
    assert flag.doubt.period == at(1)
    assert stuck_desk.said(value(0, 1)) == [(5, "ok"), (5, "suspect")]
    assert stuck_desk.said(value(0, 8))[-1] == (5, "suspect")
    assert stuck_desk.said(value(0, 0)) == [(4, "ok")]


def test_what_was_looked_at_is_not_looked_at_again(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 9))
    stuck_desk.watch.look()
    stuck_desk.watch.look()  # the revisions themselves
    assert stuck_desk.watch.look() == 0
    assert len(stuck_desk.flags.flags(Asked(), limit=9)) == 1


def test_a_stuck_value_sent_again_as_good_stays_suspect(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 8))
    stuck_desk.watch.look()
    assert stuck_desk.put(*hourly(*[5] * 8)) == []
    (further,) = stuck_desk.put(value(5, 8))
    assert further.status is ValueStatus.SUSPECT


def test_a_sensor_that_moves_again_ends_the_flag_and_what_it_said_stays_suspect(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 8))
    stuck_desk.watch.look()
    (moved,) = stuck_desk.put(value(6, 8))
    assert moved.status is ValueStatus.OK
    (flag,) = stuck_desk.flags.flags(Asked(), limit=9)
    assert (flag.cleared, flag.doubt.until) == (Cleared.RECOVERED, at(8).start)
    assert stuck_desk.put(*hourly(*[5] * 8)) == []
    assert stuck_desk.put(value(5, 9))[0].status is ValueStatus.OK


def test_a_gap_does_not_end_a_stuck_sensors_flag(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 8))
    stuck_desk.watch.look()
    stuck_desk.put(value(None, 8))
    assert len(stuck_desk.open("stuck")) == 1


def test_a_value_accepted_as_true_may_go_on_standing_still(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 8))
    stuck_desk.watch.look()
    (flag,) = stuck_desk.open("stuck")
    with stuck_desk.engine.begin() as transaction:
        stuck_desk.flags.accept(flag, now=NOON, connection=transaction)
    assert stuck_desk.said(value(0, 3))[-1] == (5, "ok")
    stuck_desk.put(value(5, 8))
    stuck_desk.watch.look()
    assert stuck_desk.open("stuck") == []


def test_no_rain_is_no_stuck_gauge(stuck_desk):
    stuck_desk.put(*hourly(*[0] * 9))
    stuck_desk.watch.look()
    assert stuck_desk.open() == []


def test_a_value_revised_while_it_was_looked_at_is_left_alone(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 8))
    found = replace(stuck_desk_doubt(stuck_desk), value=5.0)
    stuck_desk.put(value(9, 7))
    stuck_desk.flags.doubt([found], now=NOON)
    assert stuck_desk.said(value(0, 7))[-1] == (9, "ok")


def stuck_desk_doubt(desk):
    return Doubt("stuck", "ecology.pm25_hour", WUJIANG, at(0), 5.0, "疑似卡死")


@pytest.fixture
def summed(desk):
    desk.indicators.add(spec(checks={"additive": "sum", "tolerance": 1}))
    desk.counties = [one.code for one in desk.regions.children(CITY, NOON.date())]
    return desk


def counties(desk, each: float, hour: int = 0):
    return [value(each, hour, code) for code in desk.counties]


def test_a_city_unlike_the_sum_of_its_counties_is_suspect_until_they_agree(summed):
    total = 10.0 * len(summed.counties)
    summed.put(value(total + 50, 0, CITY), *counties(summed, 10))
    summed.watch.look()
    (flag,) = summed.open("cross")
    assert (flag.doubt.region, flag.doubt.period) == (CITY, at(0))
    assert summed.said(value(0, 0, CITY))[-1] == (total + 50, "suspect")
    summed.put(replace(counties(summed, 10)[0], value=60.0))
    summed.watch.look()
    assert summed.open("cross") == []
    assert summed.said(value(0, 0, CITY))[-1] == (total + 50, "ok")


def test_a_sum_with_a_missing_county_is_not_judged(summed):
    summed.put(value(1, 0, CITY), *counties(summed, 10)[1:])
    summed.watch.look()
    assert summed.open() == []


def test_a_change_unlike_the_usual_ones_is_found(desk):
    desk.indicators.add(spec(checks={"jump_times": 10}))
    desk.put(*hourly(*[float(n % 3) for n in range(12)], 80.0))
    desk.watch.look()
    (flag,) = desk.open("jump")
    assert flag.doubt.period == at(12)


def test_an_incomplete_indicator_is_one_flag_until_it_is_complete(desk):
    desk.indicators.add(spec(checks={"complete": 90}, freshness="1h"))
    desk.now = at(10).start
    desk.put(*hourly(1, None, None, 2, 3, 4, 5, 6, 7))
    desk.watch.look()
    (flag,) = desk.open("completeness")
    assert flag.doubt.detail == "近 30 期应到 9 个值,实到 7 个(77.8%),低于 90%"
    desk.put(*hourly(8, 9, first=1))
    desk.watch.look()
    assert desk.open("completeness") == []


def test_a_late_source_is_one_flag_and_a_late_region_its_own(desk):
    desk.now = at(0).start + 2 * HOUR
    desk.put(*hourly(1, region=WUJIANG), *hourly(2, region=CITY))
    assert desk.watch.lateness() == 0
    desk.now = at(0).start + 4 * HOUR
    assert desk.watch.lateness() == 1
    assert desk.watch.lateness() == 0
    (flag,) = desk.open("timely")
    assert flag.doubt.region == CITY
    assert flag.doubt.detail == "承诺期末后 2 时内更新,自 2026-11-20 15:00 起迟"
    desk.put(*hourly(2, first=3, region=CITY))
    desk.watch.lateness()
    assert [one.doubt.region for one in desk.open("timely")] == [WUJIANG]


def test_an_indicator_nobody_declares_any_more_is_dropped_from_the_list(stuck_desk):
    stuck_desk.put(*hourly(*[5] * 9))
    stuck_desk.indicators.specs = {}
    assert stuck_desk.watch.look() == 0
    assert stuck_desk.flags.waiting() == {}


def test_values_that_came_while_looking_are_looked_at_next_time(stuck_desk):
    stuck_desk.put(value(1))
    ((name, marked),) = stuck_desk.flags.waiting().items()
    stuck_desk.put(value(2, 1))
    stuck_desk.flags.looked_at(name, marked)
    assert list(stuck_desk.flags.waiting()) == [name]
