"""The one Chromium of all browser tests: how it is found, its flags, its fixture.

A conftest of a package (with `__init__.py`, or the last folder run) takes it by
`from tests.chromium import chromium`: one browser for that folder's tests.
It ends with them, since Playwright's loop would be in the way of tests that bring their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    expect,
    sync_playwright,
)

FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 120_000  # how long something may take is no matter of these tests
SLOWER = 4  # times that a page's own work takes longer with --slow-browser
LATE_MS = 250  # that each answer comes later then


@pytest.fixture(scope="package")
def chromium(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """Debian's Chromium, without a window; skips where there is none.

    `--slow-browser` makes each page slow: what a test does not wait for shows itself then.
    """
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("没有 chromium;Debian/Ubuntu 上:apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS, timeout=PATIENCE_MS)
        _patient(browser)
        if pytestconfig.getoption("--slow-browser"):
            _slow(browser)
        yield browser
        browser.close()


def _patient(browser: Browser) -> None:
    """From now on clicks, readings, downloads and expectations wait as long as they must."""
    new_context = browser.new_context

    def context_of(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    browser.new_context = context_of  # type: ignore[method-assign]
    expect.set_options(timeout=PATIENCE_MS)


def _slow(browser: Browser) -> None:
    """From now on every page of the browser is slow."""
    new_context = browser.new_context

    def context_of(**options: Any) -> BrowserContext:
        context = new_context(**options)
        new_page, set_offline = context.new_page, context.set_offline
        sessions: list[CDPSession] = []

        def line(*, offline: bool) -> None:
            speed = {"downloadThroughput": -1, "uploadThroughput": -1, "latency": LATE_MS}
            for one in sessions:
                one.send("Network.emulateNetworkConditions", {"offline": offline, **speed})

        def page_of() -> Page:
            page = new_page()
            sessions.append(context.new_cdp_session(page))
            sessions[-1].send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            line(offline=False)
            return page

        def offline_of(offline: bool) -> None:
            set_offline(offline)
            line(offline=offline)

        context.new_page = page_of  # type: ignore[method-assign]
        context.set_offline = offline_of  # type: ignore[method-assign]
        return context

    browser.new_context = context_of  # type: ignore[method-assign]
