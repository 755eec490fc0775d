"""The page of a topic: what stands on it, for whom, and as known when."""

from __future__ import annotations

from tests.topic_page.river_city import CITY, QUJIANG, RiverCity


def test_the_page_says_topic_tabs_region_and_where_one_can_drill(city: RiverCity) -> None:
    page = city.page()
    assert (page["topic"]["title"], page["topic"]["owner_name"]) == ("河流", "市水务局")
    assert [one["title"] for one in page["tabs"]] == ["水质", "全市", "坏的"]
    assert page["tab"] == "quality"
    assert page["title"].endswith("· 河流 · 水质")
    kinds = {one["kind"] for one in page["below"] if one["level"] == "site"}
    assert kinds == {"测点"}
    assert [one["code"] for one in page["path"]] == [CITY]


def test_a_site_as_region_selects_it_within_its_county(city: RiverCity) -> None:
    page = city.page(region="T01")
    assert page["region"]["code"] == QUJIANG
    assert page["site"]["code"] == "T01"
    assert page["site"]["facts"]["river"] == "北江"
    assert [one["code"] for one in page["path"]] == [CITY, QUJIANG, "T01"]


def test_the_class_bar_leaves_missing_sections_out_of_the_rate(city: RiverCity) -> None:
    panel = city.panel("classes")
    data = panel["data"]
    assert (data["total"], data["missing"]) == (4, 1)
    assert [(one["label"], one["count"]) for one in data["segments"]] == [
        ("Ⅱ", 1),
        ("Ⅲ", 1),
        ("劣Ⅴ", 1),
    ]
    assert data["line"] == "优良(Ⅰ–Ⅲ) 2/3 = 66.7%"
    assert "缺测 1 个(停坝)" in panel["sentence"]


def test_a_panel_says_itself_up_to_which_class_things_are_good(city: RiverCity) -> None:
    data = city.panel("classes", tab="faulty")["data"]
    assert data["line"] == "优(Ⅰ–Ⅱ) 1/3 = 33.3%"


def test_the_table_lists_the_worst_section_first_with_its_facts(city: RiverCity) -> None:
    panel = city.panel("table")
    rows = panel["data"]["rows"]
    assert [one["code"] for one in rows] == ["T01", "T03", "T02", "T04"]
    assert rows[0]["cells"]["river"] == "北江"
    assert rows[0]["cells"]["region"] == "曲江区"
    assert rows[0]["cells"]["river.class"]["class"] == {"label": "劣Ⅴ", "colour": "w6"}
    assert rows[3]["cells"]["river.class"]["status_text"] == "缺测"
    assert panel["note"] == "依据测试标准"


def test_the_trend_of_a_section_shows_its_own_limits(city: RiverCity) -> None:
    panel = city.panel("trend", site="T01")
    assert panel["title"] == "上坝 · 氨氮"
    words = [one["text"] for one in panel["figure"]["dark"]["layout"]["annotations"]]
    assert {"Ⅲ 1.0", "Ⅳ 1.5", "Ⅴ 2.0"} <= set(words)
    assert "2.31 劣Ⅴ" in words


def test_without_a_selection_the_trend_is_of_the_worst_section(city: RiverCity) -> None:
    assert city.panel("trend")["data"]["region"] == "T01"


def test_current_values_stand_against_the_limit_of_the_section(city: RiverCity) -> None:
    panel = city.panel("current", site="T01")
    row = panel["data"]["rows"][0]
    assert (row["name"], row["cell"]["text"], row["limit"]) == ("氨氮", "2.31", "≤1.0")
    assert row["class"] == {"label": "劣Ⅴ", "colour": "w6"}
    assert panel["data"]["limit_title"] == "Ⅲ类限值"
    better = city.panel("current", site="T02")["data"]["rows"]
    assert next(one for one in better if one["name"] == "氨氮")["limit"] == "≤0.5"


def test_the_map_has_marks_areas_lines_and_a_legend(city: RiverCity) -> None:
    mapped = city.page()["map"]
    mark = next(one for one in mapped["marks"] if one["site"] == "T01")
    assert (mark["text"], mark["colour"], mark["sub"]) == ("劣Ⅴ", "w6", "氨氮 2.31 mg/L(劣Ⅴ)")
    assert mapped["areas"]["by"][QUJIANG]["text"] == "81.8"
    assert mapped["lines"]["by"] == {
        "北江": {"colour": "w6", "text": "劣Ⅴ"},
        "滃江": {"colour": "w3", "text": "Ⅲ"},
    }
    assert [one["label"] for one in mapped["legend"][0]["items"]][-1] == "劣Ⅴ"
    assert "示例数据" in mapped["note"]
    assert [(one["id"], one["on"]) for one in mapped["layers"]] == [("river.points", True)]
    west, south, east, north = mapped["layers"][0]["bounds"]  # no tile beyond is asked for
    assert (west <= east, south <= north) == (True, True)


def test_a_ranking_in_statutory_order_ranks_nobody(city: RiverCity) -> None:
    ranked = city.panel("ranking", tab="city")
    assert [one["place"] for one in ranked["data"]["rows"]][:2] == [1, 2]
    plain = city.panel("ranking", tab="city", order="statutory")
    assert {one["place"] for one in plain["data"]["rows"]} == {None}
    assert "不排名" in plain["subtitle"]


def test_every_number_carries_its_explanation(city: RiverCity) -> None:
    for tab in ("quality", "city"):
        for cell in cells_of(city.page(tab=tab)):
            if cell["value"] is not None:
                indicator, region, period = cell["explain"].split("|")
                assert indicator.startswith("river.")
                assert region
                assert period


def cells_of(found: object) -> list[dict[str, object]]:
    """Every cell in an answer."""
    if isinstance(found, list):
        return [one for each in found for one in cells_of(each)]
    if not isinstance(found, dict):
        return []
    if {"value", "explain", "lamp", "status"} <= found.keys():
        return [found]
    return [one for each in found.values() for one in cells_of(each)]
