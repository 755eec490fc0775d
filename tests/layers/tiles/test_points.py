"""Points in tiles: exactly where their buffer says, counted where they are too many."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tile_space import COLUMN, ROW, ZOOM, degrees, features

from layers.windows import parse_filter

RELAXED = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NEIGHBOURS = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]


def in_tiles(layer, x: int, y: int) -> dict[tuple[int, int], tuple[int, int]]:
    found = {}
    for dx, dy in NEIGHBOURS:
        for feature in features(layer.tile(ZOOM, COLUMN + dx, ROW + dy, name="p")):
            found[dx, dy] = feature.parts[0][0][0]
    return found


EDGE = st.one_of(st.integers(-70, 70), st.integers(4020, 4170), st.integers(0, 4095))


@RELAXED
@given(EDGE, EDGE)
def test_a_point_is_in_exactly_the_tiles_whose_buffer_holds_it(compiled, x, y):
    layer = compiled([degrees(shapely.Point(x + 0.5, y + 0.5))])
    expected = {
        (dx, dy): (x - 4096 * dx, y - 4096 * dy)
        for dx, dy in NEIGHBOURS
        if -64 <= x - 4096 * dx < 4160 and -64 <= y - 4096 * dy < 4160
    }
    assert in_tiles(layer, x, y) == expected


@pytest.mark.parametrize(("x", "neighbour"), [(64, False), (63, True), (4031, False), (4032, True)])
def test_the_buffer_is_sixty_four_units_wide(compiled, x, neighbour):
    layer = compiled([degrees(shapely.Point(x + 0.5, 2000.5))])
    side = -1 if x < 2000 else 1
    assert bool(layer.tile(ZOOM, COLUMN + side, ROW, name="p")) is neighbour


def test_a_multi_point_is_one_feature_with_one_id(compiled):
    points = shapely.MultiPoint([(10.5, 10.5), (500.5, 20.5), (9000.5, 9000.5)])
    layer = compiled([degrees(points), degrees(shapely.Point(100.5, 100.5))], name=["多", "单"])
    found = {each.id: each for each in features(layer.tile(ZOOM, COLUMN, ROW, name="p"))}
    assert sorted(part[0][0] for part in found[1].parts) == [(10, 10), (500, 20)]
    assert found[2].parts == [[[(100, 100)]]]
    assert found[1].properties == {"name": "多"}


def test_poles_and_the_antimeridian_lie_on_the_edge_of_the_world(compiled):
    corners = [(-180, 90), (180, 90), (-180, -90), (180, -90)]
    layer = compiled([shapely.Point(*corner) for corner in corners])
    assert len(features(layer.tile(0, 0, 0, name="p"))) == 4
    last = (1 << 22) - 1
    for column, row in [(0, 0), (last, 0), (0, last), (last, last)]:
        assert len(features(layer.tile(22, column, row, name="p"))) == 1


@pytest.fixture(scope="module")
def crowd() -> list[object]:
    spots = np.random.default_rng(7).uniform(0, 4096, (12_000, 2))
    return list(degrees(shapely.points(spots)))


def test_five_thousand_points_are_shown_and_one_more_is_counted(compiled, crowd):
    # All at one spot well inside the tile, so that no buffer adds any.
    here = [degrees(shapely.Point(2000.5, 2000.5))]
    assert len(features(compiled(here * 5000).tile(ZOOM, COLUMN, ROW, name="p"))) == 5000
    counted = features(compiled(here * 5001).tile(ZOOM, COLUMN, ROW, name="p"))
    assert [each.properties for each in counted] == [{"n": 5001}]


def test_cells_count_every_point_once_and_keep_their_ids_across_tiles_and_filters(compiled, crowd):
    layer = compiled(crowd, kind=[1] * len(crowd))
    cells = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert sum(cell.properties["n"] for cell in cells) == len(crowd)
    assert len({cell.id for cell in cells}) == len(cells)
    assert all(2**52 <= cell.id < 2**53 for cell in cells)
    filtered = features(layer.tile(ZOOM, COLUMN, ROW, name="p", where=parse_filter("kind=1")))
    assert [(c.id, c.properties, c.parts) for c in filtered] == [
        (c.id, c.properties, c.parts) for c in cells
    ]


def test_a_cell_lies_among_its_points(compiled):
    spots = np.concatenate((np.full((4000, 2), 640.5), np.full((4000, 2), 650.5)))
    layer = compiled(list(degrees(shapely.points(spots))))
    (cell,) = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert cell.parts[0][0][0] in {(645, 645), (646, 646)}


def test_points_with_long_attributes_lose_those_rather_than_their_place(compiled):
    spots = np.random.default_rng(1).uniform(0, 4096, (1000, 2))
    texts = [f"{number:04}" + "长" * 1000 for number in range(1000)]
    layer = compiled(list(degrees(shapely.points(spots))), text=texts, number=list(range(1000)))
    found = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert sorted(each.properties["number"] for each in found) == list(range(1000))
    assert not any("text" in each.properties for each in found)


def test_a_tile_at_the_deepest_zoom_with_too_many_points_is_counted_too(compiled):
    place = shapely.Point(113.5, 24.8)
    layer = compiled([place] * 6000)
    x = int((113.5 + 180) / 360 * (1 << 22))
    latitude = np.radians(24.8)
    row = int((0.5 - np.arctanh(np.sin(latitude)) / (2 * np.pi)) * (1 << 22))
    (cell,) = features(layer.tile(22, x, row, name="p"))
    assert cell.properties == {"n": 6000}
    assert cell.id < 2**53


def test_the_buffer_reaches_along_the_edge_of_the_world(compiled):
    layer = compiled([degrees(shapely.Point(3.5, 4100.5), 3, 0, 2)])
    assert [e.parts for e in features(layer.tile(3, 0, 2, name="p"))] == [[[[(3, 4100)]]]]
    assert [e.parts for e in features(layer.tile(3, 0, 3, name="p"))] == [[[[(3, 4)]]]]
