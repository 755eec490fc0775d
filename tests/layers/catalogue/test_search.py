"""Search: Chinese, spelt or by initials; titles first; nothing that was not asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalogue.pinyin import spelled
from layers.catalogue.search import CatalogueSearch
from layers.contracts import Classification, Layer


def layer(name: str, title: str, owner: str = "", **metadata: Any) -> Layer:
    return Layer(
        id=name,
        title=title,
        topic="",
        owner=owner,
        source="",
        classification=Classification.INTERNAL,
        cadence="",
        style={},
        key=None,
        version=None,
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
        metadata={"revision": 1, **metadata} if metadata else {},
    )


LAYERS = [
    layer("water.rivers", "河流水系", "swj"),
    layer("water.outfalls", "入河排污口", "sthjj", fields=[{"name": "zt", "title": "排放状态"}]),
    layer("key.firms", "重点行业企业", texts={"abstract": "在产企业与水务名录"}),
    layer("air.pm25", "PM2.5 监测站"),
    layer("green", "公园绿地"),
]
OWNERS = {"swj": "市水务局", "sthjj": "市生态环境局"}


def found(query: str) -> list[str]:
    return [one.id for one in CatalogueSearch().find(LAYERS, query, OWNERS)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("河流", "water.rivers"),
        ("水系", "water.rivers"),
        ("hlsx", "water.rivers"),
        ("HLSX", "water.rivers"),
        ("heliu", "water.rivers"),
        ("shuixi", "water.rivers"),
        ("heliush", "water.rivers"),
        ("zdhyqy", "key.firms"),
        ("zhongdianhangye", "key.firms"),
        ("cdxyqy", "key.firms"),
        ("lvdi", "green"),
        ("lüdi", "green"),
        ("pm2.5", "air.pm25"),
        ("PM2.5", "air.pm25"),
        ("water.outfalls", "water.outfalls"),
        ("sthjj", "water.outfalls"),
        ("shengtaihuanjing", "water.outfalls"),
        ("生态环境局", "water.outfalls"),
        ("排放状态", "water.outfalls"),
        ("pfzt", "water.outfalls"),
        ("名录", "key.firms"),
        ("河 排污", "water.outfalls"),
    ],
)
def test_what_people_type_finds_the_layer(query: str, first: str) -> None:
    assert found(query)[:1] == [first]


@pytest.mark.parametrize("query", ["eliu", "没有这个", "hlsx 排污", "zzz"])
def test_what_is_nowhere_finds_nothing(query: str) -> None:
    assert found(query) == []


def test_a_title_comes_before_an_owner_and_an_owner_before_an_abstract() -> None:
    layers = [
        layer("c", "甲", texts={"abstract": "水务"}),
        layer("b", "乙", "市水务局"),
        layer("a", "水务设施"),
        layer("d", "供水务实"),
    ]
    assert [one.id for one in CatalogueSearch().find(layers, "水务")] == ["a", "d", "b", "c"]


def test_a_blank_query_finds_all_as_they_came() -> None:
    assert found("  ") == [one.id for one in LAYERS]


def test_a_changed_title_is_found_under_its_new_name_only() -> None:
    search = CatalogueSearch()
    assert search.find([layer("a", "河流")], "hl")
    assert search.find([layer("a", "道路")], "hl") == []
    assert search.find([layer("a", "道路")], "dl")


def test_a_change_of_what_is_said_is_found_at_once() -> None:
    search = CatalogueSearch()
    assert search.find([layer("a", "甲", revision=1)], "摘要") == []
    assert search.find([layer("a", "甲", revision=2, texts={"abstract": "摘要"})], "摘要")


@given(st.text(max_size=120))
def test_nothing_typed_breaks_the_search(query: str) -> None:
    assert len(found(query)) <= len(LAYERS)


@given(st.text(max_size=80))
def test_nothing_written_breaks_the_spelling(text: str) -> None:
    full, initials = spelled(text)
    assert full.count("\n") <= 32 * 80
    assert initials.count("\n") <= 32


def test_what_was_prepared_is_found_and_a_changed_title_too() -> None:
    search = CatalogueSearch()
    search.prepare(LAYERS, OWNERS)
    assert [one.id for one in search.find(LAYERS, "hlsx", OWNERS)] == ["water.rivers"]
    renamed = [layer("water.rivers", "江河湖库", "swj")]
    assert [one.id for one in search.find(renamed, "jhhk", OWNERS)] == ["water.rivers"]
    assert search.find(renamed, "hlsx", OWNERS) == []
