"""Places with limits of their own: the nearest named one counts, in peace, live and on the past."""

from __future__ import annotations

import pytest

from tests.topics.alerting.replayed import Replay, live, tried
from tests.topics.alerting.small_city import AT, alert, hours, rule
from tests.topics.alerting.test_backtest_replayed import END, told
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.errors import BadRule

YELLOW = AlertLevel.YELLOW


def limit(one: object, place: str, *, wartime: bool = False) -> float:
    return one.terms(place, wartime=wartime).bounds[YELLOW].limit  # type: ignore[attr-defined]


def test_a_place_follows_its_own_limit_else_that_of_what_it_lies_in_else_the_rules() -> None:
    local = {"440201": {"黄": 1.2}, "S2": {"黄": 1.9}}
    sections = rule("water.grade", levels={"黄": 1.5}, local=local, worse="above")
    assert [limit(sections, one) for one in ("S1", "S2", "S3")] == [1.2, 1.9, 1.2]
    assert limit(rule(levels={"黄": 1.5}, local={"440201": {"黄": 1.2}}), "440202") == 1.5


def test_limits_for_wartime_come_before_those_of_a_place() -> None:
    local = {"440201": {"黄": 1.2}}
    war = rule(levels={"黄": 1.5}, local=local, wartime={"levels": {"黄": 1.0}})
    assert (limit(war, "440201"), limit(war, "440201", wartime=True)) == (1.2, 1.0)
    only_hold = rule(levels={"黄": 1.5}, local=local, wartime={"hold": "0s"})
    assert limit(only_hold, "440201", wartime=True) == 1.2


def test_a_place_below_the_limit_of_the_rule_fires_by_its_own_live_and_on_the_past() -> None:
    one = rule(levels={"黄": 1.5}, local={"440202": {"黄": 1.0}})
    rows = [told(AT, -1, 0.5, region=region) for region in one.series]
    rows += [
        told(row.period.start + (END - AT) / 9, n, row.value, region=region)
        for region in one.series
        for n, row in enumerate(hours([1.2, 1.6, 0.9], region=region))
    ]
    replay = Replay(one, rows)
    found = live(replay, AT, END)
    assert found == tried(replay, AT, END)
    fired = {code: [step for _, step, _ in steps].count("fired") for code, steps in found.items()}
    assert fired == {"440201": 1, "440202": 1}
    first = {code: steps[0][0] for code, steps in found.items()}
    assert first["440202"] < first["440201"]


def test_a_wrong_place_or_order_is_refused_with_the_fix() -> None:
    with pytest.raises(BadRule, match="没有区划或点位 '999'"):
        rule(local={"999": {"黄": 1}})
    with pytest.raises(ValueError, match="次序与 levels 相反"):
        alert(local={"440201": {"蓝": 3, "红": 1}})
    with pytest.raises(ValueError, match="没有界限"):
        alert(local={"440201": {}})
