"""Every way out covers a value the same way: lists, areas, sheets, files and reports."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from layers.catalogue.contracts import Mask
from layers.catalogue.masks import masked as masked_value
from layers.catalogue.sight import Sight
from layers.export.masks import KINDS, mask, masked, masked_column
from layers.tiles.values import Scalar

SURNAMES = ["欧阳修文", "司马光", "上官婉儿", "诸葛亮", "张三", "张三丰", "欧阳"]
PERSONAL = st.one_of(
    st.sampled_from(SURNAMES),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"44020[0-9]19[0-9]{9}[0-9X]", fullmatch=True),
    st.from_regex(r"0751-8[0-9]{6}", fullmatch=True),
    st.from_regex(r"6222[0-9]{12}", fullmatch=True),
    st.from_regex(r"[a-z]{3,8}@example\\.com", fullmatch=True),
    st.sampled_from(["广东省韶关市武江区西联镇某路1号", "粤F12345"]),
    st.text(min_size=1),
)
VALUES = st.one_of(
    PERSONAL,
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
)
PARTLY = sorted({Mask(kind) for kind in KINDS} - {Mask.HIDDEN})


def shown(column: pd.Series) -> list[Any]:
    return [None if pd.isna(one) else one for one in column]


@given(st.lists(VALUES, min_size=1, max_size=6), st.sampled_from(PARTLY))
def test_a_column_is_covered_as_each_of_its_values(values: list[Scalar], kind: Mask) -> None:
    alone = [masked_value(one, kind) for one in values]
    assert shown(masked_column(pd.Series(values, dtype=object), kind.value)) == alone
    record = Sight({"栏": kind}).record
    assert [record({"栏": one}).get("栏") for one in values] == alone
    places = [Point(113.6, 24.8)] * len(values)
    frame = gpd.GeoDataFrame({"栏": pd.Series(values, dtype=object)}, geometry=places)
    assert shown(masked(frame, {"栏": kind.value})["栏"]) == alone


@given(st.lists(PERSONAL, min_size=1, max_size=6), st.sampled_from(PARTLY))
def test_texts_are_covered_in_reports_as_they_are_in_lists(texts: list[str], kind: Mask) -> None:
    assert [mask(one, kind.value) for one in texts] == [masked_value(one, kind) for one in texts]


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float64", "Float64"])
@given(numbers=st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=6))
def test_numbers_are_covered_alike_however_a_column_stores_them(
    dtype: str, numbers: list[int]
) -> None:
    column = pd.Series(numbers).astype(dtype)
    for kind in (Mask.PHONE, Mask.ID, Mask.BANK_CARD):
        alone = [masked_value(one, kind) for one in numbers]
        assert shown(masked_column(column, kind.value)) == alone


def test_a_missing_value_stays_missing_and_a_fraction_or_a_yes_is_left_out() -> None:
    assert shown(masked_column(pd.Series([13812345678.0, float("nan"), 0.5]), "phone")) == [
        "138****5678", None, None,
    ]  # fmt: skip
    assert shown(masked_column(pd.Series([True, False]), "name")) == [None, None]
