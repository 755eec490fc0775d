"""The real counties of Shaoguan keep their area and their soundness at every zoom."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from test_shapes import check_sound
from tile_space import features, shape

from layers.compile import CompiledLayer, compile_layer
from layers.tiles.grid import units_at, world

COUNTIES = Path(__file__).resolve().parents[4] / "shared/data/admin/datav_gcj02/440200_full.json"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not COUNTIES.exists(), reason="the county file is not beside the repository"
    ),
]


@pytest.fixture(scope="module")
def counties() -> gpd.GeoDataFrame:
    return gpd.read_file(COUNTIES)


@pytest.fixture(scope="module")
def layer(counties, tmp_path_factory) -> CompiledLayer:
    folder = tmp_path_factory.mktemp("counties") / "compiled"
    ids = np.arange(1, len(counties) + 1)
    info = compile_layer(counties, ids, folder, attributes=["adcode", "name"])
    assert (info.features, info.skipped, info.kinds) == (10, 0, ("polygon",))
    return CompiledLayer.open(folder)


def tiles_of(bounds: np.ndarray, zoom: int) -> list[tuple[int, int]]:
    west, south, east, north = bounds
    corners = world(np.array([[west, north], [east, south]])) * (1 << zoom)
    (x0, y0), (x1, y1) = corners.astype(int)
    return [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


@pytest.mark.parametrize("zoom", [6, 8, 9, 10, 11])
def test_the_tiles_of_a_zoom_add_up_to_the_counties(counties, layer, zoom):
    total = dict.fromkeys(range(1, 11), 0.0)
    for x, y in tiles_of(counties.total_bounds, zoom):
        for each in features(layer.tile(zoom, x, y, name="counties")):
            check_sound(each, 3)
            total[each.id] += shape(each).intersection(shapely.box(0, 0, 4096, 4096)).area
    projected = shapely.transform(counties.geometry.to_numpy(), world)
    exact = shapely.area(projected) * float(units_at(zoom)) ** 2
    drift = np.array(list(total.values())) / exact - 1
    # A quarter of a pixel along the border of the smallest county, at the coarsest zoom: 1 %.
    assert np.abs(drift).max() < 0.01 * 2.0 ** max(0, 7 - zoom)


def test_names_and_codes_come_with_every_county(counties, layer):
    (x, y) = tiles_of(counties.total_bounds, 6)[0]
    found = {
        e.properties["adcode"]: e.properties["name"]
        for e in features(layer.tile(6, x, y, name="c"))
    }
    assert found == dict(zip(counties["adcode"].tolist(), counties["name"].tolist(), strict=True))
