from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from app.board.atlas import Atlas
from app.security.subjects import anonymous, operator
from layers.contracts import Classification, ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect


@pytest.fixture
def registry(database_url, home):
    engine = connect(database_url)
    yield LayerRegistry(store=PostgresLayers(engine), files=LayerFiles(home / "layers"))
    engine.dispose()


def _publish(registry, layer, frame, *, classification=Classification.PUBLIC):
    request = ImportRequest(
        layer=layer, publish=True, by="test", demo=True, classification=classification
    )
    registry.import_frame(frame, request)


def _counties():
    shapes = [box(113, 24, 114, 25), box(114, 24, 115, 25)]
    data = {"code": ["440204", "440203"], "name": ["浈江区", "武江区"], "geometry": shapes}
    return gpd.GeoDataFrame(data, crs="EPSG:4326")


def test_counties_come_in_code_order_with_a_label_point_inside(registry):
    _publish(registry, "city.counties", _counties())
    places = Atlas(registry).places(anonymous("demo"))
    assert [place.code for place in places] == ["440203", "440204"]
    assert 114 < places[0].at[0] < 115


def test_a_layer_is_drawn_only_for_those_who_may_see_it(registry):
    _publish(registry, "city.secret", _counties(), classification=Classification.INTERNAL)
    atlas = Atlas(registry)
    assert atlas.layers(anonymous("demo")) == []
    assert [layer.id for layer in atlas.layers(operator())] == ["city.secret"]


def test_a_drawn_layer_says_where_all_of_it_lies(registry):
    _publish(registry, "city.counties", _counties())
    _publish(registry, "city.one", gpd.GeoDataFrame(geometry=[Point(113, 24)], crs=4326))
    counties, one = Atlas(registry).layers(operator())
    assert counties.bounds == (113, 24, 115, 25)
    west, south, east, north = one.bounds
    assert west <= 113 <= east
    assert south <= 24 <= north


def test_a_layer_older_than_its_cadence_says_how_late_it_is(registry):
    request = ImportRequest(
        layer="city.counties",
        publish=True,
        by="test",
        demo=True,
        classification=Classification.PUBLIC,
        cadence="1mo",
    )
    registry.import_frame(_counties(), request)
    ages = {}
    for days in (1, 45, 200):
        clock = datetime.now(UTC) + timedelta(days=days)
        drawn = Atlas(registry, lambda now=clock: now).layers(operator())[0]
        ages[days] = (drawn.freshness, drawn.age[:2])
    assert ages == {1: ("fresh", "按时"), 45: ("late", "迟 "), 200: ("dead", "停更")}


def test_points_published_as_counties_cost_the_labels_and_not_the_page(registry):
    _publish(registry, "city.counties", gpd.GeoDataFrame(geometry=[Point(113, 24)], crs=4326))
    assert Atlas(registry).places(operator()) == ()


def test_without_a_county_layer_there_are_no_places(registry):
    assert Atlas(registry).places(operator()) == ()
