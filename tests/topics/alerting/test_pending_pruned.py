"""What waited for its hold is forgotten after a while; what still waits is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config import AlertsConfig, Config
from app.roles.working import _beats
from tests.api.alert_city import AlertCity, alert_city
from topics.kit.alerting.contracts import AlertKey, AlertLevel
from topics.kit.alerting.machine import AT_REST, LevelState, SeriesState
from topics.kit.alerting.standing import Standing
from topics.kit.eventlog import PatientLog

DAY = timedelta(days=1)


@pytest.fixture
def city(tmp_path: Path, database_url: str, valkey_url: str) -> AlertCity:
    config = replace(Config(), alerts=AlertsConfig(pending_days=30))
    return alert_city(tmp_path, database_url, valkey_url, config)


def wait(city: AlertCity, region: str, begun: datetime, ended: datetime | None) -> None:
    key, store = AlertKey("water.nh3n_high", region), city.services.standings
    waits = Standing(SeriesState({AlertLevel.BLUE: LevelState(begun)}))
    store.keep({key: waits}, [], fence=1, now=begun)
    if ended is not None:
        store.keep({key: Standing(AT_REST)}, [], fence=1, now=ended)


def test_the_leader_forgets_what_waited_long_ago_and_keeps_what_still_waits(
    city: AlertCity,
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    wait(city, "SGDM01", now - 60 * DAY, now - 40 * DAY)
    wait(city, "SGDM02", now - 60 * DAY, now - 20 * DAY)
    wait(city, "SGDM03", now - 60 * DAY, None)
    store = city.services.standings

    def waited(moment: datetime) -> set[str]:
        return {one.region for one in store.pending_at(moment)}

    assert waited(now - 50 * DAY) == {"SGDM01", "SGDM02", "SGDM03"}
    log = PatientLog(city.services.events.append)
    prune = next(one for one in _beats(city.services, log) if one.name == "prune-runs")
    prune.act()
    assert waited(now - 50 * DAY) == {"SGDM02", "SGDM03"}
    assert waited(now) == {"SGDM03"}
    assert store.prune(now) == 1
