"""Personal data hidden by the rules of data/reference/masks.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from layers.export import KINDS, mask, masked

RULES = Path(__file__).parents[3] / "data" / "reference" / "masks.csv"


def examples() -> list[tuple[str, str, str]]:
    with RULES.open(encoding="utf-8") as file:
        return [(row["kind"], row["example"], row["masked"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("kind", "text", "hidden"), examples(), ids=lambda one: one)
def test_the_example_of_each_rule_comes_out_as_written(kind: str, text: str, hidden: str) -> None:
    assert mask(text, kind) == hidden


@pytest.mark.parametrize(
    ("kind", "text", "hidden"),
    [
        ("name", "张三", "张*"),
        ("name", "张三丰", "张**"),
        ("name", "欧阳", "欧*"),
        ("phone", "13812345678、13987654321", "138****5678、139****4321"),
        ("phone", "138 1234 5678", "138******5678"),
        ("phone", "+8613812345678", "+86138****5678"),
        ("phone", "暂无", "****"),
        ("landline", "8888123", "*****23"),
        ("landline", "0751-8888123 转 2", "0751-*****23 转 2"),
        ("address", "武江区", "****"),
        ("address", "武江区惠民街道惠民路", "武江区惠民街道****"),
        ("address", "武江区某路1号", "武江区****"),
        ("id", "110105491231002", "110105******002"),
        ("id", "见附件", "****"),
        ("text", "电话13812345678,zhangsan@a.com", "电话138****5678,zh******@a.com"),
        ("text", "证件 11010519491231002X。", "证件 110105********002X。"),
        ("nobody knows", "甲", "****"),
    ],
)  # fmt: skip
def test_texts_around_the_rules(kind: str, text: str, hidden: str) -> None:
    assert mask(text, kind) == hidden


@given(st.text(), st.sampled_from(sorted(set(KINDS) - {"text", "name", "id_screen"})))
def test_what_does_not_fit_its_kind_is_hidden_whole(text: str, kind: str) -> None:
    hidden = mask(text, kind)
    assert "*" in hidden or not text.strip()


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_four_digits_of_a_mobile_number_are_never_shown(number: str) -> None:
    for kind in ("phone", "text", "landline"):
        assert mask(number, kind) == f"{number[:3]}****{number[7:]}"


def test_a_column_of_numbers_is_masked_as_texts_and_nothing_else_changes() -> None:
    frame = gpd.GeoDataFrame(
        {"电话": [13812345678.0, np.nan], "数": [1, 2]}, geometry=[Point(113.597620, 24.810879)] * 2
    )
    hidden = masked(frame, {"电话": "phone", "没有": "id"})
    assert hidden["电话"][0] == "138****5678"
    assert hidden["电话"].isna()[1]
    assert hidden["数"].tolist() == [1, 2]
    assert frame["电话"][0] == 13812345678.0


def test_positions_are_given_to_two_decimals() -> None:
    frame = gpd.GeoDataFrame(
        {"a": [1, 2]}, geometry=[Point(113.597620, 24.810879), box(1, 1, 2, 3)]
    )
    assert masked(frame, {"几何": "position"}).geometry.to_wkt().tolist() == [
        "POINT (113.6 24.81)", "POINT (1.5 2)",
    ]  # fmt: skip
