"""A registry with a public demo layer and an internal real one, and a client of the routes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box
from starlette.testclient import TestClient

from layers.contracts import Classification, ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
from tests.api.layer_server import client

PUBLIC, INTERNAL = "demo.counties", "water.sections"


@pytest.fixture
def registry(database_url: str, home: Path) -> Iterator[LayerRegistry]:
    engine = connect(database_url)
    made = LayerRegistry(PostgresLayers(engine), LayerFiles(home / "layers"))
    counties = gpd.GeoDataFrame(
        {"code": ["440203", "440204"], "name": ["武江区", "浈江区"]},
        geometry=[box(113.4, 24.6, 113.6, 24.9), box(113.6, 24.6, 113.8, 24.9)],
        crs=4326,
    )
    sections = gpd.GeoDataFrame(
        {"code": [f"D{n}" for n in range(200)], "grade": [n % 5 for n in range(200)]},
        geometry=[Point(113 + n / 200, 24.5 + n / 400) for n in range(200)],
        crs=4326,
    )
    public = ImportRequest(
        PUBLIC, key="code", publish=True, demo=True, classification=Classification.PUBLIC
    )
    made.import_frame(counties, public)
    made.import_frame(sections, ImportRequest(INTERNAL, key="code", publish=True))
    made.import_frame(sections.head(5), ImportRequest(INTERNAL, key="code"))
    yield made
    engine.dispose()


@pytest.fixture
def routes(registry: LayerRegistry) -> TestClient:
    return client(registry)
