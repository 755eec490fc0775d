"""A layer computed from another one follows it, is no less secret, and survives its faults."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import Point

from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.migrations import upgrade
from app.roles.derived_layers import DerivedLayers
from layers.contracts import Classification, ImportRequest

DENSITY, EVENTS = "grid.density", "grid.events"


@pytest.fixture
def services(database_url: str, valkey_url: str, tmp_path: Path) -> Any:
    upgrade(database_url)
    return compose(Config(home=str(tmp_path)), EngineUrls(valkey_url, database_url))


def publish(services: Any, number: int, secret: Classification = Classification.PUBLIC) -> None:
    points = [Point(113.5 + n % 7 / 50, 24.8 + n % 5 / 50) for n in range(number)]
    frame = gpd.GeoDataFrame(
        {"id": [f"E{n}" for n in range(number)]}, geometry=points, crs="EPSG:4326"
    )
    services.layers.import_frame(
        frame,
        ImportRequest(EVENTS, title="网格事件", publish=True, key="id", classification=secret),
    )


def test_it_is_made_once_for_each_version_of_its_source(services: Any) -> None:
    derived = DerivedLayers(services)
    assert derived.renew() == 0  # nothing to make it of yet
    publish(services, 60)
    assert (derived.renew(), derived.renew()) == (1, 0)
    assert DerivedLayers(services).renew() == 0  # another worker finds it fresh
    first = services.layers.require(DENSITY)
    publish(services, 90)
    assert DerivedLayers(services).renew() == 1
    second = services.layers.require(DENSITY)
    assert second.version != first.version
    assert services.layers.master(DENSITY, second.version)["count"].sum() == 90


def test_it_is_at_least_as_secret_as_its_source(services: Any) -> None:
    publish(services, 60, Classification.SENSITIVE)
    DerivedLayers(services).renew()
    assert services.layers.require(DENSITY).classification is Classification.SENSITIVE


def test_a_source_that_cannot_be_computed_leaves_the_last_version(
    services: Any, caplog: pytest.LogCaptureFixture
) -> None:
    publish(services, 60)
    derived = DerivedLayers(services)
    derived.renew()
    before = services.layers.require(DENSITY).version
    apart = [Point(0, 0), Point(170, 80), Point(100, 50)]  # too wide for cells of two kilometres
    wide = gpd.GeoDataFrame({"id": ["E1", "E2", "E3"]}, geometry=apart, crs="EPSG:4326")
    services.layers.import_frame(wide, ImportRequest(EVENTS, publish=True, key="id"))
    with caplog.at_level(logging.WARNING):
        assert (derived.renew(), derived.renew()) == (0, 0)
    assert services.layers.require(DENSITY).version == before
    assert sum("没有更新" in one.getMessage() for one in caplog.records) == 1
