"""What the page of one indicator says, from a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.board.breaks import as_shown
from tests.indicator.indicator_city import City
from tests.indicator.small_series import CITY, LAST, REVISED, known, month
from topics.kit.periods import spelt

NOW = "2026-11-25T12:00:00+08:00"
FUTURE = datetime(2099, 1, 1, tzinfo=UTC)


def parts_of(figure: Any) -> list[str]:
    return [one["meta"]["part"] for one in figure["data"]]


def point(page: Any, at: tuple[int, int]) -> Any:
    wanted = spelt(month(*at))
    return next((one for one in page["points"] if one["period"] == wanted), None)


def words(page: Any) -> list[str]:
    return [one["text"] for one in page["figure"]["layout"]["annotations"]]


def test_the_newest_period_stands_in_front_with_its_comparison_and_target(city: City) -> None:
    page = city.page(as_of=NOW)
    value = page["value"]
    assert page["period"]["label"] == "2026 年 10 月"
    assert (value["text"], value["unit"]) == ("8.4", "%")
    assert value["value"] == pytest.approx(8.45)
    assert value["delta"]["label"] == "同比"
    assert value["delta"]["text"] == "0.6 点"
    assert value["target"] == "目标 ≤9.0%"
    assert value["lamp"] == "ok"


def test_sentence_chart_table_and_map_say_the_same_number(city: City) -> None:
    page = city.page(as_of=NOW)
    main = next(one for one in page["figure"]["data"] if one["meta"].get("key") == CITY)
    assert main["y"][-1] == page["points"][-1]["value"] == page["value"]["value"]
    assert "8.4%" in page["sentence"]
    assert page["points"][-1]["text"] == "8.4"
    row = page["places"]["rows"][0]
    shown = as_shown({row["region"]: row["value"]}, 1)  # the map colours what is read
    assert page["places"]["map"]["values"][row["region"]] == shown[row["region"]]


def test_a_corrected_value_shows_what_it_was_before(city: City) -> None:
    page = city.page(as_of=NOW)
    found = point(page, REVISED)
    assert (found["text"], found["revised"]) == ("8.4", True)
    assert [one["text"] for one in found["former"]] == ["8.0"]
    assert page["corrections"][0]["change"] == "+0.4"
    assert "revised" in parts_of(page["figure"])


def test_as_of_shows_what_was_known_then(city: City) -> None:
    then = known(month(*REVISED)) + timedelta(days=1)
    page = city.page(as_of=then.isoformat())
    assert page["period"]["label"] == "2026 年 8 月"
    assert page["value"]["text"] == "8.0"
    assert page["corrections"] == []


def test_missing_and_never_reported_are_gaps_of_their_own_and_never_zero(city: City) -> None:
    page = city.page(as_of=NOW)
    assert point(page, (2026, 7))["status_text"] == "缺测"
    assert point(page, (2026, 6))["status_text"] == "未到数"
    main = next(one for one in page["figure"]["data"] if one["meta"].get("key") == CITY)
    assert main["y"].count(None) == 2
    assert not main["connectgaps"]
    assert "未到数" in words(page)


def test_an_estimate_is_marked_in_table_and_chart(city: City) -> None:
    page = city.page(as_of=NOW)
    assert point(page, (2026, 9))["status_text"] == "估算"
    assert "estimated" in parts_of(page["figure"])


def test_an_unreleased_value_is_nowhere_for_those_who_may_not_see_it(city: City) -> None:
    city.releases.until[month(*LAST)] = FUTURE
    city.forecasts.on = True
    page = city.page()
    assert page["period"]["label"] == "2026 年 9 月"
    assert point(page, LAST) is None
    assert spelt(month(*LAST)) not in [one["at"] for one in page["periods"]]
    assert page["forecast"] is None
    assert page["record"] == []
    asked = city.page(period="2026-10")
    assert asked["value"]["value"] is None
    assert asked["places"]["map"]["values"] == {}
    assert "8.45" not in str(asked)


def test_an_unreleased_value_is_not_exported(city: City) -> None:
    city.releases.until[month(*LAST)] = FUTURE
    text = city.ask("viewer", "toy.rate", "/export").text
    assert "2026 年 9 月" in text
    assert "2026 年 10 月" not in text


def test_whoever_may_not_read_the_indicator_is_told_nothing(city: City) -> None:
    assert city.ask("viewer", "toy.secret").status_code == 403
    assert city.ask("nobody", "toy.secret").status_code == 401
    assert city.ask("viewer", "toy.nothing").text == city.ask("viewer", "toy.secret").text
    assert city.ask("viewer", "toy.secret", "/export").status_code == 403
    assert city.ask("admin", "toy.nothing").status_code == 404


def test_a_changed_definition_is_drawn_and_withholds_the_comparison(city: City) -> None:
    city.definitions.broken = True
    page = city.page(as_of=NOW)
    assert "口径调整" in words(page)
    assert page["value"]["delta"]["value"] is None
    assert "口径调整,不可比" in page["sentence"]
    assert page["definitions"][0]["breaks"]


def test_a_forecast_has_two_bands_a_now_line_and_its_record(city: City) -> None:
    city.forecasts.on = True
    page = city.page(as_of=NOW)
    assert {"high80", "high95", "forecast"} <= set(parts_of(page["figure"]))
    assert "现在" in words(page)
    assert page["forecast"]["points"][0]["text"] == "8.0"
    assert page["record"][0] | {"made_at": ""} == {
        "period": spelt(month(*LAST)), "label": "2026 年 10 月", "forecast": "8.0", "actual": "8.4",
        "error": "+0.4 点", "inside": True, "inside95": True, "made_at": "",
    }  # fmt: skip


def test_the_best_county_comes_first_and_statutory_order_ranks_nobody(city: City) -> None:
    ranked = city.page(as_of=NOW)["places"]
    assert [one["region"] for one in ranked["rows"]][:2] == ["440203", "440204"]
    assert ranked["rows"][0]["rank"] == 1
    listed = city.page(as_of=NOW, order="statutory")["places"]
    assert {one["rank"] for one in listed["rows"]} == {None}
    assert listed["order_text"] == "法定顺序,不排名"


def test_a_county_without_a_value_is_on_the_list_but_not_in_the_map_s_values(city: City) -> None:
    places = city.page(as_of=NOW)["places"]
    row = next(one for one in places["rows"] if one["region"] == "440205")
    assert (row["value"], row["text"], row["status_text"]) == (None, "—", "未到数")
    assert "440205" not in places["map"]["values"]


def test_compared_regions_have_lines_with_their_names_at_the_end(city: City) -> None:
    page = city.page(as_of=NOW, compare="440203,440204")
    assert {"韶关", "武江", "浈江"} <= set(words(page))
    dashes = [
        one["line"]["dash"] for one in page["figure"]["data"] if one["meta"]["part"] == "curve"
    ]
    assert len(set(dashes)) == 3
    assert page["compare"][0]["text"][spelt(month(*LAST))] == "8.8"


def test_years_lie_over_each_other_by_month(city: City) -> None:
    figure = city.page(as_of=NOW, compare="years")["figure"]
    keys = [one["meta"]["key"] for one in figure["data"] if one["meta"]["part"] == "curve"]
    assert keys == ["2024", "2025", "2026"]
    assert figure["layout"]["xaxis"]["ticktext"][0] == "1月"


def test_a_chosen_period_moves_value_ranking_and_map_together(city: City) -> None:
    page = city.page(as_of=NOW, period="2025-12")
    assert page["value"]["latest"] is False
    assert page["places"]["period"] == page["period"]["label"] == "2025 年 12 月"
    assert page["value"]["against"] == "2024 年 12 月 9.6%"


def test_a_region_without_this_level_says_so(city: City) -> None:
    page = city.page("admin", "toy.sum", region="440203")
    assert page["value"]["message"] == "只有全市数据"
    assert page["places"]["rows"] == []


def test_a_period_to_come_says_when_it_is_expected(city: City) -> None:
    page = city.page(as_of=NOW, period="2026-11")
    assert page["value"]["message"] == "还没有数据,预计 01-10 前到数"


@pytest.mark.parametrize(
    "asked",
    [
        {"compare": "440203,440204,440205,440222,440224"},
        {"compare": "years,440203"},
        {"stretch": "soon"},
        {"stretch": "2026-01..2025-01"},
        {"period": "yesterday"},
        {"as_of": "never"},
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_to_write_it(
    city: City, asked: dict[str, str]
) -> None:
    answer = city.ask("viewer", "toy.rate", **asked)
    assert answer.status_code in (400, 422)
    assert any(letter > "\u2e80" for letter in answer.json()["detail"])


@pytest.mark.parametrize("region", ["999999", "x", "\0"])
def test_a_region_that_is_none_is_named(city: City, region: str) -> None:
    answer = city.ask("viewer", "toy.rate", region=region)
    assert answer.status_code == 404
    assert "区划" in answer.json()["detail"]
