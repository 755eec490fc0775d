"""One fresh city for all tests of this folder, a browser, and those who use them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.web.vendor import BrowserFilesMissing, built
from tests.e2e.city import City, Desk
from tests.web.screen import FLAGS, Screen

Opened = Callable[..., Screen]


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
        assert one.stop() < 5
    finally:
        one.process.kill()
        one.process.wait()


@pytest.fixture(scope="package")
def desk(city: City) -> Iterator[Desk]:
    """A bureau's script that may push observations."""
    token = city.answer("tokens", "add", "--scope", "observations:write")["token"]
    one = Desk(city, token)
    yield one
    one.http.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("没有 chromium;Debian/Ubuntu 上:apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, city: City) -> Iterator[Opened]:
    """Opens pages, each in a profile of its own."""
    contexts = []

    def page(path: str = "/", size: str = "1920x1080") -> Screen:
        wide, high = map(int, size.split("x"))
        context = chromium.new_context(viewport={"width": wide, "height": high}, locale="zh-CN")
        contexts.append(context)
        return Screen(context.new_page(), city).watch().open(path)

    yield page
    for context in contexts:
        context.close()


@pytest.fixture
def screen(opened: Opened) -> Screen:
    """The overview as a visitor sees it."""
    return opened()
