"""Which column a person is offered as the key of a new layer."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from layers.intake.key import SuggestedKey, suggest_key


def frame(**columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=shapely.points(range(count), range(count)))


def test_a_column_of_codes_that_tells_all_features_apart_is_suggested() -> None:
    made = frame(名称=["甲", "乙"], 排口编码=["GD-1", "GD-2"])
    assert suggest_key(made) == SuggestedKey("排口编码", 2, 2)


def test_a_few_repeated_codes_are_slips_many_are_no_key() -> None:
    slips = [f"GD-{n}" for n in range(100)]
    slips[1:4] = ["GD-0"] * 3
    assert suggest_key(frame(编码=slips)) == SuggestedKey("编码", 100, 97)
    slips[1:8] = ["GD-0"] * 7
    assert suggest_key(frame(编码=slips)) is None


def test_empty_codes_count_against_the_column() -> None:
    assert suggest_key(frame(编码=["1", None, None])) is None


@pytest.mark.parametrize("name", ["名称", "流量", "solid", "width"])
def test_a_column_whose_name_says_nothing_of_a_code_is_not_suggested(name: str) -> None:
    assert suggest_key(frame(**{name: ["a", "b"]})) is None


def test_the_column_with_the_most_different_codes_wins() -> None:
    made = frame(区划代码=[str(n // 2) for n in range(40)], id=[*range(39), 0], code=[*range(40)])
    assert suggest_key(made) == SuggestedKey("code", 40, 40)
