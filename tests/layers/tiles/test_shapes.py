"""Lines and polygons in tiles: sound when decoded, wound as MVT asks, true to their area."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strict_mvt import area
from tile_space import COLUMN, ROW, ZOOM, degrees, features, shape

RELAXED = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WINDOW = shapely.box(-64, -64, 4160, 4160)
# Simplified by up to 2 units at each of the finer zooms, and rounded: 2 + 1 + 1/2 … + rounding.
SHIFT = 5.0


@st.composite
def stars(draw: st.DrawFn, *, centre: tuple[int, int] | None = None) -> shapely.Polygon:
    """A polygon around a centre, perhaps with a hole, anywhere in or around the tile."""
    x, y = centre or draw(st.tuples(st.integers(-1500, 5500), st.integers(-1500, 5500)))
    corners = draw(st.integers(3, 12))
    reach = draw(
        st.lists(st.floats(30, 3000), min_size=corners, max_size=corners), label="distances"
    )
    angles = [2 * math.pi * k / corners for k in range(corners)]
    ring = [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(reach, angles, strict=True)]
    hole = [(x + 8 * math.cos(a), y + 8 * math.sin(a)) for a in angles]
    whole = shapely.Polygon(ring, [hole] if draw(st.booleans()) else [])
    return whole if whole.is_valid else shapely.Polygon(ring)


def check_sound(feature, kind: int) -> None:
    """All vertices within the buffer; polygons valid, exteriors positive, holes negative."""
    assert feature.kind == kind
    rings = [ring for part in feature.parts for ring in part]
    assert all(-64 <= c <= 4160 for ring in rings for vertex in ring for c in vertex)
    if kind == 3:
        assert shape(feature).is_valid
        for part in feature.parts:
            assert area(part[0]) > 0
            assert all(area(hole) < 0 for hole in part[1:])


@RELAXED
@given(st.lists(stars(), min_size=1, max_size=4), st.sampled_from([ZOOM, 16]))
def test_polygons_decode_valid_and_keep_their_area(compiled, polygons, zoom):
    column, row = COLUMN << (zoom - ZOOM), ROW << (zoom - ZOOM)
    layer = compiled([degrees(each, zoom, column, row) for each in polygons])
    found = {each.id: each for each in features(layer.tile(zoom, column, row, name="p"))}
    for number, polygon in enumerate(polygons, 1):
        expected = shapely.intersection(polygon, WINDOW)
        allowed = SHIFT * (polygon.boundary.intersection(WINDOW.buffer(9)).length + 40)
        if number not in found:
            assert expected.area <= allowed
            continue
        check_sound(found[number], 3)
        assert abs(shape(found[number]).area - expected.area) <= allowed


@RELAXED
@example(courses=[[(0, -55), (0, -59)]])
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(-900, 5000), st.integers(-900, 5000)), min_size=2, max_size=9
        ),
        min_size=1,
        max_size=3,
    )
)
def test_lines_stay_near_their_course_and_are_whole_within_the_tile(compiled, courses):
    whole = shapely.MultiLineString(courses)
    layer = compiled([degrees(whole)])
    found = features(layer.tile(ZOOM, COLUMN, ROW, name="l"))
    within = shapely.intersection(whole, WINDOW)
    if not found:
        assert within.length <= 40
        return
    check_sound(found[0], 2)
    drawn = shape(found[0])
    assert whole.buffer(SHIFT + 1).covers(drawn)
    expected = within.intersection(WINDOW.buffer(-10))
    assert expected.difference(drawn.buffer(2 * SHIFT + 2)).is_empty


@RELAXED
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=14))
def test_rings_that_cross_themselves_come_out_valid(compiled, corners):
    ring = [(2000 + 20 * x, 2000 + 20 * y) for x, y in corners]
    layer = compiled([degrees(shapely.Polygon(ring))])
    for each in features(layer.tile(ZOOM, COLUMN, ROW, name="p")):
        check_sound(each, 3)


def test_every_ring_is_wound_as_mvt_asks_whatever_the_source_did(compiled):
    outside = [(100, 100), (100, 900), (900, 900), (900, 100)]
    hole = [(300, 300), (300, 600), (600, 600), (600, 300)]
    ways = [(outside, hole), (outside[::-1], hole), (outside, hole[::-1])]
    layer = compiled([degrees(shapely.Polygon(o, [h])) for o, h in ways])
    found = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert [[area(ring) for ring in each.parts[0]] for each in found] == [
        [2 * 800 * 800, -2 * 300 * 300]
    ] * 3


def test_a_multi_polygon_with_holes_keeps_every_part(compiled):
    parts = [
        shapely.box(200 * k, 100, 200 * k + 150, 250)
        - shapely.box(200 * k + 40, 140, 200 * k + 90, 190)
        for k in range(5)
    ]
    layer = compiled([degrees(shapely.MultiPolygon(parts))], name=["五块"])
    (feature,) = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert [[abs(area(ring)) // 2 for ring in part] for part in feature.parts] == [
        [150 * 150, 50 * 50]
    ] * 5


def test_a_polygon_over_many_tiles_fills_the_ones_inside_it(compiled):
    layer = compiled([degrees(shapely.box(-20_000, -20_000, 20_000, 20_000))])
    for zoom in (ZOOM, 14, 17):
        tile = layer.tile(zoom, COLUMN << (zoom - ZOOM), ROW << (zoom - ZOOM), name="p")
        assert shape(features(tile)[0]).equals(WINDOW)


def test_a_shape_that_only_the_buffer_meets_is_there_and_one_beyond_is_not(compiled):
    near, far = shapely.box(-90, 50, -60, 90), shapely.box(-100, 150, -66, 190)
    layer = compiled([degrees(near), degrees(far)])
    assert [each.id for each in features(layer.tile(ZOOM, COLUMN, ROW, name="p"))] == [1]


def test_small_shapes_stand_for_the_ones_around_them_when_seen_from_afar(compiled):
    spots = np.random.default_rng(3).uniform(0, 4096, (4000, 2))
    layer = compiled([degrees(shapely.box(x, y, x + 9, y + 9)) for x, y in spots])
    assert len(features(layer.tile(ZOOM, COLUMN, ROW, name="p"))) == 4000
    afar = features(layer.tile(7, COLUMN >> 3, ROW >> 3, name="p"))
    assert 0 < len(afar) < 1000
    total = sum(shape(each).area for each in afar) * 64
    assert total == pytest.approx(4000 * 81, rel=0.2)


def test_neighbouring_tiles_meet_without_a_gap(compiled):
    layer = compiled([degrees(shapely.Point(4096, 2000).buffer(1500))])
    left = shape(features(layer.tile(ZOOM, COLUMN, ROW, name="p"))[0])
    right = shape(features(layer.tile(ZOOM, COLUMN + 1, ROW, name="p"))[0])
    moved = shapely.transform(right, lambda xy: np.add(xy, (4096, 0)))
    strip = shapely.box(4096 - 64, 0, 4096 + 64, 4096)
    difference = left.intersection(strip).symmetric_difference(moved.intersection(strip))
    assert difference.area < 128


def test_mixed_geometries_share_a_layer_with_one_table_of_values(compiled):
    shapes = [
        shapely.Point(10.5, 10.5),
        shapely.LineString([(10, 10), (600, 900)]),
        shapely.box(100, 100, 200, 200),
        shapely.GeometryCollection([shapely.Point(5.5, 5.5), shapely.box(300, 300, 400, 400)]),
    ]
    layer = compiled(
        [degrees(each) for each in shapes], name=list("点线面混"), rank=[1, 2, 3, None]
    )
    found = features(layer.tile(ZOOM, COLUMN, ROW, name="m"))
    assert {(each.kind, each.id, each.properties["name"]) for each in found} == {
        (1, 1, "点"),
        (2, 2, "线"),
        (3, 3, "面"),
        (1, 4, "混"),
        (3, 4, "混"),
    }
    assert all(("rank" in each.properties) is (each.id != 4) for each in found)


@pytest.mark.parametrize(
    "box",
    [(-67, 50, -20, 90), (50, -67, 90, -20), (4120, 50, 4163, 90), (50, 4120, 90, 4163)],
)
def test_a_shape_a_few_units_over_the_buffer_is_cut_at_it(compiled, box):
    layer = compiled([degrees(shapely.box(*box))])
    (feature,) = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert shape(feature).equals(shapely.intersection(shapely.box(*box), WINDOW))


def test_neighbouring_tiles_draw_shapes_in_one_order(compiled):
    spots = np.random.default_rng(13).uniform(3500, 4700, (80, 2))
    layer = compiled([degrees(shapely.box(x, y, x + 90, y + 90)) for x, y in spots])
    orders = [
        [each.id for each in features(layer.tile(ZOOM, COLUMN + dx, ROW, name="p"))]
        for dx in (0, 1)
    ]
    shared = set(orders[0]) & set(orders[1])
    assert len(shared) > 3
    assert [k for k in orders[0] if k in shared] == [k for k in orders[1] if k in shared]


@pytest.mark.parametrize("zoom", range(16, 23))
def test_shapes_are_drawn_true_down_to_the_deepest_zoom(compiled, zoom):
    column, row = COLUMN << (zoom - ZOOM), ROW << (zoom - ZOOM)
    square = degrees(shapely.box(1000, 1000, 3000, 2000), zoom, column, row)
    (feature,) = features(compiled([square]).tile(zoom, column, row, name="p"))
    check_sound(feature, 3)
    allowed = 3000 * 2 * max(1.0, 2.0 ** (zoom - 20))  # stored degrees are a centimetre
    assert shape(feature).area == pytest.approx(2_000_000, abs=allowed)
