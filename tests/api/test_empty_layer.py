"""A layer that the program made and that has no feature today: empty, and not an error."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point

from layers.contracts import Classification, ImportRequest
from layers.errors import BadCoordinates
from layers.registry import LayerRegistry
from tests.api.layer_server import Routes

LAYER = "demo.nothing"
REQUEST = ImportRequest(
    LAYER, title="今天没有", publish=True, key="code", by="system",
    classification=Classification.PUBLIC, demo=True,
)  # fmt: skip


def frame(count: int) -> gpd.GeoDataFrame:
    points = [Point(113.5 + n / 100, 24.8) for n in range(count)]
    codes = [f"c{n}" for n in range(count)]
    return gpd.GeoDataFrame({"code": codes}, geometry=points, crs="EPSG:4326")


def test_its_tiles_and_features_are_empty_and_its_former_version_still_answers(
    routes: Routes, registry: LayerRegistry
) -> None:
    former = registry.import_frame(frame(3), REQUEST, empty="point").version
    now = registry.import_frame(frame(0), REQUEST, empty="point")
    assert now.features == 0
    assert routes.get(f"/tiles/{LAYER}/{now.version}/6/52/27.mvt").status_code == 204
    assert routes.get(f"/tiles/{LAYER}/{former}/6/52/27.mvt").status_code == 200
    found = routes.get(f"/api/v1/features/{LAYER}")
    assert (found.status_code, found.json()["items"]) == (200, [])
    assert routes.get(f"/api/v1/layers/{LAYER}").status_code == 200
    assert routes.get(f"/api/v1/layers/{LAYER}/thumbnail.svg").status_code == 200
    back = registry.import_frame(frame(2), REQUEST, empty="point")
    assert back.features == 2
    assert len(registry.master(LAYER, back.version or "")) == 2


def test_nothing_is_refused_where_nobody_said_that_there_may_be_nothing(
    registry: LayerRegistry,
) -> None:
    with pytest.raises(BadCoordinates):
        registry.import_frame(frame(0), REQUEST)
