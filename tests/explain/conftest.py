"""The explain routes over a real database, with a small city's leakage, GDP and secrets in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.api import explain, observations
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.services import Services
from tests.api.layer_server import Routes, serve
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.periods import ZONE, end_of

CITY, WUJIANG, ZHENJIANG = "440200", "440203", "440204"
LEAK, GDP, GROWTH, HEADS = "water.leakage", "economy.gdp", "economy.gdp_growth", "grid.events_day"


def month(year: int, number: int, kind: PeriodKind = PeriodKind.MONTH) -> Period:
    return Period(datetime(year, number, 1, tzinfo=ZONE).astimezone(UTC), kind)


def leak(period: Period, value: float | None, region: str = CITY, **more: object) -> Observation:
    status = ValueStatus.OK if value is not None else ValueStatus.MISSING
    said: dict[str, object] = {"unit": "%", "source": "市水务局供水月报", "status": status}
    return Observation(LEAK, region, period, value, **(said | more))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def services(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Services:
    home: Path = tmp_path_factory.mktemp("explain")
    urls = EngineUrls(postgres=module_database_url, valkey="unix:///nowhere.sock")
    made = compose(load_config(None, home=home), urls)
    fill(made)
    return made


def fill(services: Services) -> None:
    """Two years of leakage for the city, one revised month, a missing one, GDP with its growth."""
    store = services.observations
    for number in range(24):
        year, of_year = divmod(number, 12)
        period = month(2025 + year, of_year + 1)
        if number < 22:
            known = end_of(period) + timedelta(days=10)
            store.append([leak(period, 8.0 + number / 10)], now=known, live=False)
    revised = end_of(month(2026, 10)) + timedelta(days=12)
    store.append([leak(month(2026, 10), 10.64)], now=revised, live=False)
    store.append([leak(month(2026, 9), None, WUJIANG)], now=revised, live=False)
    store.append([leak(month(2026, 8), 9.5, WUJIANG)], now=revised, live=False)
    third = month(2026, 9, PeriodKind.CUMULATIVE)
    gdp = Observation(GDP, CITY, third, 1268.43, unit="亿元", source="市统计局季度核算")
    growth = Observation(GROWTH, CITY, third, 4.6, unit="%", source="市统计局季度核算")
    store.append([gdp, growth], now=revised, live=False)


@pytest.fixture(scope="module")
def asked(services: Services) -> Routes:
    return serve(explain.router(services), observations.router(services))
