"""The list of units that work can be given to: names of the day, in the table's order."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI

from app.api import organisations
from app.services import Services
from tests.api.layer_server import Routes
from topics.kit.organisations import Organisation, Organisations

TABLE = Organisations(
    [
        Organisation("zjj", "住房和城乡建设局", "住建局", 2, date(2019, 1, 1)),
        Organisation("swj", "水利局", "水利局", 1, date(2015, 1, 1), date(2019, 1, 1)),
        Organisation("swj", "水务局", "水务局", 1, date(2019, 1, 1)),
    ]
)


@pytest.fixture
def ask() -> Any:
    server = FastAPI()
    services = cast(Services, SimpleNamespace(organisations=TABLE))
    server.include_router(organisations.router(services))
    client = Routes(server)
    return lambda query="": client.get(f"/api/v1/organisations{query}").json()["items"]


def test_units_come_under_their_present_names_in_order(ask: Any) -> None:
    assert [one["short_name"] for one in ask()] == ["水务局", "住建局"]


def test_units_of_an_earlier_day_come_under_the_names_of_then(ask: Any) -> None:
    assert [one["name"] for one in ask("?as_of=2018-12-31")] == ["水利局"]
