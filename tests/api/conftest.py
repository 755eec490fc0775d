"""A registry with a public demo layer and an internal real one, and a client of the routes."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pytest
from shapely import Point, box

from layers.contracts import Classification, ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
from tests.api.layer_server import Routes, client

PUBLIC, INTERNAL = "demo.counties", "water.sections"


@pytest.fixture(scope="module")
def registry(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LayerRegistry]:
    engine = connect(module_database_url)
    files = LayerFiles(tmp_path_factory.mktemp("home") / "layers")
    made = LayerRegistry(PostgresLayers(engine), files)
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


@pytest.fixture(scope="module")
def routes(registry: LayerRegistry, module_database_url: str) -> Iterator[Routes]:
    engine = connect(module_database_url)
    yield client(registry, engine)
    engine.dispose()
