"""Every tile stays below 500 kB, whatever the data, and says the same each time."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from test_shapes import check_sound
from tile_space import COLUMN, ROW, ZOOM, degrees, features

LIMIT = 500_000


def comb(teeth: int, height: int) -> list[tuple[float, float]]:
    """A ring with a tooth at every other unit."""
    x = np.repeat(np.arange(teeth) * 3.0, 2)
    y = np.tile([0.0, height, height, 0.0], teeth // 2)
    return [*zip(x, y, strict=True), (x[-1], -10.0), (0.0, -10.0)]


def test_the_largest_of_too_many_polygons_are_kept_and_always_the_same(compiled):
    spots = np.random.default_rng(5).uniform(0, 4000, (30_000, 2))
    sizes = np.random.default_rng(6).uniform(5, 60, 30_000)
    boxes = shapely.box(spots[:, 0], spots[:, 1], *(spots + sizes[:, None]).T)
    layer = compiled(list(degrees(boxes)), number=list(range(30_000)))
    tile = layer.tile(ZOOM, COLUMN, ROW, name="p")
    assert 0.6 * LIMIT < len(tile) < LIMIT
    assert tile == layer.tile(ZOOM, COLUMN, ROW, name="p")
    kept = {each.properties["number"] for each in features(tile)}
    smallest_kept = min(sizes[list(kept)])
    assert np.flatnonzero(sizes > smallest_kept + 5).size <= len(kept)
    assert all(number in kept for number in np.flatnonzero(sizes > smallest_kept + 5))


def saw_blades() -> shapely.MultiPolygon:
    """Four hundred strips with teeth on both sides: half a million vertices in one tile."""
    x = np.arange(20, 4076, 3.0)
    teeth = np.where(np.arange(len(x)) % 2, 3.0, 0.0)
    one = np.concatenate(
        (np.column_stack((x, teeth)), np.column_stack((x, teeth + 4))[::-1]), axis=0
    )
    return shapely.MultiPolygon([shapely.Polygon(np.add(one, (0, 10 * row))) for row in range(400)])


def test_a_single_feature_too_long_for_a_tile_is_simplified_and_stays(compiled):
    layer = compiled([degrees(saw_blades(), 15, 0, 0)], name=["锯"])
    tile = layer.tile(15, 0, 0, name="p")
    assert 0 < len(tile) < LIMIT
    (feature,) = features(tile)
    check_sound(feature, 3)
    assert feature.properties == {"name": "锯"}


def test_a_scribble_that_crosses_itself_everywhere_is_compiled_in_bounded_time(compiled):
    rng = np.random.default_rng(8)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 30_000))
    reach = rng.uniform(300, 2000, 30_000)
    ring = np.column_stack((2048 + reach * np.cos(angle), 2048 + reach * np.sin(angle)))
    layer = compiled([degrees(shapely.Polygon(ring), 14, 0, 0)])
    for each in features(layer.tile(14, 0, 0, name="p")):
        check_sound(each, 3)


def test_a_thousand_long_lines_stay_within_the_budget_at_every_zoom(compiled):
    rng = np.random.default_rng(9)
    steps = rng.normal(0, 40, (1000, 1000, 2)).cumsum(axis=1) + 2048
    layer = compiled(list(degrees(shapely.linestrings(steps))))
    for zoom in range(17):
        scale = 2.0 ** (zoom - ZOOM)
        tile = layer.tile(zoom, int((COLUMN + 0.5) * scale), int((ROW + 0.5) * scale), name="l")
        assert 0 < len(tile) < LIMIT


def test_a_value_too_long_for_a_tile_is_left_out_of_it(compiled):
    layer = compiled([degrees(shapely.Point(9.5, 9.5))], text=["长" * 2000], name=["短"])
    (feature,) = features(layer.tile(ZOOM, COLUMN, ROW, name="p"))
    assert feature.properties == {"name": "短"}


def test_of_two_hundred_long_attributes_some_are_given_up_but_not_the_shape(compiled):
    texts = {f"a{k:03}": [f"{k}" + "x" * 4000] for k in range(200)}
    layer = compiled([degrees(shapely.box(10, 10, 900, 900))], short=[7], **texts)
    tile = layer.tile(ZOOM, COLUMN, ROW, name="p")
    assert 0.8 * LIMIT < len(tile) < LIMIT
    (feature,) = features(tile)
    assert feature.properties["short"] == 7
    only = layer.tile(ZOOM, COLUMN, ROW, name="p", attributes=["a001"])
    assert set(features(only)[0].properties) == {"a001"}


@pytest.mark.parametrize("teeth", [1300])
def test_a_comb_finer_than_the_grid_stays_valid(compiled, teeth):
    layer = compiled([degrees(shapely.Polygon(comb(teeth, 3000)))])
    for zoom in range(5, ZOOM + 1):
        shift = ZOOM - zoom
        for each in features(layer.tile(zoom, COLUMN >> shift, ROW >> shift, name="p")):
            check_sound(each, 3)
