"""A report written on a phone without a network: sent once when it is back, then dispatched."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from app.security.contracts import Role
from tests.e2e.city import City
from tests.e2e.people import PHONE, people
from tests.e2e.pictures import a_photo

pytestmark = pytest.mark.browser
TEXT = "河边绿地有一堆建筑垃圾,约三立方米"


def test_a_report_kept_on_the_phone_becomes_one_case_that_the_desk_dispatches(
    chromium: Browser, city: City
) -> None:
    with people(chromium, city) as enters:
        phone = enters("wanggeyuan", Role.HANDLER, size=PHONE, has_touch=True).open("/report")
        phone.page.fill("#yw-fd-category", "垃圾")
        phone.sees(".yw-fd-categories li button")
        phone.context.set_offline(True)
        phone.click(".yw-fd-categories li button >> nth=0")
        phone.page.fill("#yw-fd-text", TEXT)
        phone.page.set_input_files(".yw-fd-form input[type=file]", a_photo("现场.png"))
        phone.sees(".yw-fd-thumb")
        phone.page.select_option(".yw-fd-place select", "440203")
        phone.page.fill(".yw-fd-place input[maxlength='200']", "北江路 12 号对面")
        phone.click(".yw-fd-submit")
        phone.sees(".yw-fd-result:has-text('已存在本机')")
        phone.sees(".yw-fd-off:has-text('1 件待发送')")
        phone.picture("offline-kept")
        phone.context.set_offline(False)
        number = phone.sees(".yw-fd-number").inner_text()
        phone.sees(".yw-fd-sent:has-text('已发送')")
        phone.picture("offline-sent")

        desk = enters("paiqianyuan", Role.DUTY).open(f"/cases?q={TEXT}")
        desk.sees(f".yw-cs-row:has-text('{number}')")
        expect(desk.page.locator(".yw-cs-row")).to_have_count(1)
        desk.sees(f".yw-cs-detail:has-text('{number}') .yw-cs-photos img")
        for to, shown in (("受理", "受理"), ("立案", "立案"), ("派遣", "派遣")):
            desk.click(f".yw-cs-detail button[data-to='{to}']")
            desk.click(".yw-cs-form button[type=submit]")
            desk.sees(f".yw-cs-detail .yw-cs-head .yw-cs-state:has-text('{shown}')")
        desk.picture("offline-dispatched")
