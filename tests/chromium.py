"""The one Chromium of all browser tests: how it is found, its flags, its fixture.

A conftest of a package (with `__init__.py`, or the last folder run) takes it by
`from tests.chromium import chromium`: one browser for that folder's tests.
It ends with them, since Playwright's loop would be in the way of tests that bring their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

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


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window; skips where there is none."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("没有 chromium;Debian/Ubuntu 上:apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
