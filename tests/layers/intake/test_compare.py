"""What differs between two versions, for a table and for a map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from layers.intake.compare import LayerDiff, compare

OLD = {1: ("A", "甲", 1.0, Point(113.6, 24.8)), 2: ("B", "乙", 2.0, Point(113.7, 24.8)),
       3: ("C", "丙", 3.0, Point(113.8, 24.8))}  # fmt: skip
NEW = {2: ("B", "乙", 2.5, Point(113.7, 24.8)), 3: ("C", "丙", 3.0, Point(113.8, 24.801)),
       4: ("D", "丁", None, Point(113.9, 24.8))}  # fmt: skip


def master(features: dict[int, tuple[object, ...]]) -> gpd.GeoDataFrame:
    names = ("编码", "名称", "流量")
    columns = {name: [f[at] for f in features.values()] for at, name in enumerate(names)}
    return gpd.GeoDataFrame(
        {"_fid": np.array(list(features)), **columns},
        geometry=[f[3] for f in features.values()], crs="EPSG:4326",
    )  # fmt: skip


@pytest.fixture
def diff() -> LayerDiff:
    return compare(master(OLD), master(NEW), "编码")


def test_features_are_named_by_their_key(diff: LayerDiff) -> None:
    assert diff.added == ("D",)
    assert diff.removed == ("A",)
    assert diff.changed == {"B": ("流量",), "C": ("几何",)}
    assert diff.counts == {"added": 1, "removed": 1, "changed": 2}


def test_without_a_key_features_are_named_by_their_id() -> None:
    assert compare(master(OLD), master(NEW), None).added == ("4",)


def test_a_page_tells_each_value_before_and_after(diff: LayerDiff) -> None:
    page = diff.page()
    assert page["changed"][0] == {"key": "B", "fields": {"流量": [2.0, 2.5]}}
    assert page["added"] == [{"key": "D", "values": {"编码": "D", "名称": "丁", "流量": None}}]
    assert page["removed"][0]["values"]["名称"] == "甲"
    assert page["next"] is None


def test_a_point_that_moved_tells_by_how_many_metres(diff: LayerDiff) -> None:
    before, after = diff.page()["changed"][1]["fields"]["几何"]
    assert before == "113.800000, 24.800000"
    assert after == "113.800000, 24.801000(移动 111.3 m)"


def test_a_polygon_tells_its_vertices_and_how_far_its_centre_went() -> None:
    old = {1: ("A", "甲", 1.0, box(113, 24, 114, 25))}
    new = {1: ("A", "甲", 1.0, box(113, 24, 114, 25.002))}
    told = compare(master(old), master(new), "编码").page()["changed"][0]["fields"]["几何"]
    assert told == ["5 个顶点", "5 个顶点(中心移动 111.3 m)"]


def test_pages_count_through_all_changes_and_miss_none(diff: LayerDiff) -> None:
    pages, start = [], 0
    while start is not None:
        pages.append(diff.page(limit=1, start=start))
        start = pages[-1]["next"]
    assert [len(p["added"]) + len(p["removed"]) + len(p["changed"]) for p in pages] == [1] * 4
    assert [one["key"] for p in pages for one in p["changed"]] == ["B", "C"]


def test_the_map_shows_removed_features_as_they_were(diff: LayerDiff) -> None:
    shown = diff.features()
    assert shown["change"].tolist() == ["added", "removed", "changed", "changed"]
    assert shown.geometry[1].equals(OLD[1][3])
    assert shown["fields"].tolist() == ["", "", "流量", "几何"]
    assert diff.features(limit=2)["key"].tolist() == ["D", "A"]


def test_masked_values_are_hidden_but_their_change_is_told() -> None:
    diff = compare(master(OLD), master(NEW), "编码", masked={"流量": "hidden", "几何": "hidden"})
    page = diff.page()
    assert page["changed"][0]["fields"] == {"流量": ["****", "****"]}
    assert page["changed"][1]["fields"] == {"几何": ["****", "****"]}
    assert page["added"][0]["values"]["流量"] == "****"
    assert diff.features().geometry.isna().all()


def test_a_masked_key_names_no_feature() -> None:
    diff = compare(master(OLD), master(NEW), "编码", masked={"编码": "hidden"})
    assert diff.added == ("****#4",)
    assert "D" not in str(diff.page())


def test_a_column_that_came_differs_only_where_it_says_something() -> None:
    new = master(NEW).assign(备注=["x", None, None])
    diff = compare(master(NEW), new, "编码")
    assert diff.changed == {"B": ("备注",)}
    assert diff.page()["changed"][0]["fields"] == {"备注": [None, "x"]}


def test_missing_stays_missing_and_types_that_print_alike_are_equal() -> None:
    same = master(NEW)
    assert (
        compare(master(NEW), same.assign(流量=same["流量"].astype("Float64")), "编码").changed == {}
    )


def test_the_same_version_has_no_differences() -> None:
    assert compare(master(OLD), master(OLD), "编码").counts == {
        "added": 0,
        "removed": 0,
        "changed": 0,
    }
