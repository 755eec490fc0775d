"""What browser tests hold in their hands: the running paper city and one page on it."""
# ruff: noqa: E501  # expressions for the browser stay on one line

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page

if TYPE_CHECKING:
    import harness

SHOTS = Path(__file__).parents[1] / "shots"
PATIENCE = 120  # seconds: how long something may take is no matter of these tests


@dataclass
class PaperCity:
    """The running harness."""

    url: str
    board: harness.PaperBoard

    def tell(self, what: str, body: Any = None) -> None:
        data = json.dumps(body if body is not None else {}).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{self.url}/_harness/{what}", data, method="POST")
        ):
            pass


@dataclass
class Screen:
    """A page and what went wrong in it."""

    page: Page
    city: Any  # whatever has the url of a running program
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self) -> Screen:
        """Collect from now on what the console says and which requests leave the host."""
        self.page.on(
            "console",
            lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda wrong: self.errors.append(str(wrong)))
        host = urlsplit(self.city.url).netloc

        def request(asked: Any) -> None:
            if asked.url.startswith(("http", "ws")) and urlsplit(asked.url).netloc != host:
                self.outside.append(asked.url)

        self.page.on("request", request)
        return self

    def open(self, path: str = "/") -> Screen:
        self.page.goto(self.city.url + path)
        return self.until("document.body.dataset.ready === '1'")

    def until(self, condition: str, seconds: float = PATIENCE) -> Screen:
        """Wait for a condition; polled from here: the content policy forbids eval in pages.

        One that cannot be told yet, e.g. of an element that is not there, is not yet true.
        """
        told = f"(() => {{ try {{ return [Boolean({condition}), ''] }} catch (wrong) {{ return [false, String(wrong)] }} }})()"
        said = ""
        for _ in self._while(seconds):
            try:
                true, said = self.page.evaluate(told)
            except Error as leaving:
                if "context was destroyed" not in leaving.message:
                    raise
                true = False  # another page is on its way
            if true:
                return self
        raise AssertionError(f"never true: {condition} {said}".rstrip())

    def until_is(self, expression: str, value: object) -> Screen:
        """Wait until an expression has this value; a failure tells the one it kept."""
        for _ in self._while(PATIENCE):
            found = self.ask(expression)
            if found == value:
                return self
        raise AssertionError(f"never {value!r} but {found!r}: {expression}")

    def until_here(self, fact: Callable[[], object], seconds: float = PATIENCE) -> Screen:
        """Wait for a fact outside the page, e.g. of what the page has asked for."""
        for _ in self._while(seconds):
            if fact():
                return self
        raise AssertionError("never so")

    def heard(self) -> Screen:
        """Wait until the paper city's stream has spoken: what is pushed from now on arrives."""
        return self.until("tonglan.alerts.get().known")

    def _while(self, seconds: float) -> Iterator[None]:
        """A turn each tenth of a second; what the page tells meanwhile is heard."""
        end = time.monotonic() + seconds
        yield
        while time.monotonic() < end:
            self.page.wait_for_timeout(100)
            yield

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def shot(self, name: str) -> bytes:
        SHOTS.mkdir(exist_ok=True)
        return self.page.screenshot(path=SHOTS / f"{name}.png")


Enter = Callable[..., Screen]
"""Opens a page as somebody who has signed in: `enter(name, path, size)`."""
