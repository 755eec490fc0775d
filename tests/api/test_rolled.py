"""GET /api/v1/observations/rolled: long series in few points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import observation_rollups
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.install import protect
from app.security.tokens import Issuer
from app.services import Services
from tests.security.serving import serving
from topics.kit.contracts import Observation, Period, PeriodKind

INDICATOR, REGION = "economy.power_load", "440203"
START = datetime(2026, 10, 31, 16, tzinfo=UTC)
URL = "/api/v1/observations/rolled"


@pytest.fixture(scope="module")
def services(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Services:
    config = load_config(None, home=tmp_path_factory.mktemp("home"))
    made = compose(config, EngineUrls(postgres=module_database_url, valkey=valkey_url))
    rows = [
        Observation(
            INDICATOR, REGION, Period(START + timedelta(minutes=5 * n), PeriodKind.INSTANT), n % 12
        )
        for n in range(24 * 12)
    ]
    made.observations.append(rows, now=START + timedelta(days=1), live=False)
    made.rollups.roll(INDICATOR, PeriodKind.INSTANT, START + timedelta(days=2))
    return made


@pytest.fixture(scope="module")
def client(services: Services) -> Iterator[httpx.Client]:
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    server.include_router(observation_rollups.router(services))
    install_problems(server)
    protect(server, services)
    with serving(server) as anonymous:
        _, secret = Issuer(services.tokens, services.audit).issue(["read"], topic=None, by="test")
        anonymous.headers["Authorization"] = f"Bearer {secret}"
        yield anonymous


def asked(client: httpx.Client, **more: str) -> dict[str, Any]:
    span = {"from": "2026-11-01", "to": "2026-11-02"}
    given = {"indicator": INDICATOR, "region": REGION, **span, **more}
    answer = client.get(URL, params=given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_day_of_five_minute_values_fits_into_its_hours(client: httpx.Client) -> None:
    found = asked(client, points="24")
    assert (found["grain"], len(found["items"])) == ("hour", 24)
    assert found["items"][0] == {
        "start": "2026-11-01T00:00:00+08:00",
        "min": 0.0,
        "max": 11.0,
        "mean": 5.5,
        "count": 12,
        "absent": 0,
        "suspect": 0,
        "exact": True,
    }


@pytest.mark.parametrize(
    ("more", "grain", "count"),
    [
        ({"points": "500"}, "raw", 288),
        ({"points": "10"}, "day", 1),
        ({"points": "10", "grain": "raw"}, "raw", 288),
        ({"as_of": "2026-10-31", "grain": "hour"}, "hour", 0),
    ],
)
def test_the_grain_fits_the_points_or_is_the_one_asked_for(
    client: httpx.Client, more: dict[str, str], grain: str, count: int
) -> None:
    found = asked(client, **more)
    assert (found["grain"], len(found["items"])) == (grain, count)


@pytest.mark.parametrize(
    "given",
    [
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "1900-01-01", "grain": "hour"},
        {"points": "0"},
        {"grain": "week"},
        {"region": "999999"},
        {"from": "gestern"},
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_what_to_do(
    client: httpx.Client, given: dict[str, str]
) -> None:
    answer = client.get(URL, params={"indicator": INDICATOR, "region": REGION, **given})
    assert 400 <= answer.status_code < 500
    assert answer.json()["title"]
