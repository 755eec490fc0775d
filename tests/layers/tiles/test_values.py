"""Attributes in tiles: right types, absent when missing, the same to another decoder."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tile_space import COLUMN, ROW, ZOOM, degrees, features

from layers.errors import BadFilter, BadTileAddress
from layers.windows import parse_filter

RELAXED = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


def points(count: int) -> list[object]:
    return [degrees(shapely.Point(10 * k + 0.5, 20.5)) for k in range(count)]


@RELAXED
@given(st.lists(SCALARS, min_size=1, max_size=12))
def test_any_mixture_of_values_comes_back_with_its_types(compiled, given_values):
    layer = compiled(points(len(given_values)), v=pd.Series(given_values, dtype=object))
    found = {e.id: e.properties for e in features(layer.tile(ZOOM, COLUMN, ROW, name="p"))}
    for number, value in enumerate(given_values, 1):
        assert found[number] == ({} if value is None else {"v": value})
        assert value is None or type(found[number]["v"]) is type(value)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pd.Series([1, 2, 2], dtype="int32"), [1, 2, 2]),
        (pd.Series([-5, 2**62, 0]), [-5, 2**62, 0]),
        (pd.Series([2**64 - 1, 1, 0], dtype="uint64"), [2**64 - 1, 1, 0]),
        (pd.Series([1.5, np.nan, -0.25]), [1.5, None, -0.25]),
        (pd.Series([np.inf, -np.inf, 1.0]), [None, None, 1.0]),
        (pd.Series([1, None, 3], dtype="Int64"), [1, None, 3]),
        (pd.Series([True, False, True]), [True, False, True]),
        (pd.Series([True, None, False], dtype="boolean"), [True, None, False]),
        (pd.Series(["韶关", None, ""]), ["韶关", None, ""]),
        (pd.Series(["甲", "乙", "甲"], dtype="category"), ["甲", "乙", "甲"]),
        (
            pd.Series(pd.to_datetime(["2026-01-02", None, "2025-12-31"])),
            ["2026-01-02", None, "2025-12-31"],
        ),
        (
            pd.Series(pd.to_datetime(["2026-01-02 08:00", None, "2026-01-02 00:00"])),
            ["2026-01-02T08:00:00", None, "2026-01-02T00:00:00"],
        ),
        (pd.Series([dt.date(2026, 1, 2), None, Decimal("1.5")]), ["2026-01-02", None, 1.5]),
        (pd.Series([[1, 2], {"甲": 1}, None]), ["[1, 2]", '{"甲": 1}', None]),
        (pd.Series([None, None, None]), [None, None, None]),
    ],
)
def test_each_column_type_is_written_as_its_values(compiled, column, expected):
    layer = compiled(points(3), v=column)
    found = [e.properties.get("v") for e in features(layer.tile(ZOOM, COLUMN, ROW, name="p"))]
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


def test_another_decoder_reads_the_same_values_ids_and_places(compiled):
    rng = np.random.default_rng(2)
    spots = rng.uniform(0, 4096, (300, 2))
    names = [f"点{k % 17}" if k % 5 else None for k in range(300)]
    layer = compiled(
        list(degrees(shapely.points(spots))), name=names, level=rng.integers(-9, 9, 300).tolist()
    )
    tile = layer.tile(ZOOM, COLUMN, ROW, name="站点")
    oracle = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})["站点"]
    ours = [(e.id, e.properties, list(e.parts[0][0][0])) for e in features(tile)]
    assert ours == [
        (e["id"], e["properties"], e["geometry"]["coordinates"]) for e in oracle["features"]
    ]
    by_id = {each[0]: each for each in ours}
    assert set(by_id) == set(range(1, 301))
    assert all(by_id[k + 1][1].get("name") == names[k] for k in range(300))
    assert all(np.abs(np.array(by_id[k + 1][2]) - spots[k]).max() <= 1 for k in range(300))


def test_another_encoder_gives_the_same_polygons(compiled):
    shapes = [
        shapely.box(100, 100, 900, 900) - shapely.box(200, 200, 300, 400),
        shapely.MultiPolygon([shapely.box(1000, 10, 1100, 90), shapely.box(2000, 10, 2100, 90)]),
    ]
    ours = compiled([degrees(each) for each in shapes]).tile(ZOOM, COLUMN, ROW, name="p")
    theirs = mapbox_vector_tile.encode(
        [{"name": "p", "features": [{"geometry": each, "properties": {}} for each in shapes]}],
        default_options={"y_coord_down": True},
    )
    pairs = [
        [
            shapely.geometry.shape(feature["geometry"]).normalize()
            for feature in mapbox_vector_tile.decode(tile)["p"]["features"]
        ]
        for tile in (ours, theirs)
    ]
    assert pairs[0] == pairs[1]


def test_only_the_wanted_attributes_are_in_the_tile(compiled):
    layer = compiled(points(1), a=[1], b=[2])
    (feature,) = features(layer.tile(ZOOM, COLUMN, ROW, name="p", attributes=["b", "gone"]))
    assert feature.properties == {"b": 2}


def test_a_filter_leaves_out_what_does_not_pass(compiled):
    layer = compiled(points(4), a=[1, 2, 3, None])
    tile = layer.tile(ZOOM, COLUMN, ROW, name="p", where=parse_filter("a>=2"))
    assert [each.id for each in features(tile)] == [2, 3]
    with pytest.raises(BadFilter, match="没有属性 b"):
        layer.tile(ZOOM, COLUMN, ROW, name="p", where=parse_filter("b=1"))


def test_an_empty_tile_has_no_bytes(compiled):
    assert compiled(points(1)).tile(ZOOM, COLUMN + 2, ROW, name="p") == b""
    assert compiled([]).tile(0, 0, 0, name="p") == b""


@pytest.mark.parametrize("address", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_an_address_outside_the_pyramid_is_refused(compiled, address):
    with pytest.raises(BadTileAddress, match="不存在"):
        compiled([]).tile(*address, name="p")
