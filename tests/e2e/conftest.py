"""One fresh city for all tests of this folder, a browser, and those who use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import Browser, ViewportSize

from app.web.vendor import BrowserFilesMissing, built
from tests.chromium import chromium
from tests.e2e.city import City, Desk
from tests.e2e.people import PATIENCE
from tests.web.screen import Screen

__all__ = ["chromium"]

Opened = Callable[..., Screen]
DESK: ViewportSize = {"width": 1920, "height": 1080}
STILL = "tonglan.theMap && !tonglan.theMap.isMoving()"
"""The map of a page stays where it is: what lies where can be asked and clicked."""


@pytest.fixture(scope="package")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The demo city, started the way a newcomer starts it; about a minute."""
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    one = City(tmp_path_factory.mktemp("city"))
    try:
        yield one.wait()
        one.stop()
    finally:
        one.end()


@pytest.fixture(scope="package")
def desk(city: City) -> Iterator[Desk]:
    """A bureau's script that may push observations."""
    token = city.answer("tokens", "add", "--scope", "observations:write")["token"]
    one = Desk(city, token)
    yield one
    one.http.close()


@pytest.fixture
def opened(chromium: Browser, city: City) -> Iterator[Opened]:
    """Opens pages, each in a profile of its own; `cookies` are those of who has signed in."""
    contexts = []

    def page(path: str = "/", *, cookies: Mapping[str, str] | None = None) -> Screen:
        context = chromium.new_context(viewport=DESK, locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": city.url}])
        return Screen(context.new_page(), city).watch().open(path)

    yield page
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def visitor(chromium: Browser, city: City) -> Iterator[Screen]:
    """One overview for all tests that leave it as they found it: a page costs seconds."""
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield Screen(context.new_page(), city).watch().open()
    context.close()


@pytest.fixture
def screen(visitor: Screen) -> Screen:
    """The overview as a visitor sees it: the whole city, connected, nothing complained of yet."""
    visitor.page.keyboard.press("0")
    visitor.until("tonglan.board.get().model.region.code === '440200'")
    visitor.until("tonglan.board.get().link.state === 'open'")
    visitor.until(STILL)
    visitor.errors.clear()
    return visitor
