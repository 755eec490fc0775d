"""Unit grids divide their communities (GB/T 47678.3; rules unverified), and where they do not."""

from __future__ import annotations

import pytest
import shapely

from topics.grid.unit_grids import area_km2, check_grids, neighbours

LEFT, RIGHT = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
TOWN = {"440203001001": shapely.box(0, 0, 2, 1)}
FIRST, SECOND = "440203001001001", "440203001001002"


def problems(grids: dict[str, shapely.Geometry]) -> list[str]:
    return [f"{one.code} {one.problem}" for one in check_grids(grids, TOWN)]


def test_two_halves_are_well() -> None:
    assert not problems({FIRST: LEFT, SECOND: RIGHT})


def test_a_gap_is_told_of_the_community() -> None:
    (told,) = problems({FIRST: LEFT, SECOND: shapely.box(1.1, 0, 2, 1)})
    assert told == "440203001001 有 5.00% 的面积不属于任何网格"


def test_an_overlap_is_told_of_both() -> None:
    (told,) = problems({FIRST: shapely.box(0, 0, 1.1, 1), SECOND: RIGHT})
    assert told == f"{FIRST} 与网格 {SECOND} 重叠 10.00%"


def test_a_grid_beyond_its_community_is_told() -> None:
    assert f"{SECOND} 有 50.0% 的面积在所属社区之外" in problems(
        {FIRST: LEFT, SECOND: shapely.box(1, 0, 3, 1)}
    )


def test_a_prefix_of_another_community_is_told() -> None:
    assert "440203001009001 前 12 位 440203001009 不是本区的社区(村)" in problems(
        {FIRST: LEFT, "440203001009001": RIGHT}
    )


def test_a_broken_code_or_shape_is_told_and_the_rest_checked() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    told = problems({FIRST: bow, "44020300100100": RIGHT})
    assert any("几何不正确" in one for one in told)
    assert any("有 14 位" in one for one in told)


def test_a_corner_makes_no_neighbour() -> None:
    above = shapely.box(1, 1, 2, 2)
    found = neighbours({"a": LEFT, "b": RIGHT, "c": above})
    assert found == {"a": ("b",), "b": ("a", "c"), "c": ("b",)}


def test_areas_are_of_the_ellipsoid() -> None:
    degree = area_km2(shapely.box(113, 24, 114, 25))
    assert degree == pytest.approx(11_243, rel=2e-3)
    assert area_km2(shapely.box(113, 24, 114, 25).reverse()) == degree
