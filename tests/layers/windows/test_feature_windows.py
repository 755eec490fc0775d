"""Windows: the right features, once each, page by page, as GeoJSON."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.compile import CompiledLayer, compile_layer
from layers.contracts import Bounds
from layers.errors import BadFilter
from layers.windows import features, parse_filter

COUNT = 3000


@pytest.fixture(scope="module")
def frame() -> gpd.GeoDataFrame:
    rng = np.random.default_rng(11)
    spots = np.round(rng.uniform((113.0, 24.0), (114.5, 25.5), (COUNT, 2)), 7)
    geometry = shapely.points(spots)
    shapes = shapely.box(spots[:, 0], spots[:, 1], *(spots + 0.01).T)
    lines = shapely.linestrings(np.stack((spots, np.add(spots, (0.02, -0.01))), axis=1))
    kind = np.arange(COUNT) % 3
    geometry = np.where(kind == 0, geometry, np.where(kind == 1, shapes, lines))
    rank = pd.Series(rng.integers(-50, 50, COUNT).astype(float)).mask(kind == 2)
    mixed = pd.Series([[1, "1", 1.0, True, None, "甲"][k % 6] for k in range(COUNT)], dtype=object)
    names = [f"名{k % 40}" for k in range(COUNT)]
    return gpd.GeoDataFrame(
        {"rank": rank, "name": names, "mixed": mixed}, geometry=geometry, crs=4326
    )


@pytest.fixture(scope="module")
def layer(frame, tmp_path_factory) -> CompiledLayer:
    folder = tmp_path_factory.mktemp("window") / "compiled"
    compile_layer(frame, np.arange(COUNT) + 500, folder, attributes=["rank", "name", "mixed"])
    return CompiledLayer.open(folder)


def ids(found: dict) -> list[int]:
    return [each["id"] for each in found["features"]]


EDGE = st.floats(0, 1.6)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDGE, EDGE, EDGE, EDGE)
def test_a_window_holds_exactly_what_meets_it(frame, layer, a, b, c, d):
    west, east = sorted((112.95 + a, 112.95 + c))
    south, north = sorted((23.95 + b, 23.95 + d))
    found = features(layer, Bounds(west, south, east, north), None, 10_000)
    bounds = frame.bounds
    grown = 1e-7  # the accuracy of stored degrees

    def meeting(by: float) -> set[int]:
        meets = (
            (bounds.minx <= east + by)
            & (bounds.maxx >= west - by)
            & (bounds.miny <= north + by)
            & (bounds.maxy >= south - by)
        )
        return set((np.flatnonzero(meets) + 500).tolist())

    assert len(set(ids(found))) == len(ids(found))
    assert meeting(-grown) <= set(ids(found)) <= meeting(grown)


def test_pages_put_together_are_the_whole(layer):
    whole = features(layer, None, None, 10_000)
    assert len(whole["features"]) == COUNT
    assert whole["next"] is None
    pages, cursor = [], None
    while True:
        page = features(layer, None, None, 700, cursor)
        pages += page["features"]
        if (cursor := page["next"]) is None:
            break
        assert len(page["features"]) == 700
    assert pages == whole["features"]


def test_a_page_that_ends_with_the_last_feature_has_no_next(layer):
    assert features(layer, None, None, COUNT)["next"] is None
    assert features(layer, None, None, COUNT - 1)["next"] is not None


def test_a_feature_is_geojson_with_its_id_degrees_and_present_attributes(frame, layer):
    for each in features(layer, None, None, 10_000)["features"][::97]:
        row = frame.iloc[each["id"] - 500]
        expected = shapely.geometry.shape(each["geometry"])
        assert expected.equals_exact(row.geometry, 2e-7, normalize=True)
        assert each["type"] == "Feature"
        assert each["properties"]["name"] == row["name"]
        assert ("rank" in each["properties"]) is bool(pd.notna(row["rank"]))
        assert each["properties"].get("mixed") == row["mixed"]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("rank>=3", lambda f: f["rank"] >= 3),
        ("rank>3", lambda f: f["rank"] > 3),
        ("rank<-3.5", lambda f: f["rank"] < -3.5),
        ("rank<=-3", lambda f: f["rank"] <= -3),
        ("rank!=3", lambda f: f["rank"].notna() & (f["rank"] != 3)),
        ("rank in (1,2, 700)", lambda f: f["rank"].isin([1, 2])),
        ("name=名7;rank>0", lambda f: (f["name"] == "名7") & (f["rank"] > 0)),
        ("name>=名38 and name<名39", lambda f: f["name"] == "名38"),
        ('mixed="1"', lambda f: f["mixed"].map(lambda v: v == "1")),
        ("mixed=true", lambda f: f["mixed"].map(lambda v: v is True)),
        ("mixed=1", lambda f: f["mixed"].map(lambda v: v is not True and v in (1, "1"))),
        ("mixed!=甲", lambda f: f["mixed"].map(lambda v: v is not None and v != "甲")),
        ("mixed<2", lambda f: f["mixed"].map(lambda v: v is not True and v in (1, "1"))),
        ("mixed>=false", lambda f: f["mixed"].map(lambda v: v is True or v == "甲")),
        ("name=没有", lambda f: f["name"] == "没有"),
    ],
)
def test_a_filter_passes_what_plain_comparison_passes(frame, layer, text, passes):
    found = features(layer, None, parse_filter(text), 10_000)
    assert sorted(ids(found)) == (np.flatnonzero(passes(frame)) + 500).tolist()


def test_window_filter_and_pages_work_together(layer):
    where = parse_filter("rank>=0")
    window = Bounds(113.2, 24.2, 114.0, 25.0)
    whole = ids(features(layer, window, where, 10_000))
    first = features(layer, window, where, 100)
    rest = features(layer, window, where, 10_000, first["next"])
    assert ids(first) + ids(rest) == whole
    assert len(whole) > 200


@pytest.mark.parametrize(
    ("bbox", "limit", "cursor"),
    [
        (Bounds(2, 0, 1, 1), 10, None),
        (Bounds(0, 2, 1, 1), 10, None),
        (Bounds(float("nan"), 0, 1, 1), 10, None),
        (Bounds(0, 0, float("inf"), 1), 10, None),
        (None, 0, None),
        (None, 10_001, None),
        (None, 10, "x"),
        (None, 10, "0-"),
        (None, 10, "9999999999999999999999"),
        (None, 10, "٣"),
    ],
)
def test_a_window_that_cannot_be_read_is_refused(layer, bbox, limit, cursor):
    with pytest.raises(BadFilter):
        features(layer, bbox, None, limit, cursor)


def test_an_unknown_attribute_is_refused_with_the_known_ones(layer):
    with pytest.raises(BadFilter, match="rank、name、mixed"):
        features(layer, None, parse_filter("grade=1"), 10)


def test_a_cursor_beyond_the_end_gives_an_empty_last_page(layer):
    page = features(layer, None, None, 10, "999999")
    assert (page["features"], page["next"]) == ([], None)
    assert page["count"] > 200


def test_the_count_is_of_all_pages(layer):
    whole = features(layer, None, parse_filter("rank>=0"), 10_000)
    page = features(layer, None, parse_filter("rank>=0"), 3)
    assert page["count"] == whole["count"] == len(whole["features"])


@pytest.mark.parametrize("sort", ["rank", "-rank", "name", "-name"])
def test_sorted_pages_follow_each_other_in_order_and_rows_without_come_last(layer, sort):
    name = sort.removeprefix("-")
    found, cursor = [], None
    while True:
        page = features(layer, None, None, 97, cursor, sort=sort)
        found += page["features"]
        cursor = page["next"]
        if cursor is None:
            break
    plain = [each["id"] for each in features(layer, None, None, 10_000)["features"]]
    assert sorted(each["id"] for each in found) == sorted(plain)
    values = [each["properties"].get(name) for each in found]
    known = [value for value in values if value is not None]
    assert values[len(known) :] == [None] * (len(values) - len(known))
    assert known == sorted(known, reverse=sort.startswith("-"))


def test_only_the_wanted_attributes_come(layer):
    page = features(layer, None, parse_filter("rank>=0"), 5, attributes=["rank", "没有"])
    assert all(set(each["properties"]) == {"rank"} for each in page["features"])


def test_sorting_by_an_attribute_that_is_not_there_is_refused(layer):
    with pytest.raises(BadFilter, match="rank"):
        features(layer, None, None, 5, sort="没有")
