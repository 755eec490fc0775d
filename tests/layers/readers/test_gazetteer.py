"""Regions are found by code, and by name only as far as the name goes."""

from __future__ import annotations

import pytest
from shapely import box

from layers.readers.gazetteer import Gazetteer, Region
from tests.layers.readers.regions import GAZETTEER


def codes(name: str, parent: str = "") -> list[str]:
    return [region.code for region in GAZETTEER.named(name, parent)]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("440205", "440205"),
        ("440205100", "440205100"),
        ("440205100000", "440205100"),
        ("440205000000", "440205"),
        ("440205000", "440205"),
        (" 440221 ", "440221"),
    ],
)
def test_codes_of_every_length_are_found(written: str, code: str) -> None:
    region = GAZETTEER.find(written)
    assert region is not None
    assert region.code == code


@pytest.mark.parametrize("written", ["", "440299", "4402051", "440205100001", "曲江区"])
def test_other_codes_are_not(written: str) -> None:
    assert GAZETTEER.find(written) is None


@pytest.mark.parametrize(
    "name", ["乳源瑶族自治县", "乳源", "乳源县", "韶关市乳源瑶族自治县", "乳 源"]
)
def test_full_and_short_names_are_found(name: str) -> None:
    assert codes(name) in (["440232"], [])
    if name != "乳源县":
        assert codes(name) == ["440232"]


def test_a_name_of_two_towns_gives_both() -> None:
    assert codes("大桥镇") == codes("大桥") == ["440224109", "440232109"]


@pytest.mark.parametrize(
    "name", ["仁化县大桥镇", "仁化大桥镇", "韶关市仁化县大桥镇", "广东省韶关市仁化县大桥镇"]
)
def test_the_county_before_the_town_tells_them_apart(name: str) -> None:
    assert codes(name) == ["440224109"]


def test_the_wrong_county_before_the_town_finds_nothing() -> None:
    assert codes("新丰县大桥镇") == []
    assert codes("人民大桥镇") == []


def test_the_parent_tells_them_apart() -> None:
    assert codes("大桥镇", "440232") == ["440232109"]
    assert codes("大桥镇", "440200") == ["440224109", "440232109"]


def test_a_withdrawn_name_gives_way_to_one_in_force() -> None:
    assert codes("曲江") == ["440205"]
    assert codes("曲江县") == ["440221"]


def test_titles_name_the_county_but_not_the_city() -> None:
    assert GAZETTEER.title(GAZETTEER.by_code["440232109"]) == "乳源瑶族自治县大桥镇"
    assert GAZETTEER.title(GAZETTEER.by_code["440232"]) == "乳源瑶族自治县"


def test_json_gives_back_what_it_was_made_from() -> None:
    made = Gazetteer(
        (
            Region("1", "甲", "county", "0", ("乙",), "2000-01-01", "", "2", box(0, 0, 1, 1)),
            Region("2", "丙"),
        )
    )
    assert Gazetteer.from_json(made.to_json()) == made


def test_regions_that_contain_each_other_do_not_loop() -> None:
    looped = Gazetteer((Region("1", "甲市", parent="2"), Region("2", "乙市", parent="1")))
    assert looped.above(looped.by_code["1"]) == ("2", "1")
