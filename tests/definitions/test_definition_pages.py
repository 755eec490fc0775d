"""指标管理, 发布日历 and 变更查询 in a real browser, as a visitor sees them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser

from app.engines.contracts import EngineUrls
from app.services import Services
from app.web.vendor import BrowserFilesMissing, built
from app.web_program import create_web
from tests.definitions.conftest import TOTAL
from tests.security.serving import serving
from tests.web.screen import Screen


@pytest.fixture(scope="module")
def screen(
    chromium: Browser, services: Services, module_database_url: str, valkey_url: str
) -> Iterator[Screen]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    urls = EngineUrls(postgres=module_database_url, valkey=valkey_url)
    with serving(create_web(services, urls).server) as client:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        address = SimpleNamespace(url=str(client.base_url).rstrip("/"))
        yield Screen(context.new_page(), address).watch()
        context.close()


def test_an_indicator_is_found_by_its_initials_and_told(screen: Screen) -> None:
    screen.open("/indicators")
    screen.page.fill("input[type=search]", "zcz")
    screen.until("document.querySelectorAll('.yw-def-row').length < 8")
    screen.page.click(".yw-def-row button")
    screen.until("document.querySelector('.yw-def-detail h2')?.textContent.includes('总产值')")
    assert "/indicators/stat." in screen.page.url
    screen.page.click("role=tab[name='关系']")
    screen.until("document.querySelectorAll('.yw-graph-node').length === 2")
    screen.page.click("role=tab[name='版本']")
    screen.until("document.body.textContent.includes('首次建立')")


def test_the_calendar_shows_the_month_and_the_day(screen: Screen) -> None:
    screen.open("/releases?month=2026-09")
    assert screen.page.locator(".yw-day").count() == 30
    screen.page.click(".yw-day:has-text('18')")
    screen.until(
        "document.querySelector('.yw-releases-list h2')?.textContent.includes('9 月 18 日')"
    )
    assert "总产值" in screen.page.inner_text(".yw-releases-list")
    assert "12,345" not in screen.page.content()


def test_who_changed_what_is_one_search(screen: Screen) -> None:
    screen.open(f"/changes?object={TOTAL}")
    screen.until("document.querySelectorAll('.yw-sought-table tbody tr').length >= 1")
    assert "首次建立" in screen.page.inner_text(".yw-sought-table")


@pytest.mark.parametrize("path", ["/indicators", "/releases", "/changes"])
def test_a_page_fits_a_phone_and_says_nothing_wrong(screen: Screen, path: str) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open(path)
    assert screen.ask("document.documentElement.scrollWidth <= innerWidth")
    below = "document.querySelector('.yw-workhead .yw-nav').getBoundingClientRect().bottom"
    assert screen.ask(f"{below} <= document.querySelector('main').getBoundingClientRect().top + 1")
    assert (screen.errors, screen.outside) == ([], [])
