"""Label points: inside what they name, in one tile only, the largest first, within the budget."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strict_mvt import Feature, decode
from test_shapes import stars
from tile_space import COLUMN, ROW, ZOOM, degrees

from layers.compile import CompiledLayer, Condition, Filter, compile_layer
from layers.compile.where import Comparison

RELAXED = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def labels(layer: CompiledLayer, z: int, x: int, y: int, **options: object) -> list[Feature]:
    found = decode(layer.tile(z, x, y, name="p", with_labels=True, **options))
    return [each for one in found if one.name == "p.labels" for each in one.features]


def spot(feature: Feature) -> tuple[int, int]:
    return feature.parts[0][0][0]


def test_a_tile_without_labels_asked_for_has_one_layer_only(compiled):
    layer = compiled([degrees(shapely.box(100, 100, 900, 900))], name=["江"])
    assert [each.name for each in decode(layer.tile(ZOOM, COLUMN, ROW, name="p"))] == ["p"]


def test_a_label_has_the_id_and_attributes_of_its_shape(compiled):
    layer = compiled([degrees(shapely.box(100, 100, 900, 900))], name=["江"], grade=[3])
    (label,) = labels(layer, ZOOM, COLUMN, ROW)
    assert (label.id, label.kind, label.properties) == (1, 1, {"name": "江", "grade": 3})
    assert spot(label) == pytest.approx((500, 500), abs=1)
    both = decode(
        layer.tile(
            ZOOM, COLUMN, ROW, name="p", attributes=["grade"], labels=["name"], with_labels=True
        )
    )
    assert [set(each.features[0].properties) for each in both] == [{"grade"}, {"name"}]


def test_points_are_their_own_label(compiled):
    layer = compiled([degrees(shapely.Point(9, 9))])
    assert labels(layer, ZOOM, COLUMN, ROW) == []


def test_a_line_is_named_in_its_middle(compiled):
    bent = shapely.LineString([(100, 100), (1100, 100), (1100, 700)])
    (label,) = labels(compiled([degrees(bent)]), ZOOM, COLUMN, ROW)
    assert spot(label) == pytest.approx((900, 100), abs=1)


def test_of_several_parts_the_largest_is_named(compiled):
    both = shapely.MultiPolygon([shapely.box(0, 0, 90, 90), shapely.box(2000, 2000, 3000, 3000)])
    (label,) = labels(compiled([degrees(both)]), ZOOM, COLUMN, ROW)
    assert spot(label) == pytest.approx((2500, 2500), abs=1)


CRESCENT = shapely.Point(2000, 2000).buffer(1500) - shapely.Point(2500, 2000).buffer(1400)
RING = shapely.Point(2000, 2000).buffer(1500) - shapely.Point(2000, 2000).buffer(1300)
HOOK = shapely.Polygon([(0, 0), (3000, 0), (3000, 3000), (2900, 3000), (2900, 100), (0, 100)])


@pytest.mark.parametrize("odd", [CRESCENT, RING, HOOK], ids=["crescent", "ring", "hook"])
def test_an_odd_shape_is_named_well_inside_of_it(compiled, odd):
    (label,) = labels(compiled([degrees(odd)]), ZOOM, COLUMN, ROW)
    place = shapely.Point(spot(label))
    widest = shapely.maximum_inscribed_circle(odd).length
    assert odd.contains(place)
    assert odd.boundary.distance(place) > 0.8 * widest


def test_a_turned_house_is_named_in_its_middle(compiled):
    house = shapely.Polygon([(1000, 2000), (1600, 1400), (1900, 1700), (1300, 2300)])
    (label,) = labels(compiled([degrees(house)]), ZOOM, COLUMN, ROW)
    assert spot(label) == pytest.approx((1450, 1850), abs=1)


@RELAXED
@given(st.lists(stars(), min_size=1, max_size=5))
def test_every_shape_is_named_once_inside_itself_whatever_tiles_it_crosses(compiled, polygons):
    layer = compiled([degrees(each) for each in polygons])
    found: dict[int, tuple[float, float]] = {}
    for x in range(COLUMN - 3, COLUMN + 4):
        for y in range(ROW - 3, ROW + 4):
            for label in labels(layer, ZOOM, x, y):
                assert label.id not in found
                assert all(0 <= each < 4096 for each in spot(label))
                found[label.id] = (
                    spot(label)[0] + 0.5 + 4096 * (x - COLUMN),
                    spot(label)[1] + 0.5 + 4096 * (y - ROW),
                )
    assert sorted(found) == list(range(1, len(polygons) + 1))
    for number, polygon in enumerate(polygons, 1):
        assert polygon.distance(shapely.Point(found[number])) <= 1.5


def test_the_largest_shapes_of_a_tile_are_named_and_all_of_them_further_down(compiled):
    corners = np.array([(80 * k, 80 * j) for k in range(50) for j in range(50)], float)
    sizes = np.random.default_rng(3).uniform(33, 70, 2500)
    boxes = shapely.box(corners[:, 0], corners[:, 1], *(corners + sizes[:, None]).T)
    layer = compiled(list(degrees(boxes)), number=list(range(2500)))
    named = [each.properties["number"] for each in labels(layer, ZOOM, COLUMN, ROW)]
    assert len(named) == 256
    assert sizes[named].min() >= np.sort(sizes)[-256] - 0.1
    below = [
        each.id
        for x in range(8)
        for y in range(8)
        for each in labels(layer, ZOOM + 3, COLUMN * 8 + x, ROW * 8 + y)
    ]
    assert sorted(below) == list(range(1, 2501))


def test_what_is_too_small_to_be_seen_is_not_named_until_it_is_seen(compiled):
    layer = compiled([degrees(shapely.box(2000, 2000, 2016.1, 2010))])
    assert labels(layer, ZOOM, COLUMN, ROW) == []
    assert len(labels(layer, ZOOM + 1, COLUMN * 2, ROW * 2)) == 1
    speck = compiled([degrees(shapely.box(2000, 2000, 2000.01, 2000.01))])
    deep = 1 << 12
    at = (ZOOM + 12, COLUMN * deep + 2000, ROW * deep + 2000)
    assert len(labels(speck, *at)) == 1


def test_a_filter_leaves_only_its_own_labels_and_looks_among_all_of_them(compiled):
    corners = np.array([(80 * k, 80 * j) for k in range(50) for j in range(50)], float)
    boxes = shapely.box(corners[:, 0], corners[:, 1], *(corners + 50).T)
    layer = compiled(list(degrees(boxes)), number=list(range(2500)))
    last = Filter((Condition("number", Comparison.FROM, ((2490,),)),))
    found = labels(layer, ZOOM, COLUMN, ROW, where=last)
    assert sorted(each.properties["number"] for each in found) == list(range(2490, 2500))


def test_long_attributes_of_labels_never_crowd_out_the_shapes(compiled):
    corners = np.array([(80 * k, 80 * j) for k in range(50) for j in range(50)], float)
    boxes = shapely.box(corners[:, 0], corners[:, 1], *(corners + 50).T)
    texts = [f"{number}" + "长" * 1000 for number in range(2500)]
    layer = compiled(list(degrees(boxes)), text=texts, number=list(range(2500)))
    tile = layer.tile(ZOOM, COLUMN, ROW, name="p", with_labels=True)
    shapes, named = decode(tile)
    assert len(tile) < 500_000
    assert (len(shapes.features), len(named.features)) == (2500, 256)


def test_a_layer_compiled_before_there_were_labels_is_still_drawn(tmp_path):
    frame = gpd.GeoDataFrame(
        {"name": ["江"]}, geometry=[degrees(shapely.box(100, 100, 900, 900))], crs=4326
    )
    compile_layer(frame, np.array([1]), tmp_path / "c", attributes=["name"])
    drawn = CompiledLayer.open(tmp_path / "c").tile(ZOOM, COLUMN, ROW, name="p")
    head = json.loads((tmp_path / "c/head.json").read_text())
    arrays = {name: at for name, at in head["arrays"].items() if "/labels/" not in name}
    old = json.dumps(head | {"format": 1, "arrays": arrays})
    (tmp_path / "c/head.json").write_text(old)
    layer = CompiledLayer.open(tmp_path / "c")
    assert layer.info.format == 1
    assert layer.tile(ZOOM, COLUMN, ROW, name="p", with_labels=True) == drawn
