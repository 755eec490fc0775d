"""The worker from source to stream: scheduled, asked for, stopped, and through lost engines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.config import Config, ConnectorsConfig, ForecastsConfig, SourceConfig
from app.engines.contracts import EngineUrls
from app.main import compose
from app.roles.refreshing import REFRESH_JOB
from app.roles.working import start
from app.services import Services
from topics.kit.catalogue import Catalogue
from topics.kit.jobs import JobState
from topics.kit.stores.valkey import connect_valkey

from .conftest import Site
from .test_runner import GOOD


@pytest.fixture
def services(
    database_url: str, valkey_url: str, catalogue: Catalogue, site: Site, tmp_path: Path
) -> Services:
    client = connect_valkey(valkey_url)
    client.flushdb()
    client.close()
    drop = tmp_path / "drop"
    drop.mkdir()
    sources = {"web": SourceConfig(url=site.url), "drop": SourceConfig(url=str(drop))}
    config = Config(
        sources=sources,
        home_path=tmp_path,
        connectors=ConnectorsConfig(allow_hosts=["127.0.0.1"]),
        forecasts=ForecastsConfig(enabled=False),
    )
    program = compose(config, EngineUrls(valkey_url, database_url))
    idle: Any = SimpleNamespace(run=lambda: 0)  # computing has tests of its own
    return replace(program, catalogue=catalogue, recomputation=idle)


@pytest.fixture
def working(services: Any, database_url: str, valkey_url: str) -> Iterator[threading.Event]:
    stop = threading.Event()
    threads = start(services, EngineUrls(valkey_url, database_url), stop)
    yield stop
    stop.set()
    for one in threads:
        one.join(30)


def _until(holds: Callable[[], bool], patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


def test_a_value_of_the_source_reaches_the_stream_by_itself(
    services: Any, site: Site, working: threading.Event
) -> None:
    site.json(GOOD)
    _until(lambda: 35 in [one.value for one in services.live.recent(10).changes])
    assert services.runs.latest()["air.http"].cause == "catch-up"


def test_a_refresh_that_somebody_asks_for_is_a_job(
    services: Any, site: Site, working: threading.Event
) -> None:
    site.json(GOOD)
    payload = {"refresher": "air.http", "by": "u1"}
    job = services.jobs.enqueue(REFRESH_JOB, payload, now=datetime.now(UTC))
    _until(lambda: services.jobs.find(job).state is JobState.DONE)
    assert services.jobs.find(job).result["ok"]
    (asked,) = services.events.read(as_of=None, kinds=["refresher.asked"], limit=10)
    assert (asked.object, asked.actor) == ("air.http", "u1")


def test_leading_is_told_from_its_beginning_to_its_end(
    services: Any, working: threading.Event
) -> None:
    def told() -> list[str]:
        found = services.events.read(as_of=None, limit=10)
        return [one.kind for one in found if one.kind.startswith("leader.")]

    _until(lambda: told() == ["leader.took-over"])
    working.set()
    _until(lambda: told() == ["leader.stepped-down", "leader.took-over"])


def test_a_refresh_of_nothing_known_fails_with_its_name(
    services: Any, working: threading.Event
) -> None:
    job = services.jobs.enqueue(
        REFRESH_JOB, {"refresher": "air.no"}, now=datetime.now(UTC), max_attempts=1
    )
    _until(lambda: services.jobs.find(job).state is JobState.FAILED)
    assert "air.no" in services.jobs.find(job).error
