"""What browser tests hold in their hands: the running paper city and one page on it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

if TYPE_CHECKING:
    import harness

SHOTS = Path(__file__).parents[1] / "shots"


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

    def until(self, condition: str, seconds: float = 30) -> Screen:
        """Wait for a condition; polled from here: the content policy forbids eval in pages."""
        for _ in range(int(seconds * 10)):
            if self.page.evaluate(f"Boolean({condition})"):
                return self
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never true: {condition}")

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def shot(self, name: str) -> bytes:
        SHOTS.mkdir(exist_ok=True)
        return self.page.screenshot(path=SHOTS / f"{name}.png")


Enter = Callable[..., Screen]
"""Opens a page as somebody who has signed in: `enter(name, path, size)`."""
