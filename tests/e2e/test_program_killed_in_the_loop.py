"""kill -9 of the worker and of PostgreSQL between an alert and its case, as the shift sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from app.security.contracts import Role
from app.web.vendor import BrowserFilesMissing, built
from tests.e2e.city import City, Desk, eventually
from tests.e2e.people import Person, people

pytestmark = pytest.mark.browser
RULE, NUMBER, PLACE = "water.leakage_high", "water.leakage", "440200"
ROW = "[role=row][data-alert]:has-text('漏损率')"
LINK = ".yw-al-standing a[href^='/cases/']"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The program without its demo city: nothing comes in but what a test pushes."""
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    one = City(tmp_path_factory.mktemp("killed"), config="[demo]\nenabled = false\n")
    try:
        yield one.wait()
    finally:
        one.end()


@pytest.fixture(scope="module")
def desk(city: City) -> Iterator[Desk]:
    one = Desk(city, city.answer("tokens", "add", "--scope", "observations:write")["token"])
    yield one
    one.http.close()


@pytest.fixture(scope="module")
def shift(chromium: Browser, city: City) -> Iterator[Person]:
    with people(chromium, city) as enters:
        yield enters("zhibanyuan", Role.DUTY)


def asked(person: Person, path: str) -> Any:
    """What the server answers this person's page."""
    return person.page.evaluate(f"fetch('/api/v1/{path}').then((said) => said.json())")


def open_alerts(person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = asked(person, "alerts?open=1")["items"]
    return [one for one in items if one["rule"] == RULE]


def open_cases(person: Person, alert: str) -> int:
    items = asked(person, "cases?limit=100")["items"]
    ended = ("结案", "作废")
    mine = [one for one in items if (one["alert"] or {}).get("id") == alert]
    return sum(one["state"] not in ended for one in mine)


def kill(city: City, part: str) -> None:
    """The part, and wait until the program is whole again."""
    dead = city.kill(part)
    assert eventually(lambda: city.lives(part, but=dead) and city.ready(), 240)


def test_a_worker_killed_before_and_after_the_case_leaves_one_alert_and_one_case(
    city: City, desk: Desk, shift: Person
) -> None:
    shift.open("/alerts")
    desk.this_month(NUMBER, PLACE, 12.6)
    kill(city, "role worker")
    shift.click(ROW)
    shift.click("[data-do=ack]")
    shift.sees(f"{ROW} .yw-al-tag:has-text('已确认')")
    kill(city, "role worker")
    shift.click("[data-do=dispatch]")
    shift.click(".yw-al-form [type=submit]")
    shift.sees(LINK)
    kill(city, "role worker")
    (one,) = open_alerts(shift)
    assert one["state"] in ("已派单", "处置中")
    assert open_cases(shift, one["id"]) == 1
    desk.this_month(NUMBER, PLACE, 5.0)  # the third worker goes on where the first began
    shift.sees(f"{ROW} .yw-al-tag:has-text('已解除')")
    assert open_alerts(shift) == []
    assert open_cases(shift, one["id"]) == 1


def test_postgresql_killed_while_a_case_is_made_is_said_and_a_retry_makes_no_second(
    city: City, desk: Desk, shift: Person
) -> None:
    desk.this_month(NUMBER, PLACE, 4.0)
    shift.page.locator(f"{ROW} .yw-al-tag:has-text('已解除')").first.wait_for()
    desk.this_month(NUMBER, PLACE, 13.1)
    shift.click(f"{ROW}:has-text('13.1')")
    shift.sees(".yw-al-detail:has-text('13.1') [data-do=dispatch]:enabled")
    shift.click("[data-do=dispatch]")
    (alert,) = open_alerts(shift)
    with city.without("bin/postgres", kept_by=city.part("app.engines.keeper")):
        shift.click(".yw-al-form [type=submit]")
        shift.sees(".yw-al-wrong:has-text('数据')")
        shift.picture("loop-postgres-away")
    assert eventually(city.ready, 240)
    shift.click(".yw-al-form [type=submit]")
    shift.sees(LINK)
    assert open_cases(shift, alert["id"]) == 1
