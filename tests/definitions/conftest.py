"""The whole web program over one database, with a topic whose numbers have a date of release."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.security.tokens import Issuer
from app.services import Services
from app.web_program import create_web
from tests.api.layer_server import Routes
from tests.chromium import chromium
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.definitions.contracts import ReleaseEntry
from topics.kit.events import Position
from topics.kit.periods import ZONE

__all__ = ["chromium"]
TOPIC = Path(__file__).parent / "stat.toml"
TOTAL, GROWTH, CITY, COUNTY = "stat.total", "stat.growth", "440200", "440203"
SECRET = 987654.321
SHOWN = 12345.678


def month(number: int) -> Period:
    return Period(datetime(2026, number, 1, tzinfo=ZONE).astimezone(UTC), PeriodKind.MONTH)


@pytest.fixture(scope="module")
def services(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Services:
    home = tmp_path_factory.mktemp("stat")
    (home / "topics" / "stat").mkdir(parents=True)
    (home / "topics" / "stat" / "topic.toml").write_bytes(TOPIC.read_bytes())
    urls = EngineUrls(postgres=module_database_url, valkey=valkey_url)
    made = compose(load_config(None, home=home), urls)
    fill(made)
    made.definitions.sync()
    return made


def fill(services: Services) -> None:
    """Four months; the last is to be released tomorrow."""
    rows = [
        Observation(indicator, region, month(number), value + number)
        for indicator, value in ((TOTAL, 1000.0), (GROWTH, 5.0))
        for region in (CITY, COUNTY)
        for number in (6, 7)
    ]
    rows += [
        Observation(indicator, region, month(number), value)
        for indicator in (TOTAL, GROWTH)
        for region in (CITY, COUNTY)
        for number, value in ((8, SHOWN), (9, SECRET))
    ]
    services.observations.append(rows, live=False)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    set_release(services, 9, tomorrow)


def set_release(services: Services, number: int, at: datetime | None) -> None:
    now = datetime.now(UTC)
    services.definition_store.set_release(
        [ReleaseEntry(name, month(number), at, "测试", "u", now) for name in (TOTAL, GROWTH)]
    )
    services.definitions.refresh()


@pytest.fixture(scope="module")
def program(services: Services) -> Routes:
    urls = EngineUrls(
        postgres=services.observations._engine.url.render_as_string(hide_password=False),
        valkey="unix:///nowhere.sock",
    )
    made = create_web(services, urls)
    feed: Any = made.push._also  # what the first screen would have it do
    feed.reset(Position("none", 0), [], [])
    return Routes(made.server)


def bearer(services: Services, scope: str) -> dict[str, str]:
    _, secret = Issuer(services.tokens, services.audit).issue([scope], topic=None, by="test")
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(scope="module")
def viewer(services: Services) -> dict[str, str]:
    return bearer(services, "read")


@pytest.fixture(scope="module")
def clerk(services: Services) -> dict[str, str]:
    return bearer(services, "observations:write")
