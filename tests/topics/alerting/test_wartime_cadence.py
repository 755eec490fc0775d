"""How often rules are evaluated in 平时 and in 战时."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.roles.alerting import AlertRound
from tests.topics.alerting.small_city import REGIONS
from tests.topics.alerting.test_alert_evaluation import MemoryKeeper, World
from topics.kit.duty.contracts import Mode

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wartime", "seconds", "due"),
    [(False, 4.9, False), (False, 5, True), (True, 0.9, False), (True, 1, True)],
)
def test_everything_is_evaluated_every_5_seconds_and_in_wartime_every_second(
    wartime: bool, seconds: float, due: bool
) -> None:
    world = World(mode=Mode(wartime=wartime))
    services: Any = SimpleNamespace(
        regions=REGIONS,
        observations=world,
        live=world,
        forecasts=world,
        case_places=SimpleNamespace(reported=None),
        rules=world,
        standings=MemoryKeeper(),
        catalogue=None,
        modes=SimpleNamespace(at=lambda: world.mode),
        runs=SimpleNamespace(next_fence=lambda: 1),
    )
    alerts = AlertRound(services, clock=lambda: NOW)
    alerts.begin()
    alerts.once()
    alerts.once(wait=timedelta(seconds=1))
    assert alerts.due(NOW + timedelta(seconds=seconds)) is due
