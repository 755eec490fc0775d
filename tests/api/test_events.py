"""GET /api/v1/events over a real database: who sees which events, paged, as of a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.api import events as events_api
from app.services import Services
from layers.contracts import Classification
from layers.registry import LayerRegistry
from layers.stores.postgres_engine import connect
from tests.api.layer_server import Routes, serve, who
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.eventlog import Event
from topics.kit.stores.postgres_events import PostgresEvents

NINE = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 09:00 in Shaoguan
HOUR = timedelta(hours=1)
TOLD = [
    Event("refresher.failed", "water.levels", "water", data={"error": "坏"}, at=NINE),
    Event("layer.published", "secret.layer", "grid", at=NINE + HOUR),
    Event("leader.took-over", "w1", at=NINE + 2 * HOUR),
    Event("refresher.recovered", "water.levels", "water", at=NINE + 3 * HOUR),
]


@pytest.fixture(scope="module")
def asked(module_database_url: str) -> Iterator[Routes]:
    engine = connect(module_database_url)
    events = PostgresEvents(engine)
    events.append(TOLD)
    secret = SimpleNamespace(classification=Classification.SENSITIVE)
    layers = cast(LayerRegistry, SimpleNamespace(find={"secret.layer": secret}.get))
    services = SimpleNamespace(events=events, layers=layers, catalogue=Catalogue.load([SHIPPED]))
    yield serve(events_api.router(cast(Services, services)))
    engine.dispose()


def _kinds(asked: Routes, name: str, **query: Any) -> list[str]:
    answer = asked.get("/api/v1/events", params=query, headers=who(name))
    assert answer.status_code == 200, answer.text
    return [one["kind"] for one in answer.json()["items"]]


def test_an_event_is_told_with_all_it_has_newest_first(asked: Routes) -> None:
    answer = asked.get("/api/v1/events?kind=refresher.failed", headers=who("admin")).json()
    assert answer["next"] is None
    (item,) = answer["items"]
    assert item.pop("id") > 0
    assert item == {
        "at": "2026-11-22T09:00:00+08:00",
        "kind": "refresher.failed",
        "object": "water.levels",
        "topic": "water",
        "region": None,
        "data": {"error": "坏"},
        "actor": "system",
    }
    assert _kinds(asked, "admin") == [one.kind for one in reversed(TOLD)]


@pytest.mark.parametrize("name", ["kind", "object"])
def test_a_name_that_no_event_can_have_is_refused_in_words(asked: Routes, name: str) -> None:
    answer = asked.get(f"/api/v1/events?{name}=%00", headers=who("admin"))
    assert (answer.status_code, answer.json()["type"]) == (422, "tonglan:bad-request")


def test_as_of_takes_the_clock_of_the_city(asked: Routes) -> None:
    assert _kinds(asked, "admin", as_of="2026-11-22T10:00") == [
        "layer.published",
        "refresher.failed",
    ]


def test_what_is_about_a_sensitive_layer_is_as_sensitive(asked: Routes) -> None:
    assert "layer.published" not in _kinds(asked, "viewer")
    assert "leader.took-over" in _kinds(asked, "viewer")


def test_a_viewer_of_one_topic_sees_the_events_of_that_topic(asked: Routes) -> None:
    assert _kinds(asked, "water-viewer") == ["refresher.recovered", "refresher.failed"]


def test_pages_follow_each_other_over_hidden_events(asked: Routes) -> None:
    seen: list[str] = []
    following: str | None = ""
    while following is not None:
        path = f"/api/v1/events?limit=1&next={following}"
        answer = asked.get(path, headers=who("viewer")).json()
        seen += [one["kind"] for one in answer["items"]]
        following = answer["next"]
    assert seen == ["refresher.recovered", "leader.took-over", "refresher.failed"]


@pytest.mark.parametrize(
    "query", ["next=x", "next=2026-13-01T00:00:00Z-1", "as_of=gestern", "limit=0", "limit=1001"]
)
def test_a_question_that_cannot_be_read_is_422(asked: Routes, query: str) -> None:
    answer = asked.get(f"/api/v1/events?{query}", headers=who("admin"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
