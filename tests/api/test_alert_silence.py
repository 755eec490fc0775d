"""What is not heard hides its own numbers only: the leader's turn with the rules as shipped."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.alerts.tending import Tending
from tests.api.alert_city import AlertCity, alert_city
from topics.kit.alerting.contracts import AlertLevel

CITY, SECTION, LEVELS = "440200", "SGDM07", "SGDM08"


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    return alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def hidden(city: AlertCity, *open_ones: tuple[str, str, AlertLevel]) -> dict[str, str | None]:
    """By which rule's alert each of these open alerts is inhibited after a turn."""
    names = {}
    for rule, region, level in open_ones:
        names[rule] = name = f"{rule}-{region}-{datetime.now(UTC).timestamp()}"
        found = city.services.rules.require(rule)
        city.fire(
            name,
            rule=rule,
            region=region,
            level=level,
            topic=found.topic,
            kind=found.spec.kind,
            indicator=found.indicator.id if found.indicator else None,
        )
    Tending(city.services).turn(datetime.now(UTC))
    rules = {name: rule for rule, name in names.items()}
    after = {
        rule: rules.get(city.services.alerts.require(name).inhibited_by or "")
        for rule, name in names.items()
    }
    for name in names.values():
        city.resolve(name)
    return after


def test_statistics_that_are_late_hide_nothing_of_another_source(city: AlertCity) -> None:
    found = hidden(
        city,
        ("economy.statistics_late", CITY, AlertLevel.YELLOW),
        ("water.leakage_high", CITY, AlertLevel.BLUE),
        ("grid.overdue_high", CITY, AlertLevel.ORANGE),
        ("economy.load_high", CITY, AlertLevel.YELLOW),
        ("economy.industry_falling", CITY, AlertLevel.BLUE),
    )
    assert {rule for rule, by in found.items() if by} == {"economy.industry_falling"}


def test_a_silent_section_hides_what_its_own_station_said_and_nothing_worse(
    city: AlertCity,
) -> None:
    found = hidden(
        city,
        ("water.section_silent", SECTION, AlertLevel.BLUE),
        ("water.nh3n_high", SECTION, AlertLevel.BLUE),
        ("water.do_low", SECTION, AlertLevel.ORANGE),
        ("water.pressure_low", SECTION, AlertLevel.BLUE),
    )
    assert {rule for rule, by in found.items() if by} == {"water.nh3n_high"}
