"""The demo's shift has sent its worst alerts by their plans, the others wait."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.demo.dispatched import seed_dispatched
from tests.api.alert_city import alert_city
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.cases.contracts import CaseState

RULE = "water.nh3n_high"


def test_the_two_worst_are_cases_of_their_plan_s_unit_and_never_sent_twice(
    home: Path, database_url: str, valkey_url: str
) -> None:
    city = alert_city(home, database_url, valkey_url)
    services = city.services
    sections = services.rules.require(RULE).series
    levels = (AlertLevel.YELLOW, AlertLevel.RED, AlertLevel.ORANGE)
    for n, level in enumerate(levels):
        ago = timedelta(hours=n + 1)
        city.fire(f"{n:016x}", level=level, rule=RULE, region=sections[n], ago=ago)
    assert seed_dispatched(services) == 2
    plan = services.rules.require(RULE).plan
    assert plan is not None
    for n in (1, 2):
        case = services.alerts.find(f"{n:016x}").case  # type: ignore[union-attr]
        assert case is not None
        found = services.cases.require(case)
        assert (found.state, found.unit) == (CaseState.DISPATCHED, plan.lead)
    assert services.alerts.find(f"{0:016x}").case is None  # type: ignore[union-attr]
    assert seed_dispatched(services) == 0
