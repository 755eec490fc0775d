"""Who sees what of a topic's page: rights, releases and the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.released import may_know
from app.security.subjects import anonymous
from app.topic.seen import SeenValues
from layers.catalogue.contracts import FieldInfo, Mask, Metadata
from layers.catalogue.stored import to_stored
from tests.topic_page.river_city import (
    CITY,
    HELD,
    PEOPLE,
    QUJIANG,
    SECRET,
    RiverCity,
    month_back,
)
from topics.kit.contracts import Observation
from topics.kit.definitions.contracts import ReleaseEntry

_FORMS = ("987654", "987,654", "98.8", "98.77")


def everything(city: RiverCity, name: str) -> str:
    """All parts of the page as text."""
    return "".join(city.ask(name, tab=tab).text for tab in ("quality", "city"))


def test_a_forbidden_value_is_nowhere_in_the_answer(city: RiverCity) -> None:
    for name in ("viewer", "nobody", "other"):
        text = everything(city, name)
        assert not [one for one in _FORMS if one in text], name
        assert str(SECRET) not in text


def test_a_leader_sees_sensitive_values(city: RiverCity) -> None:
    assert "987654.321" in everything(city, "leader")


def test_a_panel_of_forbidden_values_says_who_grants_them(city: RiverCity) -> None:
    panel = city.panel("ranking", "viewer", "敏感排名", tab="city")
    assert (panel["state"], panel["message"]) == ("forbidden", "需市统计局授权")
    assert panel["table"] == {"columns": [], "rows": []}


def test_the_card_of_alerts_asks_for_those_of_its_topic_and_place(city: RiverCity) -> None:
    shown = city.panel("alerts", "leader", tab="city")
    assert shown["data"]["topic"] == "river"
    assert shown["data"]["region"] == CITY
    there = city.panel("alerts", "nobody", tab="city", region=QUJIANG)
    assert there["data"]["region"] == QUJIANG
    assert (there["table"]["rows"], there["figure"]) == ([], None)  # said by the alerts' own door


def test_a_value_before_its_release_is_seen_by_its_bureau_only(
    city: RiverCity, now: datetime
) -> None:
    waits = now + timedelta(days=1)
    period = month_back(now, 0)
    city.services.definition_store.set_release(
        [ReleaseEntry("river.held", period, waits, "测试", "u", datetime.now(UTC))]
    )
    city.services.definitions.refresh()
    assert f"{HELD}" in everything(city, "bureau")
    for name in ("viewer", "leader", "other", "nobody"):
        text = everything(city, name)
        assert f"{HELD}" not in text, name
        assert "4,321" not in text, name
    shown = city.panel("kpi", "viewer", tab="city")["data"]["rows"][2]["cell"]
    assert shown["value"] == 101.0


def test_what_a_page_shows_is_what_the_one_decision_lets_through(
    city: RiverCity, now: datetime
) -> None:
    services = city.services
    far = now + timedelta(days=3650)  # released in ten years
    hours = [month_back(now, back) for back in range(-2, 6)] + [month_back(far, 0)]
    for spec in services.catalogue.indicators():
        values = [Observation(spec.id, CITY, period, 1.0) for period in hours]
        for subject in (*PEOPLE.values(), anonymous("demo"), anonymous("none")):
            knows = may_know(services, subject, spec)
            shown = SeenValues(services, subject, None).visible(spec, values)
            assert shown == [one for one in values if knows(one.period)], (spec.id, subject.id)


def test_the_page_as_of_then_shows_what_was_known_then(city: RiverCity, now: datetime) -> None:
    before = datetime.now(UTC)
    corrected = Observation("river.good", CITY, month_back(now, 0), 77.7, unit="%")
    city.services.observations.append([corrected], live=False)
    then = before.isoformat()
    was = city.panel("kpi", tab="city", as_of=then)["data"]["rows"][0]["cell"]["text"]
    now_is = city.panel("kpi", tab="city")["data"]["rows"][0]["cell"]["text"]
    assert (was, now_is) == ("90.9", "77.7")
    assert city.page(as_of=then)["as_of"] is not None
    city.services.observations.append(
        [Observation("river.good", CITY, month_back(now, 0), 90.9, unit="%")], live=False
    )


def test_what_is_not_there_is_a_problem_document(city: RiverCity) -> None:
    for asked, said in (
        ({"region": "999999"}, "没有区划或点位"),
        ({"tab": "nowhere"}, "没有 'nowhere' 这一部分"),
        ({"panel": "p99"}, "没有面板"),
        ({"as_of": "昨天"}, ""),
        ({"site": CITY}, "不是点位"),
        ({"order": "best"}, "statutory"),
    ):
        answer = city.ask(**asked)
        assert answer.status_code in (404, 422), asked
        assert said in answer.json()["detail"]


def test_an_unknown_topic_looks_hidden_to_a_visitor(city: RiverCity) -> None:
    assert city.ask("nobody", topic="nothing").status_code == 401
    assert city.ask("viewer", topic="nothing").status_code == 403


def test_a_masked_column_of_records_is_masked_here_too(city: RiverCity) -> None:
    store = city.services.layer_catalogue
    assert store is not None
    panel = city.panel("records", "viewer", tab="city")
    assert panel["data"]["rows"][0]["cells"]["phone"] != ""


def test_a_masked_column_of_a_list_is_covered_for_those_who_do_not_work_on_the_layer(
    city: RiverCity,
) -> None:
    masked = Metadata(fields=(FieldInfo("phone", mask=Mask.PHONE),))
    catalogue = city.services.layer_catalogue
    catalogue.change("river.points", lambda _: {"metadata": to_stored(masked)}, lambda *_: None)
    for name in ("viewer", "leader", "other"):
        text = city.ask(name, tab="city").text
        assert "138****5678" in text, name
        assert "13812345678" not in text, name
        assert "13812345678" not in city.ask(name, tail="/export", panel="p17", tab="city").text
    assert "13812345678" in city.ask("bureau", tab="city").text
    catalogue.change("river.points", lambda _: {"metadata": {}}, lambda *_: None)


def test_a_hidden_column_of_a_list_is_not_there_at_all(city: RiverCity) -> None:
    hidden = Metadata(fields=(FieldInfo("phone", mask=Mask.HIDDEN),))
    catalogue = city.services.layer_catalogue
    catalogue.change("river.points", lambda _: {"metadata": to_stored(hidden)}, lambda *_: None)
    rows = city.panel("records", tab="city")["data"]["rows"]
    assert {one["cells"].get("phone", "") for one in rows} == {""}
    catalogue.change("river.points", lambda _: {"metadata": {}}, lambda *_: None)
