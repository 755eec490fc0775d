"""GET /api/v1/forecasts: what is shown to whom, and as of when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import forecasts
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.install import protect
from app.security.tokens import Issuer
from app.services import Services
from tests.security.serving import serving
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.forecast.cadence import following
from topics.kit.forecast.contracts import ForecastPoint
from topics.kit.period_texts import parse_period
from topics.kit.stores.postgres_forecasts import Made

INDICATOR, REGION = "economy.industry_growth", "440200"
OLD = parse_period("2026-05", PeriodKind.CUMULATIVE)
UNRELEASED = parse_period("2099-11", PeriodKind.CUMULATIVE)


@cache
def made_at() -> datetime:
    """When the forecasts were made: once and for all tests."""
    return datetime.now(UTC) - timedelta(days=2)


@pytest.fixture(scope="module")
def services(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Services:
    config = load_config(None, home=tmp_path_factory.mktemp("home"))
    at = made_at()
    made = compose(config, EngineUrls(postgres=module_database_url, valkey=valkey_url))
    ahead = following(OLD, by_quarter=False)
    point = ForecastPoint(ahead, 6.1, 5.0, 7.0, 4.0, 8.0)
    score = Observation(INDICATOR, REGION, OLD, 9.0, recorded_at=at)
    known = Made(
        INDICATOR, REGION, at, OLD, "MSTL", "", 0.6, 1.1, 0.8, 0.9, [point], [(score, 4.5, 6.0)]
    )
    hidden = replace(known, made_at=at + timedelta(days=1), through=UNRELEASED, scores=())
    other = Made(INDICATOR, "440203", at, OLD, "", "连续的历史只有 3 期,至少要 22 期")
    made.forecast_store.keep([known, hidden, other])
    came = Observation(INDICATOR, REGION, ahead, 6.6, recorded_at=at + timedelta(hours=1))
    made.observations.append([came], live=False)
    return made


@pytest.fixture(scope="module")
def client(services: Services) -> Iterator[httpx.Client]:
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    server.include_router(forecasts.router(services))
    install_problems(server)
    protect(server, services)
    with serving(server) as anonymous:
        _, secret = Issuer(services.tokens, services.audit).issue(["read"], topic=None, by="test")
        anonymous.headers["Authorization"] = f"Bearer {secret}"
        yield anonymous


def asked(client: httpx.Client, **more: str) -> dict[str, Any]:
    given = {"indicator": INDICATOR, "region": REGION, **more}
    answer = client.get("/api/v1/forecasts", params=given)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_forecast_comes_with_its_back_test_and_its_points(client: httpx.Client) -> None:
    found = asked(client)["forecast"]
    assert (found["model"], found["mase"], found["naive_mase"]) == ("MSTL", 0.6, 1.1)
    assert found["points"] == [
        {
            "period": "2026-06-01T00:00:00+08:00",
            "period_kind": "累计",
            "mean": 6.1,
            "low80": 5.0,
            "high80": 7.0,
            "low95": 4.0,
            "high95": 8.0,
        }
    ]


def test_a_forecast_that_knows_an_unreleased_value_is_passed_over(client: httpx.Client) -> None:
    assert asked(client)["forecast"]["through"] == "2026-05-01T00:00:00+08:00"


def test_before_it_was_made_there_was_no_forecast(client: httpx.Client) -> None:
    before = asked(client, as_of=(made_at() - timedelta(minutes=1)).isoformat())
    assert (before["forecast"], before["record"], before["anomalies"]) == (None, [], [])


def test_the_record_and_the_unusual_values_are_told(client: httpx.Client) -> None:
    found = asked(client)
    (past,) = found["record"]
    assert (past["mean"], past["actual"]) == (6.1, 6.6)
    assert past["error"] == pytest.approx(0.5)
    assert [(one["score"], one["expected"]) for one in found["anomalies"]] == [(4.5, 6.0)]


def test_where_none_is_shown_the_reason_is(client: httpx.Client) -> None:
    found = asked(client, region="440203")
    assert found["forecast"] is None
    assert "至少要" in found["why"]


def test_who_may_not_read_the_indicator_hears_nothing_of_its_forecast(
    client: httpx.Client,
) -> None:
    given = {"indicator": INDICATOR, "region": REGION}
    nobody = client.get("/api/v1/forecasts", params=given, headers={"Authorization": "Bearer x"})
    assert nobody.status_code == 401


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"indicator": "economy.nothing"}, (403, 404)),
        ({"region": "999999"}, (404, 422)),
        ({"as_of": "yesterday"}, (400, 422)),
    ],
)
def test_what_does_not_exist_is_said_in_a_problem(
    client: httpx.Client, given: dict[str, str], status: tuple[int, ...]
) -> None:
    answer = client.get(
        "/api/v1/forecasts", params={"indicator": INDICATOR, "region": REGION, **given}
    )
    assert answer.status_code in status
    assert answer.json()["title"]
