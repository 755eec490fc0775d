"""Attributes become plain columns; secrets are turned away."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from layers.contracts import Classification, ImportRequest
from layers.errors import BadLayer, UnreadableFile
from layers.intake.attributes import tidy
from layers.intake.describe import check_id, describe
from layers.intake.secrecy import refuse_secrets


def column(values: list[object]) -> pd.Series:
    frame = gpd.GeoDataFrame(
        {"c": pd.Series(values, dtype=object)}, geometry=[Point(0, 0)] * len(values)
    )
    return tidy(frame)["c"]


def test_nested_values_become_json_text() -> None:
    assert column([{"a": [1, 2]}, None])[0] == '{"a":[1,2]}'


def test_mixed_types_become_text() -> None:
    assert column([1, "甲"]).tolist() == ["1", "甲"]


def test_numbers_stay_numbers() -> None:
    assert column([1, 2.5]).tolist() == [1.0, 2.5]


def test_our_own_column_name_is_not_taken_over() -> None:
    frame = gpd.GeoDataFrame({"_fid": [7]}, geometry=[Point(0, 0)])
    assert "_fid_1" in tidy(frame).columns


@pytest.mark.parametrize("name", ["机密-管网.csv", "绝密.zip"])
def test_a_file_named_after_a_secrecy_level_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFile, match="非涉密系统"):
        refuse_secrets(name)


def test_a_column_of_secrecy_levels_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="密级"):
        refuse_secrets("a.csv", pd.DataFrame({"密级": ["公开", "机密★"]}))


@pytest.mark.parametrize("layer", ["", "../etc", "a/b", "1a", "a..b", "层", "a" * 81])
def test_an_id_that_cannot_stand_in_a_url_is_refused(layer: str) -> None:
    with pytest.raises(BadLayer, match="以字母开头"):
        check_id(layer)


def test_a_new_layer_is_internal_unless_told_otherwise() -> None:
    assert describe(ImportRequest("a.b"), None).classification is Classification.INTERNAL


def test_what_was_said_before_stays_until_it_is_said_anew() -> None:
    before = describe(ImportRequest("a.b", title="甲", cadence="每月"), None)
    after = describe(ImportRequest("a.b", title="乙"), before)
    assert (after.title, after.cadence, after.topic) == ("乙", "每月", "a")


def test_real_data_on_a_demo_layer_do_not_inherit_its_openness() -> None:
    demo = describe(ImportRequest("a.b", classification=Classification.PUBLIC, demo=True), None)
    real = describe(ImportRequest("a.b"), demo)
    assert (real.demo, real.classification) == (False, Classification.INTERNAL)


def test_demo_data_never_replace_real_data() -> None:
    with pytest.raises(BadLayer, match="真实数据"):
        describe(ImportRequest("a.b", demo=True), describe(ImportRequest("a.b"), None))
