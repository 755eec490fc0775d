"""Each kind of panel: what it draws, and that its table twin says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.topic.kinds.progress import shares
from tests.topic_page.river_city import CITY, QUJIANG, WENGYUAN, RiverCity, month_back
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.periods import ZONE


def test_a_row_that_may_not_be_read_says_who_can_grant_it(city: RiverCity) -> None:
    rows = city.panel("kpi", tab="city")["data"]["rows"]
    secret = next(one for one in rows if one["indicator"] == "river.secret")
    assert (secret["cell"]["text"], secret["cell"]["status_text"]) == ("—", "需市统计局授权")
    assert secret["spark"] == []


def test_a_row_shows_comparison_and_the_target_of_its_year(city: RiverCity) -> None:
    row = city.panel("kpi", tab="city")["data"]["rows"][0]
    assert row["cell"]["delta"]["label"] == "同比"
    assert row["cell"]["target"]["text"] == "≥90.0%"
    assert len(row["spark"]) == 15


def test_a_county_has_its_own_values_and_says_where_there_are_none(city: RiverCity) -> None:
    rows = city.panel("kpi", tab="city", region=QUJIANG)["data"]["rows"]
    assert rows[0]["cell"]["text"] == "81.8"
    assert rows[2]["cell"]["status_text"] == "未到数"


def test_the_calendar_colours_each_day_by_its_class(city: RiverCity) -> None:
    panel = city.panel("calendar", tab="city")
    trace = panel["figure"]["dark"]["data"][0]
    drawn = [one for row in trace["customdata"] for one in row if one is not None]
    told = [one["value"]["value"] for one in panel["table"]["rows"]]
    assert sorted(drawn) == sorted(told)
    assert panel["table"]["rows"][-1]["class"] == "优"
    assert "优 14 天、良 13 天、轻度污染 13 天" in panel["sentence"]


def test_the_hours_of_the_week_are_means_that_the_table_says_too(city: RiverCity) -> None:
    panel = city.panel("hours", tab="city")
    trace = panel["figure"]["light"]["data"][0]
    assert trace["customdata"][0][23] == pytest.approx(3.3)
    assert panel["table"]["rows"][0]["h23"] == "3.3"
    assert "23 时最高" in panel["sentence"]


def test_parts_are_shares_of_the_total(city: RiverCity) -> None:
    panel = city.panel("composition", tab="city")
    assert [(one["name"], one["share"]) for one in panel["data"]["parts"]] == [
        ("甲类", 0.7),
        ("乙类", 0.3),
    ]
    assert panel["table"]["rows"][-1]["name"] == "合计"


def test_one_indicator_is_composed_of_the_regions_below(city: RiverCity) -> None:
    panel = city.panel("composition", title="县区构成", tab="city")
    shares = {one["name"]: one["share"] for one in panel["data"]["parts"]}
    assert (shares["曲江区"], shares["翁源县"], shares["仁化县"]) == (0.6, 0.4, None)


def test_contributions_add_up_to_the_change_of_the_whole(city: RiverCity) -> None:
    data = city.panel("contribution", tab="city")["data"]
    moved = {one["name"]: one["cell"]["value"] for one in data["rows"]}
    assert data["total"]["value"] == pytest.approx(2.0)
    assert moved["曲江区"] + moved["翁源县"] == pytest.approx(2.0)
    assert sum(one["share"] or 0.0 for one in data["rows"]) == pytest.approx(1.0)


def test_progress_stands_against_the_calendar(city: RiverCity, now: datetime) -> None:
    row = city.panel("progress", tab="city")["data"]["rows"][0]
    if month_back(now, 0).start.year != now.year:  # in January there is no value of this year yet
        assert row["share"] is None
        return
    assert row["share"] == pytest.approx(99 / 120)
    assert 0 < row["elapsed"] <= 1
    assert row["target"]["text"] == "≥120.0"


def test_a_wind_rose_has_the_wind_from_every_sector(city: RiverCity) -> None:
    panel = city.panel("windrose", tab="city")
    drawn = sum(sum(one["r"]) for one in panel["figure"]["dark"]["data"])
    assert drawn == pytest.approx(100.0)
    assert panel["data"]["hours"] == 24 * 14
    north = next(one for one in panel["table"]["rows"] if one["sector"] == "北")
    assert float(north["sum"]) == pytest.approx(12.5)


def test_a_pyramid_has_men_on_one_side_and_women_on_the_other(city: RiverCity) -> None:
    panel = city.panel("pyramid", tab="city")
    men, women = panel["figure"]["dark"]["data"]
    assert men["x"] == [-25.0, -90.0, -28.0]
    assert women["x"] == [22.0, 88.0, 30.0]
    assert [one["male"]["value"] for one in panel["table"]["rows"]] == [25.0, 90.0, 28.0]
    assert "性别比 102.1(女=100)" in panel["sentence"]


def test_records_come_page_by_page(city: RiverCity) -> None:
    first = city.panel("records", tab="city")["data"]
    assert (first["total"], len(first["rows"])) == (60, 20)
    more = city.panel("records", panel="p17", next_=first["next"])["data"]
    assert {one["id"] for one in first["rows"]}.isdisjoint(one["id"] for one in more["rows"])
    assert first["rows"][0]["lon"] == pytest.approx(113.5, abs=1e-4)


def test_records_of_a_county_are_those_in_it(city: RiverCity) -> None:
    data = city.panel("records", tab="city", region=WENGYUAN)["data"]
    assert data["total"] == 20


def test_a_panel_of_the_topics_own_has_cells_and_a_figure(city: RiverCity) -> None:
    panel = city.panel("own", tab="city")
    assert panel["data"]["rows"][0]["value"]["text"] == "90.9"
    assert panel["data"]["rows"][1]["value"] == "—"
    assert panel["figure"]["dark"]["data"][0]["y"] == [90.9]


def test_a_panel_that_fails_says_so_and_leaves_the_others(city: RiverCity) -> None:
    page = city.page(tab="faulty")
    assert [(one["name"], one["state"]) for one in page["panels"]] == [
        ("坏", "error"),
        ("好", "ok"),
        ("到Ⅱ类", "ok"),
    ]
    assert "内部细节" not in str(page)


def test_every_ranking_row_is_in_the_table_twin(city: RiverCity) -> None:
    panel = city.panel("ranking", tab="city")
    drawn = [(one["name"], one["cell"]["value"]) for one in panel["data"]["rows"]]
    told = [(one["name"], one["value"]["value"]) for one in panel["table"]["rows"]]
    assert drawn == told
    assert panel["data"]["rows"][0]["name"] == "翁源县"
    assert "缺数 8 个" in panel["sentence"]


def test_the_points_of_a_trend_are_those_of_its_table(city: RiverCity) -> None:
    panel = city.panel("trend", site="T03")
    curve = next(one for one in panel["figure"]["dark"]["data"] if one["meta"]["part"] == "curve")
    drawn = [one for one in curve["y"] if one is not None]
    told = [one["value"]["value"] for one in panel["table"]["rows"] if one["value"] != "—"]
    assert drawn == told
    absent = [one for one in panel["table"]["rows"] if one["status"] == "未到数"]
    assert len(absent) == 2


def test_a_place_without_values_is_empty_and_never_zero(city: RiverCity) -> None:
    panel = city.panel("trend", site="T04")
    assert panel["state"] == "empty"
    assert "还没有数据" in panel["message"]
    assert panel["table"]["rows"] == []


def test_a_value_that_is_long_late_lights_no_lamp(city: RiverCity, now: datetime) -> None:
    later = (now + timedelta(days=2)).isoformat()
    panel = city.panel("current", site="T01", as_of=later)
    assert {one["cell"]["lamp"] for one in panel["data"]["rows"]} == {"none"}
    assert panel["freshness"]["state"] == "dead"


def test_a_value_of_another_year_is_not_set_against_the_target(city: RiverCity) -> None:
    spec = city.services.catalogue.indicator("river.invest")
    target = spec.target[0]
    dates = [datetime(year, 6, 1, tzinfo=ZONE).astimezone(UTC) for year in (2025, 2026)]
    values = [
        Observation("river.invest", CITY, Period(one, PeriodKind.CUMULATIVE), 60.0) for one in dates
    ]
    assert shares(spec, values[0], target) == (None, None)
    done, elapsed = shares(spec, values[1], target)
    assert done == 0.5
    assert elapsed == pytest.approx(181 / 365)


def test_the_city_is_asked_for_by_default(city: RiverCity) -> None:
    assert city.page()["region"]["code"] == CITY
