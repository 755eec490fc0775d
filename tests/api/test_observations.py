"""The observations API over a real socket, with real tokens and a real database."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import observations
from app.config import Config, load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.security.install import protect
from app.security.tokens import Issuer
from app.services import Services
from tests.security.serving import serving
from topics.kit.periods import ZONE

URL = "/api/v1/observations"
LEVEL = "economy.gdp_growth"


@pytest.fixture
def services(module_database_url: str, valkey_url: str, home: Path) -> Services:
    config: Config = load_config(None, home=home)
    return compose(config, EngineUrls(postgres=module_database_url, valkey=valkey_url))


@pytest.fixture
def client(services: Services) -> Iterator[httpx.Client]:
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    server.include_router(observations.router(services))
    install_problems(server)
    protect(server, services)
    with serving(server) as anonymous:
        yield anonymous


@pytest.fixture
def clerk(services: Services) -> dict[str, str]:
    return bearer(services, "observations:write")


def bearer(services: Services, scope: str, topic: str | None = None) -> dict[str, str]:
    issuer = Issuer(services.tokens, services.audit)
    _, secret = issuer.issue([scope], topic=topic, by="test")
    return {"Authorization": f"Bearer {secret}"}


def row(year: int, value: object = 5.0, **more: object) -> dict[str, Any]:
    period = f"{year}-09-01T00:00:00+08:00"
    return {"indicator": LEVEL, "region": "440203", "period": period, "value": value, **more}


def read(client: httpx.Client, year: int, **more: str) -> list[dict[str, Any]]:
    span = {"from": f"{year}-01-01", "to": f"{year + 1}-01-01", "indicator": LEVEL}
    answer = client.get(URL, params={**span, "region": "440203", **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_what_was_pushed_is_readable_when_200_comes(
    client: httpx.Client, clerk: dict[str, str]
) -> None:
    answer = client.post(URL, json=row(2011, 5.125), headers=clerk)
    assert answer.status_code == 200, answer.text
    (found,) = read(client, 2011)
    assert found == answer.json()["items"][0]
    assert datetime.fromisoformat(found.pop("recorded_at")).utcoffset() is not None
    assert found.pop("source")
    assert found == {
        "indicator": LEVEL,
        "region": "440203",
        "period": "2011-09-01T00:00:00+08:00",
        "period_kind": "累计",
        "value": 5.125,
        "status": "ok",
        "unit": "%",
    }


@pytest.mark.parametrize("form", ["one", "list", "items"])
def test_a_body_is_an_object_a_list_or_items(
    client: httpx.Client, clerk: dict[str, str], form: str
) -> None:
    one = row(2012, len(form))
    body = {"one": one, "list": [one], "items": {"items": [one]}}[form]
    assert client.post(URL, json=body, headers=clerk).json()["accepted"] == 1
    assert [o["value"] for o in read(client, 2012)] == [len(form)]


def test_what_was_read_can_be_sent_back_and_changes_nothing(
    client: httpx.Client, clerk: dict[str, str]
) -> None:
    client.post(URL, json=row(2013), headers=clerk)
    again = client.post(URL, json={"items": read(client, 2013)}, headers=clerk)
    assert (again.json()["accepted"], again.json()["changed"]) == (1, 0)


def test_a_revised_value_is_still_known_as_of_then(
    client: httpx.Client, clerk: dict[str, str]
) -> None:
    client.post(URL, json=row(2014, 1.0), headers=clerk)
    then = datetime.now(ZONE).isoformat()
    client.post(URL, json=row(2014, None), headers=clerk)
    (now,) = read(client, 2014)
    assert (now["value"], now["status"]) == (None, "missing")
    assert [one["value"] for one in read(client, 2014, as_of=then)] == [1.0]


def test_a_repeated_key_gets_the_same_answer_and_writes_once(
    client: httpx.Client, clerk: dict[str, str], services: Services
) -> None:
    headers = clerk | {"Idempotency-Key": "k-2015"}
    first = client.post(URL, json=row(2015, 1.0), headers=headers)
    client.post(URL, json=row(2015, 2.0), headers=clerk)
    again = client.post(URL, json=row(2015, 1.0), headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    assert [one["value"] for one in read(client, 2015)] == [2.0]


def test_a_key_that_stands_for_another_body_is_refused(
    client: httpx.Client, clerk: dict[str, str]
) -> None:
    headers = clerk | {"Idempotency-Key": "k-2016"}
    client.post(URL, json=row(2016, 1.0), headers=headers)
    other = client.post(URL, json=row(2016, 2.0), headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "tonglan:idempotency-key-reused"
    assert [one["value"] for one in read(client, 2016)] == [1.0]


def test_a_refused_push_leaves_its_key_free(client: httpx.Client, clerk: dict[str, str]) -> None:
    headers = clerk | {"Idempotency-Key": "k-2017"}
    assert client.post(URL, json=row(2017, "x"), headers=headers).status_code == 422
    assert client.post(URL, json=row(2017, 1.0), headers=headers).status_code == 200


def test_the_same_push_at_once_is_stored_and_audited_once(
    client: httpx.Client, clerk: dict[str, str], services: Services
) -> None:
    headers = clerk | {"Idempotency-Key": "k-2018"}
    before = len(services.audit.list(action="observation.push"))
    answers: list[httpx.Response] = []

    def send() -> None:
        answers.append(client.post(URL, json=row(2018), headers=headers))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}
    assert len(services.audit.list(action="observation.push")) == before + 1


WRONG = [
    ({"value": "5,1"}, "value", "不是数"),
    ({"value": True}, "value", "不是数"),
    ({"indicator": "economy.nothing"}, "indicator", "没有指标"),
    ({"region": "999999"}, "region", "没有区划代码"),
    ({"region": "440221"}, "region", "撤销"),
    ({"region": "440203001"}, "region", "层级"),
    ({"period": "gestern"}, "period", "写成"),
    ({"period": None}, "period", "缺少"),
    ({"period_kind": "日"}, "period_kind", "不同"),
    ({"unit": "亿元"}, "unit", "换算"),
    ({"status": "missing"}, "value", "不能有数值"),
    ({"status": "fine"}, "status", "可用的有"),
    ({"source": "a\0b"}, "source", "NUL"),
    ({"valeu": 1}, "valeu", "不认识的项"),
]


@pytest.mark.parametrize(("change", "item", "said"), WRONG, ids=[str(one[0]) for one in WRONG])
def test_a_wrong_row_is_named_and_nothing_of_the_batch_is_stored(
    client: httpx.Client, clerk: dict[str, str], change: dict[str, Any], item: str, said: str
) -> None:
    answer = client.post(URL, json=[row(2019), row(2019) | change], headers=clerk)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["row"], error["item"]) == (2, item)
    assert said in error["problem"]
    assert read(client, 2019) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"3", b"[3]", b'{"items": 4}', b"[NaN]"])
def test_a_body_that_cannot_be_read_is_refused_in_words(
    client: httpx.Client, clerk: dict[str, str], body: bytes
) -> None:
    answer = client.post(URL, content=body, headers=clerk)
    assert answer.status_code == 422
    assert answer.json()["type"] in {"tonglan:bad-request", "tonglan:bad-observation"}


def test_nobody_writes_without_the_right_to_that_topic(
    client: httpx.Client, services: Services
) -> None:
    assert client.post(URL, json=row(2020)).status_code == 401
    reader, other = bearer(services, "read"), bearer(services, "observations:write", "water")
    assert client.post(URL, json=row(2020), headers=reader).status_code == 403
    assert client.post(URL, json=row(2020), headers=other).status_code == 403
    assert read(client, 2020) == []


def test_without_from_and_to_comes_the_latest_of_each(
    client: httpx.Client, clerk: dict[str, str]
) -> None:
    rows = [row(2021, 1.0, region=region) for region in ("440203", "440204")]
    client.post(URL, json=[*rows, row(2022, 2.0, region="440204")], headers=clerk)
    answer = client.get(URL, params={"indicator": LEVEL, "region": "440204"})
    assert [one["period"][:4] for one in answer.json()["items"]] == ["2022"]


@pytest.mark.parametrize("span", [{}, {"from": "2023-01-01"}])
def test_next_leads_through_the_whole_list_once(
    client: httpx.Client, clerk: dict[str, str], span: dict[str, str]
) -> None:
    regions = ["440203", "440204", "440205", "440222", "440224"]
    client.post(URL, json=[row(2023, 1.0, region=one) for one in regions], headers=clerk)
    seen: list[str] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        params = {"indicator": LEVEL, "limit": "2", **span}
        if page["next"]:
            params["next"] = page["next"]
        page = client.get(URL, params=params).json()
        seen += [one["region"] for one in page["items"]]
    assert seen == regions


def _next(indicator: object, region: object) -> str:
    """A forged `next`."""
    parts = [indicator, region, "2023-01-01T00:00:00+08:00", "累计"]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    ("params", "status", "kind"),
    [
        ({"indicator": "economy.nothing"}, 401, "not-signed-in"),  # as if it were hidden
        ({"indicator": "\0"}, 401, "not-signed-in"),
        ({"region": "123"}, 404, "unknown-region"),
        ({"from": "gestern"}, 422, "bad-period"),
        ({"next": "%%%"}, 422, "bad-request"),
        ({"next": _next("a\0", "440203")}, 422, "bad-request"),
        ({"next": _next("a", "\ud800")}, 422, "bad-request"),
        ({"next": _next("a", 1)}, 422, "bad-request"),
        ({"limit": "0"}, 422, "bad-request"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_problem_document(
    client: httpx.Client, params: dict[str, str], status: int, kind: str
) -> None:
    answer = client.get(URL, params=params)
    assert (answer.status_code, answer.json()["type"]) == (status, f"tonglan:{kind}")


def test_a_bare_day_means_midnight_in_shaoguan_and_the_end_is_left_out(
    client: httpx.Client, clerk: dict[str, str]
) -> None:
    client.post(URL, json=row(2024), headers=clerk)
    assert len(read(client, 2024, **{"from": "2024-09-01", "to": "2024-09-02"})) == 1
    assert read(client, 2024, **{"from": "2024-08-01", "to": "2024-09-01"}) == []


def test_indicators_and_regions_are_listed_with_their_meaning(client: httpx.Client) -> None:
    listed = {one["id"]: one for one in client.get("/api/v1/indicators").json()["items"]}
    assert listed[LEVEL]["topic"] == "economy"
    assert listed[LEVEL]["owner_name"] == "市统计局"
    codes = [one["code"] for one in client.get("/api/v1/regions").json()["items"]]
    assert codes[:2] == ["440200", "440203"]
    assert "440221" not in codes
