"""The whole web program on real engines with the demo's 值班, a leader and a unit's people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.config import Config, LogConfig
from app.demo.duty import seed_duty
from app.engines.contracts import EngineUrls
from app.main import compose
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.services import Services
from topics.kit.contracts import Observation, Period, PeriodKind

PASSWORD = "Beijiang-2026-Danxia"
_NAMES: tuple[tuple[str, str, Role, str | None], ...] = (
    ("heshi", "何市长", Role.LEADER, None),
    ("wangfang", "王芳", Role.HANDLER, "sthjj"),
    ("zhangwei", "张伟", Role.DUTY, None),
)


def services_of(home: Path, urls: EngineUrls, *, reviewed: bool = False) -> Services:
    """Its services, with one number to ask about; `reviewed`: changes are reviewed as in a city."""
    config = replace(Config(), home_path=home, log=LogConfig("ERROR"))
    if reviewed:
        config = replace(config, review=replace(config.review, in_demo=True))
    services = compose(config, urls)
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    number = Observation(
        "ecology.aqi", "440200", Period(hour, PeriodKind.HOUR), 132.0, source="省站"
    )
    services.observations.append([number], now=now, live=False)
    seed_duty(services, now)
    people = People(services.accounts, services.audit)
    for name, shown, role, unit in _NAMES:
        once = people.add(name, display_name=shown, grants=[Grant(role)], by="system", unit=unit)
        people.change_password(services.accounts.require(name), old=once, new=PASSWORD)
    return services
