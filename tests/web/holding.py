"""What browser tests wait for by hand: requests that are held back, a page that is drawn anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import APIResponse, Page, Route
from screen import PATIENCE, Screen

FRAMES = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@dataclass
class Held:
    """The first request of a kind: the server has answered it, the page does not know yet."""

    page: Page
    answers: list[tuple[Route, APIResponse]] = field(default_factory=list)

    def come(self) -> None:
        """Wait until the page has asked and the server has answered."""
        for _ in range(PATIENCE * 20):
            if self.answers:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was asked for")

    def let_go(self) -> None:
        """Now the page is told, unless it does not want to know any more."""
        self.come()
        for route, answer in self.answers:
            route.fulfill(response=answer)
        self.answers.clear()


@contextmanager
def held(page: Page, pattern: str | re.Pattern[str], method: str) -> Iterator[Held]:
    """Hold back the answer to the next request of this kind; those that follow pass it."""
    found = Held(page)
    seen: list[Route] = []

    def hold(route: Route) -> None:
        if seen or route.request.method != method:
            route.fallback()
            return
        seen.append(route)
        found.answers.append((route, route.fetch()))

    page.route(pattern, hold)
    try:
        yield found
    finally:
        page.unroute(pattern, hold)


def caught_up(screen: Screen) -> None:
    """Wait until the page has had the time to take in an answer that came before this one."""
    screen.page.evaluate("() => fetch('/api/v1/mode').then((answer) => answer.text())")
    screen.page.evaluate(FRAMES)


def fits(screen: Screen, overflowing: str) -> None:
    """Wait until what this lists is nothing, in the page as it is drawn at its size of now."""
    screen.page.evaluate(FRAMES)
    screen.until_is(overflowing, [])
