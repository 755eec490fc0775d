from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.security.contracts import Grant, Role, Subject
from app.security.subjects import NOBODY, anonymous
from tests.board.small_city import NOW, PM25
from topics.kit.contracts import Change, Period, PeriodKind, ValueStatus

ADMIN = Subject("u1", "管理员", frozenset({Grant(Role.ADMIN)}))


def test_the_model_has_a_card_a_topic_and_a_matrix_row_a_county(board):
    model = board.model(ADMIN, "440200", None, NOW)
    assert [card["title"] for card in model["cards"]] == ["经济运行", "生态环境"]
    assert [one["name"] for one in model["matrix"]["rows"]] == ["武江区", "浈江区"]


def test_a_visitor_gets_no_number_above_public(board):
    model = board.model(anonymous("demo"), "440200", None, NOW)
    secret = model["cards"][0]["rows"][1]
    assert (secret["state"], secret["value"], secret["raw"]) == ("forbidden", "—", None)
    assert "市统计局" in secret["message"]
    assert "economy.secret" not in str(model["map"]) + str(model["freshness"])


def test_nobody_sees_no_value_at_all(board):
    model = board.model(NOBODY, "440200", None, NOW)
    assert all(one["state"] == "forbidden" for card in model["cards"] for one in card["rows"])
    assert model["map"]["values"] == {}


def test_choosing_a_county_switches_the_cards_to_it(board):
    model = board.model(ADMIN, "440203", None, NOW)
    assert model["region"]["path"][-1]["name"] == "武江区"
    assert all(one["region"] == "440203" for card in model["cards"] for one in card["rows"])
    assert model["cards"][1]["subtitle"].startswith("武江区")


def test_an_unknown_region_or_indicator_falls_back_to_what_there_is(board):
    model = board.model(ADMIN, "999999", "no.such", NOW)
    assert model["region"]["code"] == "440200"
    assert model["map"]["indicator"] in {one["id"] for one in model["map"]["choices"]}


def test_the_map_is_coloured_by_the_chosen_indicator(board):
    model = board.model(ADMIN, "440200", "ecology.pm25", NOW)
    assert model["map"]["values"] == {"440203": 41.0, "440204": 41.0}
    assert model["matrix"]["indicator"]["title"] == "ecology.pm25"


def test_freshness_counts_what_the_viewer_sees_and_puts_the_worst_first(board):
    later = board.model(anonymous("demo"), "440200", None, NOW + timedelta(hours=3))["freshness"]
    assert (later["fresh"], later["total"]) == (1, 2)
    assert later["items"][0]["state"] == "late"


def test_a_change_of_the_growth_words_the_row_of_its_level(board):
    start = datetime(2026, 8, 31, 16, tzinfo=UTC)
    period = Period(start, PeriodKind.CUMULATIVE)
    change = Change(1, "economy.gdp_growth", "440200", period, 5.5, ValueStatus.OK, NOW)
    rows = board.rows([change], "440200")
    assert [one["indicator"] for one in rows] == ["economy.gdp"]
    assert rows[0]["delta"]["text"] == "5.5%"


def test_changes_elsewhere_word_no_row_here(board):
    period = Period(NOW, PeriodKind.HOUR)
    change = Change(1, "ecology.pm25", "440203", period, 5.5, ValueStatus.OK, NOW)
    assert board.rows([change], "440200") == []


def test_the_index_of_an_hour_stands_in_the_header_as_that_of_now(board, monkeypatch):
    monkeypatch.setattr(board, "_chip", PM25)
    assert board.model(ADMIN, "440200", None, NOW)["header"]["aqi"]["kind"] == "实时"
