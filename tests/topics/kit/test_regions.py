"""Regions and bureaus: hierarchy, order, validity."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topics.kit.contracts import Region
from topics.kit.errors import BadManifest, UnknownRegion
from topics.kit.organisations import Organisations
from topics.kit.regions import RegionTree

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"
TODAY = date(2026, 11, 22)
MERGED = date(2004, 5, 29)


@pytest.fixture(scope="module")
def tree() -> RegionTree:
    return RegionTree.load(REFERENCE / "regions.csv")


def test_the_ten_counties_stand_in_statutory_order(tree: RegionTree) -> None:
    names = [one.short_name for one in tree.children("440200", TODAY)]
    assert names == "武江 浈江 曲江 始兴 仁化 翁源 乳源 新丰 乐昌 南雄".split()


def test_the_city_has_105_towns(tree: RegionTree) -> None:
    assert len(tree.at_level("town", TODAY)) == 105
    assert len(tree.within("440200", TODAY)) == 1 + 10 + 105


def test_a_withdrawn_code_holds_until_the_day_of_its_end(tree: RegionTree) -> None:
    assert tree.require("440221", date(2004, 5, 28)).name == "曲江县"
    with pytest.raises(UnknownRegion, match="2004-05-29 撤销"):
        tree.require("440221", MERGED)


def test_a_code_is_not_valid_before_its_first_day(tree: RegionTree) -> None:
    with pytest.raises(UnknownRegion, match="起才有效"):
        tree.require("440205", date(2004, 5, 28))


def test_an_unknown_code_is_refused_with_an_example(tree: RegionTree) -> None:
    with pytest.raises(UnknownRegion, match="440203"):
        tree.require("999999", TODAY)


def test_the_way_from_the_city_to_a_town_is_known(tree: RegionTree) -> None:
    town = tree.children("440203", TODAY)[0]
    assert [one.code for one in tree.path(town.code)] == ["440200", "440203", town.code]
    assert tree.path("nothing") == ()


def test_every_town_lies_in_a_county_whose_code_begins_its_own(tree: RegionTree) -> None:
    assert all(one.code.startswith(one.parent or "?") for one in tree.at_level("town"))


def region(code: str, begin: date, end: date | None = None, parent: str | None = None) -> Region:
    return Region(code, code, code, "county", parent, 1, begin, end)


def test_a_code_may_return_but_not_overlap_itself() -> None:
    first, second = date(2000, 1, 1), date(2010, 1, 1)
    tree = RegionTree([region("a", first, second), region("a", second)])
    assert tree.require("a", second).valid_from == second
    with pytest.raises(BadManifest, match="出现两次"):
        RegionTree([region("a", first), region("a", second)])


def test_a_region_without_its_parent_is_refused() -> None:
    with pytest.raises(BadManifest, match="上级 x 不在表里"):
        RegionTree([region("a", date(2000, 1, 1), parent="x")])


def test_a_table_with_a_wrong_day_is_refused_by_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "regions.csv"
    head = "code,name,short_name,level,parent,order,valid_from,valid_to\n"
    file.write_text(f"{head}1,甲,甲,city,,0,2004-5-29,\n", encoding="utf-8")
    with pytest.raises(BadManifest, match=r"regions\.csv 第 2 行 valid_from"):
        RegionTree.load(file)
    file.write_text("code,name\n", encoding="utf-8")
    with pytest.raises(BadManifest, match="缺少列 short_name"):
        RegionTree.load(file)


def test_bureaus_are_named_shortly_and_unknown_ones_by_their_id() -> None:
    bureaus = Organisations.load(REFERENCE / "organisations.csv")
    assert bureaus.name("tjj") == "市统计局"
    assert bureaus.name("nobody") == "nobody"
    assert bureaus.find("tjj", date(1900, 1, 1)) is None
