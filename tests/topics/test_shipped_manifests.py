"""The five shipped topics: what every one of them must offer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.demo import tables
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.manifest import Manifest

CATALOGUE = Catalogue.load([SHIPPED])
EACH = pytest.mark.parametrize("topic", CATALOGUE.topics, ids=lambda topic: topic.id)


def test_the_five_topics_stand_in_their_order() -> None:
    assert [one.id for one in CATALOGUE.topics] == [
        "economy",
        "ecology",
        "water",
        "market",
        "grid",
    ]


@EACH
def test_the_overview_card_has_four_or_five_indicators(topic: Manifest) -> None:
    panel = topic.panel("overview", "kpi")
    assert panel is not None
    assert len(panel.indicators) in (4, 5)


@EACH
def test_at_least_four_indicators_reach_city_and_counties(topic: Manifest) -> None:
    both = [one for one in topic.indicators if {"city", "county"} <= set(one.levels)]
    assert len(both) >= 4


@EACH
def test_something_is_asked_for_at_least_every_thirty_seconds(topic: Manifest) -> None:
    limit = timedelta(seconds=30)
    assert [r for r in topic.refreshers if r.interval is not None and r.interval <= limit]


@EACH
def test_every_indicator_comes_from_some_refresher_or_formula(topic: Manifest) -> None:
    brought = {indicator for one in topic.refreshers for indicator in one.produces}
    computed = {one.id for one in topic.formulas}
    assert {one.id for one in topic.indicators} == brought | computed


@EACH
def test_every_owner_is_an_organisation(topic: Manifest) -> None:
    known = {row["id"] for row in tables.rows("reference/organisations.csv")}
    assert {topic.owner, *(one.owner for one in topic.indicators)} <= known


@EACH
def test_every_number_is_demo_data_open_to_the_public(topic: Manifest) -> None:
    assert topic.demo
    inner = {one.id for one in topic.indicators if one.id.startswith("grid.peace")}
    open_to_all = [one for one in topic.indicators if one.id not in inner]
    assert {one.classification for one in open_to_all} == {"公开"}


def test_the_peace_index_and_its_parts_are_for_the_bureaus_only() -> None:
    (grid,) = (one for one in CATALOGUE.topics if one.id == "grid")
    parts = [one for one in grid.indicators if one.id.startswith("grid.peace")]
    assert len(parts) == 7
    assert {one.classification for one in parts} == {"内部"}


@EACH
def test_no_growth_is_derived_where_one_is_published(topic: Manifest) -> None:
    compared = [one for one in topic.indicators if one.unit == "亿元" and one.comparison]
    assert all(one.comparison and one.comparison.published for one in compared)
