"""Cases that crowd at one place and time fire one alert, which says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.roles.alerting import happened_in
from layers.stores.postgres_engine import connect
from tests.topics.alerting.small_city import alert, no_limits
from tests.topics.alerting.test_alert_evaluation import MemoryKeeper, World
from tests.topics.cases.case_desk import CATEGORIES, CLOCKS, DUTY, REFERENCE, REGIONS, at, report
from topics.kit.alerting.contracts import AlertEvent, AlertStep
from topics.kit.alerting.density import NOTHING
from topics.kit.alerting.evaluate import Evaluation
from topics.kit.alerting.facts import CROWDS_FRESH, StoredFacts
from topics.kit.alerting.rules import ready
from topics.kit.alerting.telling import Teller
from topics.kit.alerting.values import LatestValues
from topics.kit.cases.contracts import CategoryKey
from topics.kit.cases.machine import Order
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.duty.contracts import Mode
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_case_places import PostgresCasePlaces
from topics.kit.stores.postgres_cases import PostgresCases

NOW = at("26 12:00")
HERE = (113.5720, 24.8000)
TOWN = "440203001"  # 武江区新华街道
STEP = 100 / 111_319.49  # 100 m of latitude
LEVELS = {"黄": 4.0, "红": 9.0}


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    made = connect(module_database_url)
    yield made
    made.dispose()


@pytest.fixture
def cases(engine: sa.Engine) -> Cases:
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE case_event, case_file, case_number"))
    store = PostgresCases(engine)
    routing = Routing.load(REFERENCE / "case_routing.csv")
    lists = PostgresCaseLists(engine, store)
    return Cases(store, lists, CATEGORIES, CLOCKS, routing, REGIONS)


Look = Callable[..., list[AlertEvent]]


@pytest.fixture
def alerts() -> MemoryKeeper:
    return MemoryKeeper()


@pytest.fixture
def look(engine: sa.Engine, alerts: MemoryKeeper) -> Look:
    """Evaluate one density rule over the counties at a moment."""

    def evaluated(now: datetime = NOW, **more: Any) -> list[AlertEvent]:
        told = {"id": "grid.crowd", "kind": "density", "title": "事件聚集", "radius": 500}
        spec = alert("grid.events", **(told | {"levels": LEVELS, "within": "24h"} | more))
        world = World(rules=[ready(spec, {}, REGIONS)])
        codes = [one.code for one in REGIONS.all()]
        happened = happened_in(PostgresCasePlaces(engine).reported)
        leader = Evaluation(
            world,
            LatestValues(world, world, codes),
            StoredFacts(world, world, happened),
            alerts,
            Teller(REGIONS.find, no_limits),
            Mode,
        )
        leader.lead(1)
        return leader.tick(now)

    return evaluated


def reported(cases: Cases, count: int, when: str = "26 09:00", **more: Any) -> list[str]:
    """So many cases, 100 m and 10 minutes from each other."""
    found = []
    for n in range(count):
        moment = at(when) + timedelta(minutes=10 * n)
        place = {"longitude": HERE[0], "latitude": HERE[1] + n * STEP, "region": TOWN}
        one = report(**({"at": moment} | place | more))
        found.append(cases.report(one, now=moment).case.id)
    return found


def test_five_cases_near_in_place_and_time_fire_one_alert_that_says_where(
    cases: Cases, look: Look, alerts: MemoryKeeper
) -> None:
    reported(cases, 5)
    [event] = look()
    assert event.step is AlertStep.FIRED
    [found] = alerts.open()
    assert found.key.region == "440203"
    assert found.title == "新华 500 m 内 1 天 5 件:事件聚集"
    assert found.data["spot"] == TOWN
    assert (found.data["lon"], found.data["lat"]) == (HERE[0], pytest.approx(HERE[1] + 4 * STEP))
    assert (found.value, found.limit) == (5, 4)
    assert not look(NOW + timedelta(minutes=1))


def test_four_do_not(cases: Cases, look: Look) -> None:
    reported(cases, 4)
    assert not look()


def test_a_fifth_outside_the_hours_or_metres_does_not_count(cases: Cases, look: Look) -> None:
    reported(cases, 4)
    reported(cases, 1, when="25 12:00")
    reported(cases, 1, latitude=HERE[1] + 10 * STEP)
    assert not look()
    assert look(at("26 11:59"))  # 23 h 59 min after the early one it is a crowd


@pytest.mark.parametrize("how", ["drill", "void", "alert", "no place"])
def test_what_did_not_happen_in_the_street_does_not_count(
    cases: Cases, look: Look, how: str
) -> None:
    reported(cases, 4)
    more: dict[str, dict[str, Any]] = {
        "drill": {"drill": True},
        "alert": {"source": "alert", "reference": "al-1"},
        "no place": {"longitude": None, "latitude": None},
    }
    [fifth] = reported(cases, 1, **more.get(how, {}))
    if how == "void":
        cases.move(fifth, Order("作废", note="误报"), DUTY, now=at("26 09:30"))
    assert not look()


def test_a_rule_may_count_one_category_only(cases: Cases, look: Look) -> None:
    reported(cases, 4)
    reported(cases, 1, category=CategoryKey("城市管理", "事项", "06016"))
    assert not look(category="城市管理/事项/06017")
    assert look(category="城市管理/事项/06")


def test_the_alert_ends_when_the_crowd_grows_old(cases: Cases, look: Look) -> None:
    reported(cases, 5)
    look()
    [ended] = look(at("27 09:00"))
    assert ended.step is AlertStep.RESOLVED


def test_as_of_an_earlier_moment_leaves_out_what_was_learnt_later(
    cases: Cases, engine: sa.Engine
) -> None:
    reported(cases, 5)
    places = PostgresCasePlaces(engine)
    late = places.reported("", at("26 00:00"), NOW, as_of=at("26 09:15"))
    assert len(late.regions) == 2
    assert len(places.reported("", at("26 00:00"), NOW).regions) == 5


def test_events_are_not_read_again_at_every_tick() -> None:
    asked: list[datetime] = []
    world = World()

    def happened(kind: str, category: str, since: datetime, until: datetime) -> Any:
        asked.append(until)
        return NOTHING

    facts = StoredFacts(world, world, happened)
    rule = ready(alert("grid.events", kind="density", levels=LEVELS), {}, REGIONS)
    for seconds in (0, 1, 9, 10, 11):
        facts.crowds(rule, NOW + timedelta(seconds=seconds))
    assert asked == [NOW, NOW + CROWDS_FRESH]


def test_a_kind_of_events_that_nobody_keeps_is_said(cases: Cases, look: Look) -> None:
    with pytest.raises(LookupError, match=r"grid\.events"):
        happened_in(lambda *_: NOTHING)("water.leaks", "", NOW, NOW)
