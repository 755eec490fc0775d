"""A past moment of alerts knows nothing of what was done, raised or changed after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.alert_city import AlertCity, alert_city
from topics.kit.alerting.book import RuleVersion
from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep
from topics.kit.alerting.log import AlertQuery

NUMBERS = iter(range(10_000))
MINUTE = timedelta(minutes=1)
LEVELS = list(AlertLevel)


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    return alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def add(city: AlertCity, name: str, *steps: tuple[AlertStep, datetime, Any]) -> None:
    for step, at, more in steps:
        level = more if isinstance(more, AlertLevel) else None
        data = more if isinstance(more, dict) else {}
        actor = "duty" if step in (AlertStep.ACKNOWLEDGED, AlertStep.FALSE) else "system"
        city.services.alerts.append([AlertEvent(name, step, at, actor, level, 3.0, data=data)])


def asked(moment: datetime) -> str:
    return "as_of=" + quote(moment.isoformat())


def seen(city: AlertCity, rule: str, moment: datetime) -> dict[str, Any]:
    found: dict[str, Any] = city.get("duty", f"/api/v1/alerts?rule={rule}&{asked(moment)}")
    return found


def test_foot_and_bars_of_then_do_not_know_what_was_done_later(city):
    name, begun = f"p{next(NUMBERS)}", datetime.now(UTC) - timedelta(hours=5)
    rule = f"water.{name}"
    city.fire(name, rule=rule, level=AlertLevel.BLUE, at=begun)
    add(
        city,
        name,
        (AlertStep.ACKNOWLEDGED, begun + 30 * MINUTE, {}),
        (AlertStep.RAISED, begun + 60 * MINUTE, AlertLevel.RED),
        (AlertStep.FALSE, begun + 70 * MINUTE, {"reason": "仪器"}),
        (AlertStep.ACKNOWLEDGED, begun + 90 * MINUTE, {}),
    )

    def foot(minutes: float) -> tuple[Any, ...]:
        found = seen(city, rule, begun + minutes * MINUTE)["foot"]
        return found["thirty_days"], found["false_rate"], found["acknowledged_median_s"]

    assert foot(-1) == (0, None, None)
    assert foot(20) == (1, 0.0, None)
    assert foot(45) == (1, 0.0, 1800)
    assert foot(75) == (1, 100.0, None)  # raised: it waits for another 确认
    assert foot(100) == (1, 100.0, 5400)

    def bars(path: str, minutes: float, key: str) -> dict[str, int]:
        when = asked(begun + minutes * MINUTE)
        items = city.get("duty", f"/api/v1/{path}{when}")[key]
        return {level: sum(one["counts"][level] for one in items) for level in ("红", "蓝")}

    for path, key in (("alert-hours?", "items"), (f"alerts?rule={rule}&", "hours")):
        assert bars(path, 45, key) == {"红": 0, "蓝": 1}
        assert bars(path, 65, key) == {"红": 1, "蓝": 0}
        assert bars(path, -1, key) == {"红": 0, "蓝": 0}
    city.resolve(name)


def test_the_plan_of_then_is_shown_and_nothing_is_prefilled(city):
    name, rule = f"p{next(NUMBERS)}", "water.do_low"
    begun = datetime.now(UTC) - timedelta(minutes=10)
    city.fire(name, rule=rule, at=begun)
    before = city.get("duty", f"/api/v1/alerts/{name}?{asked(begun + MINUTE)}")
    assert before["plan"]["id"]
    assert before["dispatch"] is None
    store = city.services.rule_store
    with city.services.alerts.transaction() as transaction:
        version = RuleVersion(rule, 1, {"plan": ""}, datetime.now(UTC), "clerk")
        store.add(version, connection=transaction)
    assert city.get("duty", f"/api/v1/alerts/{name}")["plan"] is None
    after = city.get("duty", f"/api/v1/alerts/{name}?{asked(begun + MINUTE)}")
    assert after["plan"] == before["plan"]
    city.resolve(name)


steps = st.lists(
    st.tuples(
        st.sampled_from(["raised", "lowered", "acknowledged", "false", "undone"]),
        st.sampled_from(LEVELS),
    ),
    max_size=6,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps)
def test_counts_of_now_are_those_as_of_now(
    city: AlertCity, steps: Sequence[tuple[str, AlertLevel]]
) -> None:
    name, begun = f"q{next(NUMBERS)}", datetime.now(UTC) - timedelta(minutes=50)
    rule = f"water.{name}"
    city.fire(name, rule=rule, level=AlertLevel.BLUE, at=begun)
    for n, (step, level) in enumerate(steps):
        at = begun + (n + 1) * MINUTE
        if step == "undone":
            log = city.services.alerts.events(name)
            mine = [one for one in log if one.step is AlertStep.ACKNOWLEDGED]
            if not mine:
                continue
            data = {"event": mine[-1].id, "step": "acknowledged"}
            add(city, name, (AlertStep.UNDONE, at, data))
        else:
            add(city, name, (AlertStep(step), at, level if step in ("raised", "lowered") else {}))
    store, now = city.services.alert_tallies, datetime.now(UTC)
    one = store.foot(now, topics=None, rules=[rule])
    assert store.foot(now, topics=None, rules=[rule], as_of=now) == one
    query = AlertQuery(rules=[rule])
    hours = store.hours(query, begun - timedelta(hours=1), now)
    assert store.hours(query, begun - timedelta(hours=1), now, as_of=now) == hours
    city.resolve(name)
