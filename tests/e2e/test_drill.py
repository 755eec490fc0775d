"""演练: marked on every page, nothing leaves the house, and after it messages go out again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.security.contracts import Role
from app.web.pages import ALERTS_PAGE, TOPIC_PAGE, WORK_PAGES
from app.web.vendor import BrowserFilesMissing, built
from tests.channels.receivers import Receiver, receiver
from tests.e2e.city import City, Desk, eventually
from tests.e2e.people import people
from tests.e2e.test_directive_to_answer import picks

pytestmark = pytest.mark.browser
NAMED = {
    "layer": "water.sections", "submission": "none", "form": "economy.monthly_report",
    "period": "2026-10", "indicator": "water.leakage", "case": "none", "topic": "water",
}  # fmt: skip
"""What stands in the addresses of pages of one thing; one that is not there is marked as well."""


def every_page() -> list[str]:
    """The address of every page of the program, so that a new one is asked too."""
    pages = ["/", *(one.path.format(**NAMED) for one in (*WORK_PAGES, ALERTS_PAGE, TOPIC_PAGE))]
    return list(dict.fromkeys(pages))


CONFIG = """
[demo]
enabled = false
[connectors]
allow_hosts = ["127.0.0.1"]
[channels.hook]
kind = "webhook"
url = "{url}"
[receivers.water]
channel = "hook"
units = ["swj"]
"""


@pytest.fixture(scope="module")
def outside() -> Iterator[Receiver]:
    """Another system that takes messages."""
    with receiver() as one:
        yield one


@pytest.fixture(scope="module")
def quiet_city(outside: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    one = City(tmp_path_factory.mktemp("drill"), config=CONFIG.format(url=outside.url))
    try:
        yield one.wait()
    finally:
        one.end()


def test_a_drill_is_marked_everywhere_and_nobody_outside_hears_of_it(
    chromium: Browser, quiet_city: City, outside: Receiver
) -> None:
    token = quiet_city.answer("tokens", "add", "--scope", "observations:write")["token"]
    desk = Desk(quiet_city, token)
    with people(chromium, quiet_city) as enters:
        shift = enters("yanlianzu", Role.DUTY).open("/duty?tab=drill")
        shift.page.fill(".yw-dt-form input", "管网爆管桌面推演")
        shift.click(".yw-dt-form button[type=submit]")
        shift.sees(".yw-drillbar:has-text('管网爆管桌面推演')")
        everything = enters("guanliyuan", Role.ADMIN)
        for path in every_page():
            everything.page.goto(f"{quiet_city.url}{path}")
            everything.sees(".yw-drillbar:has-text('消息不对外发送')")
        desk.this_month("water.leakage", "440200", 13.0)  # a real breach, while they rehearse
        row = "[role=row][data-alert]:has-text('漏损率')"
        shift.open("/alerts").click(row)
        shift.sees("[data-do=ack]:enabled")
        shift.picture("drill-alerts")
        leader = enters("yanlianzhang", Role.LEADER)
        leader.open("/indicators?explain=water.leakage|440200")
        leader.click(".yw-dv-section button:has-text('督办')")
        picks(leader, ".yw-dv-form")
        leader.page.fill(".yw-dv-form textarea", "推演:报告关阀时间")
        leader.click(".yw-dv-form button[type=submit]")
        leader.sees(".yw-dv-brief:has-text('推演:报告关阀时间') :text('演练')")
        assert outside.got == []

        shift.open("/duty?tab=drill").click("button:has-text('结束演练')")
        shift.no_longer_sees(".yw-drillbar")
        # What is real waited for the end of the drill; what was rehearsed never leaves the house.
        assert eventually(lambda: any("漏损" in said for said in _heard(outside)), 240)
        assert [said for said in _heard(outside) if "推演" in said or "演练" in said] == []
    desk.http.close()


def _heard(outside: Receiver) -> list[str]:
    return [one.body.decode() for one in outside.got]
