"""Tracing through the API: the one wording, who may hear of which kind, and bad questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point

from app.api import networks
from app.main import REFERENCE
from app.services import Services
from layers.contracts import Classification, ImportRequest
from layers.network import KeptNetworks
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
from tests.api.layer_server import Routes, serve, who
from topics.kit.catalogue import Catalogue
from topics.kit.regions import RegionTree
from topics.kit.tracing import SiteTracing

TOPIC = """
[topic]
id = "brook"
title = "溪流"
owner = "swj"
roles = ["leader"]

[[layers]]
id = "brook.outfalls"
title = "排污口"
source = "测试"

[[sites]]
kind = "测点"
file = "points.csv"
network = "city.brooks"

[[sites]]
kind = "排污口"
file = "outfalls.csv"
layer = "brook.outfalls"
network = "city.brooks"
traced = "upstream"

[[sites]]
kind = "取水口"
file = "intakes.csv"
network = "city.brooks"
traced = "downstream"

[[sites]]
kind = "雨量站"
file = "gauges.csv"
"""
HEAD = "code,name,region,lon,lat\n"
TABLES = {
    "points.csv": "P1,上测点,440205,113.6,24.82\nP2,下测点,440205,113.6,24.71\n"
    "P3,远测点,440205,113.7,24.8\n",
    "outfalls.csv": "O1,甲排口,440205,113.6,24.86\nO2,乙排口,440205,113.62,24.84\n",
    "intakes.csv": "I1,某水厂,440205,113.6,24.762\n",
    "gauges.csv": "G1,某雨量站,440205,113.6,24.8\n",
}


@pytest.fixture(scope="module")
def routes(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routes]:
    home = tmp_path_factory.mktemp("networks")
    folder = home / "topics" / "brook"
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(TOPIC, encoding="utf-8")
    for name, rows in TABLES.items():
        (folder / name).write_text(HEAD + rows, encoding="utf-8")
    engine = connect(module_database_url)
    registry = LayerRegistry(PostgresLayers(engine), LayerFiles(home / "layers"))
    _import(registry)
    catalogue = Catalogue.load([folder.parent])
    regions = RegionTree.load(REFERENCE / "regions.csv").with_sites(catalogue.sites)
    services = SimpleNamespace(
        layers=registry,
        catalogue=catalogue,
        regions=regions,
        tracing=SiteTracing(catalogue.topics, regions, KeptNetworks(registry)),
    )
    yield serve(networks.router(cast(Services, services)))
    engine.dispose()


def _import(registry: LayerRegistry) -> None:
    brooks = gpd.GeoDataFrame(
        {"name": ["主河", "支流"]},
        geometry=[
            LineString([(113.6, 24.9), (113.6, 24.7)]),
            LineString([(113.64, 24.86), (113.6, 24.82)]),
        ],
        crs=4326,
    )
    public = Classification.PUBLIC
    registry.import_frame(
        brooks,
        ImportRequest("city.brooks", key="name", publish=True, demo=True, classification=public),
    )
    outfalls = gpd.GeoDataFrame({"code": ["O1"]}, geometry=[Point(113.6, 24.86)], crs=4326)
    registry.import_frame(
        outfalls,
        ImportRequest("brook.outfalls", topic="brook", key="code", publish=True,
                      classification=Classification.SENSITIVE),
    )  # fmt: skip


def ask(routes: Routes, site: str, name: str = "admin", **more: Any) -> Any:
    query = {"site": site} | more
    return routes.get("/api/v1/networks/city.brooks/trace", params=query, headers=who(name))


def test_a_site_is_told_its_sources_and_what_it_affects_in_one_wording(routes: Routes) -> None:
    found = ask(routes, "P1").json()
    assert found["words"] == "上游 2 个排污口,下游 6.4 km 取水口"
    assert {one["site"] for one in found["upstream"]} == {"O1", "O2"}
    below = {one["site"]: one["km"] for one in found["downstream"]}
    assert below["I1"] == pytest.approx(6.42, abs=0.02)
    assert below["P2"] > below["I1"]


def test_nothing_up_or_down_is_said_and_not_a_nought(routes: Routes) -> None:
    assert ask(routes, "P2").json()["words"] == "上游 2 个排污口,下游无取水口"
    assert ask(routes, "O1").json()["words"] == "上游无排污口,下游 10.9 km 取水口"


def test_a_site_far_from_the_river_is_told_to_be_off_it(routes: Routes) -> None:
    found = ask(routes, "P3").json()
    assert found["on_network"] is False
    assert "不在河网上" in found["words"]
    assert found["upstream"] == []


def test_a_kind_whose_layer_is_not_for_this_person_is_neither_named_nor_counted(
    routes: Routes,
) -> None:
    answer = ask(routes, "P1", name="viewer")
    assert answer.status_code == 200
    assert answer.json()["words"] == "下游 6.4 km 取水口"
    assert "O1" not in answer.text
    hidden = ask(routes, "O1", name="viewer")
    assert hidden.status_code == 404
    assert "甲排口" not in hidden.text


@pytest.mark.parametrize("site", ["XX", "440205", ""])
def test_what_is_no_site_is_refused(routes: Routes, site: str) -> None:
    answer = ask(routes, site)
    assert answer.status_code == 404
    assert "点位" in answer.json()["detail"]


def test_a_kind_without_a_network_and_another_layer_are_refused_with_the_fix(
    routes: Routes,
) -> None:
    gauge = ask(routes, "G1")
    assert gauge.status_code == 404
    assert "network" in gauge.json()["detail"]
    other = routes.get(
        "/api/v1/networks/brook.outfalls/trace", params={"site": "P1"}, headers=who("admin")
    )
    assert other.status_code == 404
    unknown = routes.get(
        "/api/v1/networks/no.such/trace", params={"site": "P1"}, headers=who("admin")
    )
    assert unknown.status_code == 404


def test_the_network_is_that_of_the_moment_asked_for(routes: Routes) -> None:
    now = datetime.now(UTC)
    assert ask(routes, "P1", as_of=now.isoformat()).status_code == 200
    before = ask(routes, "P1", as_of=(now - timedelta(days=400)).isoformat())
    assert before.status_code == 404
    assert "还没有发布" in before.json()["detail"]
    assert ask(routes, "P1", as_of="昨天").status_code == 422
