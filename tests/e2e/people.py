"""People who use the program in windows of their own: signed in by the page, every step a click."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from app.config import load_config
from app.engines.attach import attach
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.stores.postgres import PostgresAccounts, PostgresAudit
from layers.stores.postgres_engine import connect
from tests.e2e.city import City
from tests.web.screen import Screen

DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 120_000  # ms: a busy machine is no fault of the program
expect.set_options(timeout=PATIENCE)
NO_NETWORK = re.compile("net::ERR_|Failed to load resource")


class Person:
    """Somebody in front of a screen."""

    def __init__(self, city: City, context: BrowserContext, name: str) -> None:
        self.name = name
        self.context = context
        self.screen = Screen(context.new_page(), city).watch()

    @property
    def page(self) -> Page:
        return self.screen.page

    def sign_in(self, once: str) -> Person:
        """With the one-time password, and a new one as the page asks for it."""
        page, own = self.page, f"Aa9-{secrets.token_hex(8)}"
        page.goto(f"{self.screen.city.url}/login")
        page.fill("[name=name]", self.name)
        page.fill("[name=password]", once)
        page.click("button:has-text('登录')")
        page.fill("[name=old]", once)
        page.fill("[name=new]", own)
        page.fill("[name=again]", own)
        page.click("button:has-text('保存')")
        page.wait_for_url(lambda url: "/password" not in url, wait_until="commit")
        return self

    def open(self, path: str) -> Person:
        """A page by its address; most ways go by clicks."""
        self.screen.open(path)
        return self

    def click(self, what: str) -> None:
        self.page.click(what)

    def sees(self, what: str, **more: Any) -> Locator:
        """The first such thing, once it is on the page."""
        found = self.page.locator(what).first
        found.wait_for(**more)
        return found

    def no_longer_sees(self, what: str) -> None:
        expect(self.page.locator(what)).to_have_count(0)

    def follow(self, link: str) -> None:
        """Click a link and wait for the page behind it."""
        before = self.page.url
        self.page.click(link)
        self.page.wait_for_url(lambda url: url != before)
        self.screen.until("document.body.dataset.ready === '1'")

    def picture(self, name: str) -> None:
        """A picture for who wants to look (tests/shots); the page never scrolls sideways."""
        self.screen.shot(name)
        assert self.screen.ask("document.documentElement.scrollWidth - innerWidth") <= 0


Enters = Callable[..., Person]


@contextmanager
def people(chromium: Browser, city: City) -> Iterator[Enters]:
    """Makes accounts and signs them in: `enters(name, Role.DUTY, size=PHONE)`."""
    contexts: list[BrowserContext] = []
    met: list[Person] = []

    def enters(
        name: str, *roles: Role, unit: str | None = None, size: ViewportSize = DESK, **more: Any
    ) -> Person:
        once = _account(city, name, roles, unit)
        context = chromium.new_context(viewport=size, locale="zh-CN", **more)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        met.append(Person(city, context, name).sign_in(once))
        return met[-1]

    yield enters
    for one in met:
        wrong = [line for line in one.screen.errors if not NO_NETWORK.search(line)]
        assert (one.name, wrong, one.screen.outside) == (one.name, [], [])
    for context in contexts:
        context.close()


def _account(city: City, name: str, roles: tuple[Role, ...], unit: str | None) -> str:
    """What `tonglan users add` does, without the seconds that a process of its own takes."""
    settings = load_config(city.config, home=city.home)
    with attach(settings.home_path, settings.engines) as urls:
        engine = connect(urls.postgres)
        made = People(PostgresAccounts(engine), PostgresAudit(engine))
        grants = [Grant(one) for one in roles]
        once = made.add(name, display_name=name, grants=grants, unit=unit, by="system")
        engine.dispose()
    return once
