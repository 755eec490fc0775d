"""What a topic gives the largest screens of the overview, and who sees what of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.topic.overview import OverviewPanels
from tests.topic_page.river_city import CITY, HELD, PEOPLE, QUJIANG, RiverCity, month_back
from topics.kit.definitions.contracts import ReleaseEntry
from topics.kit.errors import UnknownRegion


def given(city: RiverCity, name: str, region: str = CITY, as_of: str = "") -> dict[str, Any]:
    found = OverviewPanels(city.services).all(PEOPLE[name], region, as_of, "")
    return next(one for one in found if one["topic"] == "river")


def test_the_bars_are_those_of_the_counties_for_whoever_may_see_them(city: RiverCity) -> None:
    bars = given(city, "leader", QUJIANG)["bars"]
    assert [one["region"] for one in bars["rows"] if one["chosen"]] == [QUJIANG]
    assert "987,654" in bars["rows"][0]["text"] or "98" in bars["rows"][0]["text"]


def test_forbidden_values_make_no_bars(city: RiverCity) -> None:
    assert given(city, "other")["bars"] is None


def test_a_value_before_its_release_is_on_no_wall(city: RiverCity, now: datetime) -> None:
    waits = now + timedelta(days=1)
    city.services.definition_store.set_release(
        [ReleaseEntry("river.held", month_back(now, 0), waits, "测试", "u", datetime.now(UTC))]
    )
    city.services.definitions.refresh()
    early, late = given(city, "bureau")["trend"], given(city, "leader")["trend"]
    assert len(early["points"]) == len(late["points"]) + 1
    assert early["last"].startswith("4,3")
    assert late["last"].startswith("101")
    assert f"{HELD}" not in str(late)


def test_the_past_is_shown_as_it_was_known_then(city: RiverCity, now: datetime) -> None:
    before = (now - timedelta(days=3)).isoformat()  # the values were not yet recorded
    assert given(city, "leader", as_of=before) == {"topic": "river", "trend": None, "bars": None}


def test_a_region_that_is_not_the_citys_is_refused(city: RiverCity) -> None:
    with pytest.raises(UnknownRegion):
        given(city, "leader", "110000")
