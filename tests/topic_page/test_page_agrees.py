"""What a page draws, what its tables say and what was known then are the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.topic_page.river_city import CITY, QUJIANG, RiverCity, hour_back, month_back
from tests.topic_page.test_page_contents import cells_of
from topics.kit.contracts import Observation

_TOLD = ("kpi", "ranking", "table", "current", "composition", "contribution", "progress")
_CLOCKS = ("now", "generated_at")


def told(found: Any) -> set[tuple[str, object]]:
    """Each number with what explains it."""
    return {
        (str(one["explain"]), one["value"]) for one in cells_of(found) if one["value"] is not None
    }


@pytest.mark.parametrize("region", [CITY, QUJIANG, "T01"])
def test_the_table_twin_says_every_number_that_is_drawn(city: RiverCity, region: str) -> None:
    for tab in ("quality", "city"):
        for panel in city.page("leader", tab=tab, region=region)["panels"]:
            if panel["kind"] in _TOLD:
                drawn, table = told(panel["data"]), told(panel["table"]["rows"])
                assert drawn == table, (panel["id"], panel["kind"])


def test_the_map_is_told_by_its_table(city: RiverCity) -> None:
    page = city.page()
    table = next(one for one in page["panels"] if one["kind"] == "map")["table"]["rows"]
    explained = {one for one, _ in told(table)}
    marks = {one["explain"] for one in page["map"]["marks"] if one["status_text"] == ""}
    areas = {
        one["explain"] for one in page["map"]["areas"]["by"].values() if one["value"] is not None
    }
    assert marks | areas <= explained


def test_both_themes_draw_the_same_numbers(city: RiverCity) -> None:
    for tab in ("quality", "city"):
        for panel in city.page("leader", tab=tab)["panels"]:
            if panel["figure"]:
                dark, light = (numbers(panel["figure"][one]) for one in ("dark", "light"))
                assert dark == light, panel["id"]


def test_every_drawn_panel_has_a_table_a_sentence_and_an_owner(city: RiverCity) -> None:
    for tab in ("quality", "city"):
        for panel in city.page("leader", tab=tab)["panels"]:
            if panel["state"] == "ok" and panel["kind"] != "alerts":  # a list read afterwards
                assert panel["table"]["columns"], panel["id"]
                assert panel["table"]["rows"], panel["id"]
                assert panel["sentence"].endswith("。"), panel["id"]
                assert panel["owner"], panel["id"]


def test_the_whole_page_as_of_then_does_not_change_by_what_came_later(
    city: RiverCity, now: datetime
) -> None:
    then = datetime.now(UTC).isoformat()
    before = [still(city, then, tab) for tab in ("quality", "city")]
    later = [
        Observation("river.good", QUJIANG, month_back(now, 0), 11.1, unit="%"),
        Observation("river.total", CITY, month_back(now, 1), 22.2),
        Observation("river.class", "T01", hour_back(now, 0), 1.0),
        Observation("river.nh3n", "T01", hour_back(now, 3), 0.01, unit="mg/L"),
        Observation("river.wind_speed", CITY, hour_back(now, 2), 9.0, unit="m/s"),
    ]
    city.services.observations.append(later, live=False)
    assert [still(city, then, tab) for tab in ("quality", "city")] == before
    assert still(city, datetime.now(UTC).isoformat(), "quality") != before[0]


def still(city: RiverCity, then: str, tab: str) -> str:
    """The page as of then, without the moment it was made at."""
    page = city.page("leader", tab=tab, as_of=then)
    return json.dumps({key: one for key, one in page.items() if key not in _CLOCKS})


def numbers(figure: Any) -> list[Any]:
    """The data of a figure without its colours."""
    keys = ("x", "y", "z", "r", "theta", "customdata", "text")
    return [{key: trace.get(key) for key in keys} for trace in figure["data"]]
