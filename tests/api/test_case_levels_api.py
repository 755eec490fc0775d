"""A town's own desk: sees what lies in the town, acts on what the town holds."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from app.security.contracts import Grant, Role, Subject
from tests.api.case_city import PEOPLE, CaseCity

TOWN = Subject("u-town", "镇值班", frozenset({Grant(Role.DUTY)}), unit="region:440203001")
COUNTY = Subject("u-county", "区值班", frozenset({Grant(Role.DUTY)}), unit="region:440203")
WHOLE = Subject("u-city", "市值班", frozenset({Grant(Role.DUTY)}), unit="region:440200")


class LevelCity(CaseCity):
    people: ClassVar = PEOPLE | {"town": TOWN, "county": COUNTY, "whole": WHOLE}


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> CaseCity:
    return LevelCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def listed(city: CaseCity, who: str, more: str = "") -> set[str]:
    return {one["id"] for one in city.get(who, f"/cases?limit=200{more}")["items"]}


def elsewhere(city: CaseCity) -> Any:
    return city.report(region="440204", lon=None, lat=None)["id"]


def test_a_town_sees_what_lies_in_it_and_nothing_of_another_county(city: CaseCity) -> None:
    here, there = city.report()["id"], elsewhere(city)
    assert here in listed(city, "town")
    assert there not in listed(city, "town")
    assert there not in listed(city, "county")
    assert {here, there} <= listed(city, "whole")
    assert city.ask("town", "GET", f"/cases/{there}").status_code == 404
    assert city.ask("town", "GET", f"/cases/{here}").status_code == 200
    assert city.step("town", there, "受理").status_code == 404


def test_what_the_town_sends_up_is_the_countys_until_it_comes_down_again(city: CaseCity) -> None:
    case = city.report()["id"]
    raised = city.move("town", case, "上报上级", note="镇里办不了")
    assert (raised["holder"], raised["holder_name"]) == ("440203", "武江区")
    assert raised["timeline"][-1]["text"] == "上报上级:新华街道 → 武江区"
    refused = city.step("town", case, "受理")
    assert refused.status_code == 409
    assert "事件现在由武江区掌握" in refused.text
    assert case in listed(city, "town")
    seen = city.get("county", f"/cases/{case}")
    assert {"code": "440203001", "name": "新华街道"} in seen["below"]
    city.move("county", case, "下派", region="440203001", note="请镇里先看")
    assert city.move("town", case, "受理")["state"] == "受理"


def test_a_county_acts_on_what_its_towns_hold(city: CaseCity) -> None:
    assert city.move("county", city.report()["id"], "受理")["state"] == "受理"


def test_a_case_that_is_given_to_the_town_is_seen_there_wherever_it_lies(city: CaseCity) -> None:
    case = elsewhere(city)
    for word in ("受理", "立案"):
        city.move("duty", case, word)
    city.move("duty", case, "派遣", unit="region:440203001")
    assert case in listed(city, "town")
    assert city.get("town", f"/cases/{case}")["unit_name"] == "新华街道(属地)"


def test_the_map_and_the_funnel_count_what_the_list_shows(city: CaseCity) -> None:
    many = len(listed(city, "town", "&open=1"))
    places = city.get("town", "/case-places?open=1&zoom=8")
    assert places["placed"] + places["unplaced"] == many
    assert city.get("town", "/case-funnel")["open"] == many


def test_what_a_grid_app_reports_is_the_grids_first(city: CaseCity) -> None:
    made = city.report(source="grid-app", grid="440203001001001")["id"]
    seen = city.get("town", f"/cases/{made}")
    assert (seen["holder"], seen["holder_name"]) == ("440203001001001", "新华街道01网格")
    assert city.move("town", made, "上报上级", note="网格办不了")["holder"] == "440203001"
