"""Another city with its own regions and tables: its places in the API, nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.api import observations, topic_pages
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from tests.api.layer_server import Routes, serve, who
from tests.second_city import CITY, write_home
from topics.kit.tables_in_force import use_home

SAMPLED = "2026-11-01T08:00:00+08:00"


@pytest.fixture(scope="module")
def asked(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Routes]:
    home = write_home(tmp_path_factory.mktemp("heyuan"))
    urls = EngineUrls(postgres=module_database_url, valkey=valkey_url)
    (home / "config.toml").write_text(
        f'[city]\ncode = "{CITY}"\nname = "河源市"\n[demo]\nenabled = false\n', encoding="utf-8"
    )
    services = compose(load_config(home / "config.toml", home=home), urls)
    yield serve(topic_pages.router(services), observations.router(services))
    use_home(None)


def page(asked: Routes, topic: str, **more: str) -> Any:
    answer = asked.get(
        f"/api/v1/topic-pages/{topic}", params={"region": CITY, **more}, headers=who("admin")
    )
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("indicator", "site", "period"),
    [
        ("ecology.pm25_hour", "HYKQ01", "2026-11-01T08:00:00+08:00"),
        ("water.nh3n", "HYDM01", SAMPLED),
        ("grid.unit_events", "441602001001001", "2026-10-01"),
    ],
)
def test_a_value_of_a_site_of_its_own_is_taken_and_read(
    asked: Routes, indicator: str, site: str, period: str
) -> None:
    row = {"indicator": indicator, "region": site, "period": period, "value": 2}
    answer = asked.ask("POST", "/api/v1/observations", json=row, headers=who("admin"))
    assert answer.status_code == 200, answer.text
    found = asked.get(
        "/api/v1/observations",
        params={"indicator": indicator, "region": site},
        headers=who("admin"),
    ).json()["items"]
    assert [(one["region"], one["value"]) for one in found] == [(site, 2)]


def test_a_site_of_the_demo_city_is_unknown_there(asked: Routes) -> None:
    row = {"indicator": "water.nh3n", "region": "SGDM01", "period": SAMPLED, "value": 1}
    answer = asked.ask("POST", "/api/v1/observations", json=row, headers=who("admin"))
    assert answer.status_code == 422
    assert "HYDM01" in answer.text


@pytest.mark.parametrize("topic", ["economy", "ecology", "water", "market", "grid"])
def test_the_pages_of_the_five_topics_open_without_a_place_of_the_demo_city(
    asked: Routes, topic: str
) -> None:
    text = page(asked, topic).text
    assert "武江" not in text
    assert "4402" not in text


def test_the_page_of_the_water_lists_the_section(asked: Routes) -> None:
    assert "临江断面" in page(asked, "water", tab="quality").text
