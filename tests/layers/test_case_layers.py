"""Open cases on the map: new versions as cases go on, a while apart; a city's own layer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import Point

from app.config import Config, DemoConfig
from app.engines.contracts import EngineUrls
from app.main import compose
from app.migrations import upgrade
from app.roles.case_layers import CaseLayers
from app.roles.derived_layers import DerivedLayers
from layers.contracts import Classification, ImportRequest
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.machine import SYSTEM, Order

EVENTS = "grid.events"
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=11)


def made(database_url: str, valkey_url: str, home: Path, **more: Any) -> Any:
    upgrade(database_url)
    return compose(Config(home=str(home), **more), EngineUrls(valkey_url, database_url))


@pytest.fixture
def services(database_url: str, valkey_url: str, tmp_path: Path) -> Any:
    return made(database_url, valkey_url, tmp_path)


def report(services: Any, number: int, scheme: str = "城市管理/事项/06010", **more: Any) -> Any:
    known = {
        "category": CategoryKey(*scheme.split("/")), "region": "440203001", "text": "王先生电话",
        "at": NOW - timedelta(hours=number), "source": "form", "reporter": "u",
        "longitude": 113.58 + number / 500, "latitude": 24.8 + number % 5 / 100,
    }  # fmt: skip
    return services.cases.report(Report(**(known | more)), now=NOW - timedelta(hours=number))


def shown(services: Any) -> gpd.GeoDataFrame:
    layer = services.layers.require(EVENTS)
    return services.layers.master(EVENTS, layer.version)


def test_open_cases_are_points_that_lead_to_their_pages_and_tell_nobody(services: Any) -> None:
    report(services, 1, contact="13900001234")
    assert CaseLayers(services).renew(NOW) == 1
    found = shown(services)
    assert found["case"][0].startswith("/cases/")
    assert found["state"][0] in ("待派遣", "超期")
    assert found["town"][0] == "440203001"
    said = " ".join(map(str, found.drop(columns="geometry").iloc[0]))
    assert "王先生" not in said
    assert "1390000" not in said


def test_a_new_version_comes_only_when_cases_went_on_and_a_while_after(services: Any) -> None:
    report(services, 1)
    layers = CaseLayers(services)
    assert (layers.renew(NOW), layers.renew(LATER)) == (1, 0)
    report(services, 2)
    assert layers.renew(NOW + timedelta(minutes=5)) == 0
    assert layers.renew(LATER) == 1
    assert len(shown(services)) == 2


def test_cases_of_a_sensitive_scheme_and_drills_are_not_on_the_map(services: Any) -> None:
    social = services.cases.categories.schemes["综治"].scheme.minors("综治", NOW.date())[0]
    report(services, 1)
    report(services, 2, f"综治/综治/{social.code}")
    report(services, 3, drill=True)
    CaseLayers(services).renew(NOW)
    assert len(shown(services)) == 1


def test_in_a_real_city_the_layer_is_as_secret_as_its_cases(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    services = made(database_url, valkey_url, tmp_path, demo=DemoConfig(enabled=False))
    report(services, 1)
    CaseLayers(services).renew(NOW)
    assert services.layers.require(EVENTS).classification is Classification.INTERNAL


def test_a_version_that_somebody_published_is_left_alone(services: Any) -> None:
    own = gpd.GeoDataFrame({"id": ["A1"]}, geometry=[Point(113.6, 24.8)], crs="EPSG:4326")
    services.layers.import_frame(
        own, ImportRequest(EVENTS, title="本市事件", publish=True, key="id", by="zhang")
    )
    report(services, 1)
    assert CaseLayers(services).renew(NOW) == 0
    assert list(shown(services)["id"]) == ["A1"]


def test_the_density_follows_the_cases(services: Any) -> None:
    for number in range(1, 40):
        report(services, number)
    CaseLayers(services).renew(NOW)
    assert DerivedLayers(services).renew() == 1
    density = services.layers.require("grid.density")
    assert services.layers.master("grid.density", density.version)["count"].sum() == 39


def test_when_the_last_case_ends_the_map_is_empty_and_the_former_one_is_kept(
    services: Any,
) -> None:
    cases = [report(services, number).case.id for number in range(1, 8)]
    layers = CaseLayers(services)
    layers.renew(NOW)
    DerivedLayers(services).renew()
    before = services.layers.require(EVENTS).version
    for case in cases:
        services.cases.move(case, Order("作废", note="误报"), SYSTEM, now=NOW)
    assert layers.renew(LATER) == 1
    assert len(shown(services)) == 0
    live = services.layers.require_version(EVENTS, services.layers.require(EVENTS).version)
    assert (live.features, live.geometry, live.bounds) == (0, "point", None)
    assert len(services.layers.master(EVENTS, before)) == 7
    assert DerivedLayers(services).renew() == 1
    density = services.layers.require("grid.density")
    assert len(services.layers.master("grid.density", density.version)) == 0
    report(services, 1)
    assert layers.renew(LATER + timedelta(minutes=11)) == 1
    assert len(shown(services)) == 1


def test_a_layer_begins_with_a_case_and_not_with_nothing(services: Any) -> None:
    assert CaseLayers(services).renew(NOW) == 0
    assert services.layers.find(EVENTS) is None
