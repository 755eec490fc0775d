"""ARCHITECTURE §5 by plain HTTP: observations in and out, problem documents, the API's own page."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.e2e.city import City, Desk

INDICATOR, REGION = "ecology.pm25_hour", "440203"
KEYS = {"indicator", "region", "period", "value", "status", "unit", "recorded_at", "source"}


def hour(day: int, at: int, value: float | None) -> dict[str, Any]:
    period = f"2020-03-{day:02}T{at:02}:00:00+08:00"
    return {"indicator": INDICATOR, "region": REGION, "period": period, "value": value}


def values(desk: Desk, **asked: Any) -> list[float | None]:
    found = desk.listed(indicator=INDICATOR, region=REGION, **asked)
    return [one["value"] for one in found]


def test_without_a_window_there_is_one_latest_value_a_region(city: City) -> None:
    answer = httpx.get(
        f"{city.url}/api/v1/observations", params={"indicator": "economy.gdp"}, timeout=120
    )
    found = answer.json()
    assert answer.status_code == 200
    assert found["next"] is None
    assert len(found["items"]) == len({one["region"] for one in found["items"]}) == 11
    assert all(set(one) >= KEYS for one in found["items"])
    assert all(one["period"].endswith("+08:00") for one in found["items"])


def test_an_object_a_list_and_items_are_all_taken_and_readable_at_once(desk: Desk) -> None:
    bodies = [hour(1, 0, 10.125), [hour(1, 1, 11), hour(1, 2, None)], {"items": [hour(1, 3, 13)]}]
    assert [desk.push(body).status_code for body in bodies] == [200, 200, 200]
    window = {"from": "2020-03-01T00:00:00+08:00", "to": "2020-03-01T04:00:00+08:00"}
    found = sorted(desk.listed(indicator=INDICATOR, region=REGION, **window), key=_period)
    assert [one["value"] for one in found] == [10.125, 11, None, 13]
    assert [one["status"] for one in found][2] != "ok"


def test_the_window_is_half_open_and_bare_times_are_those_of_beijing(desk: Desk) -> None:
    assert desk.push([hour(3, at, at) for at in (0, 1, 2)] + [hour(4, 0, 99)]).status_code == 200
    assert sorted(values(desk, **{"from": "2020-03-03", "to": "2020-03-04"})) == [0, 1, 2]
    window = {"from": "2020-03-03T01:00:00", "to": "2020-03-03T02:00:00"}
    assert values(desk, **window) == [1]


def test_as_of_shows_what_was_known_before_a_correction(desk: Desk) -> None:
    desk.push(hour(5, 0, 50))
    between = datetime.now(UTC).isoformat()
    desk.push(hour(5, 0, 55))
    window = {"from": "2020-03-05", "to": "2020-03-06"}
    assert values(desk, **window) == [55]
    assert values(desk, **window, as_of=between) == [50]
    assert values(desk, **window, as_of="2020-03-06") == []


def test_a_repeated_idempotency_key_answers_the_same_and_stores_nothing_twice(desk: Desk) -> None:
    key = str(uuid.uuid4())
    first, again = (desk.push(hour(7, 0, 70), key) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    other = desk.push(hour(7, 0, 71), key)
    assert (other.status_code, other.json()["type"]) == (422, "tonglan:idempotency-key-reused")
    assert values(desk, **{"from": "2020-03-07", "to": "2020-03-08"}) == [70]


def test_one_wrong_row_refuses_all_and_is_named_with_its_fix(desk: Desk) -> None:
    answer = desk.push([hour(9, 0, 90), hour(9, 1, 91) | {"region": "999999"}])
    problem = answer.json()
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (answer.status_code, problem["status"]) == (422, 422)
    assert problem["type"] == "tonglan:bad-observation"
    assert problem["title"] == "数据不能入库"
    assert problem["errors"][0]["row"] == 2
    assert values(desk, **{"from": "2020-03-09", "to": "2020-03-10"}) == []


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/observations?indicator=no.such", 401, "tonglan:not-signed-in"),
        ("/api/v1/observations?region=1", 404, "tonglan:unknown-region"),
        ("/api/v1/observations?indicator=economy.gdp&from=gestern", 422, "tonglan:bad-period"),
        ("/api/v1/observations?limit=0", 422, "tonglan:bad-request"),
        ("/api/v1/nothing", 404, "tonglan:not-found"),
    ],
)
def test_an_error_is_a_problem_document_in_chinese(
    city: City, path: str, status: int, kind: str
) -> None:
    answer = httpx.get(city.url + path, timeout=120)
    problem = answer.json()
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (answer.status_code, problem["type"], problem["status"]) == (status, kind, status)
    assert not problem["title"].isascii()
    assert not problem["detail"].isascii()


def test_nobody_pushes_without_a_token_or_with_one_for_something_else(city: City) -> None:
    url = f"{city.url}/api/v1/observations"
    assert httpx.post(url, json=hour(1, 0, 1), timeout=120).status_code == 401
    unknown = httpx.post(
        url, json=hour(1, 0, 1), headers={"Authorization": "Bearer tl_no"}, timeout=120
    )
    assert (unknown.status_code, unknown.headers["www-authenticate"]) == (401, "Bearer")


def test_the_openapi_document_names_the_few_routes_open_to_anonymous_writes(city: City) -> None:
    paths = httpx.get(f"{city.url}/api/openapi.json", timeout=120).json()["paths"]
    writes = {
        path: operation.get("x-public", False)
        for path, of in paths.items()
        for method, operation in of.items()
        if method in {"post", "put", "patch", "delete"}
    }
    assert [path for path, public in writes.items() if public] == ["/login"]
    assert {"/api/v1/observations", "/api/v1/layers", "/live"} <= set(paths)


def test_the_watching_routes_answer_in_their_forms(city: City) -> None:
    assert httpx.get(f"{city.url}/healthz", timeout=120).json()["status"] == "ok"
    assert httpx.get(f"{city.url}/readyz", timeout=120).status_code == 200
    metrics = httpx.get(f"{city.url}/metrics", timeout=120)
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "# TYPE" in metrics.text


def _period(one: dict[str, Any]) -> str:
    return str(one["period"])
