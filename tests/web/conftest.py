"""A paper city on a real server, and a real Chromium that collects all that goes wrong."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator

import harness
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from screen import FLAGS, PaperCity, Screen

from app.web.vendor import BrowserFilesMissing, built


def pytest_configure(config: pytest.Config) -> None:
    # The oracle that encodes the paper city's tiles, mapbox-vector-tile 2.2, still calls this.
    config.addinivalue_line(
        "filterwarnings", "ignore:The 'shapely.ops.transform:DeprecationWarning"
    )


@pytest.fixture(scope="session")
def paper_server() -> Iterator[PaperCity]:
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    server, board, _ = harness.paper_program()
    listener = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(
        uvicorn.Config(server, log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    yield PaperCity(f"http://127.0.0.1:{listener.getsockname()[1]}", board)
    running.should_exit = True
    thread.join(15)
    listener.close()


@pytest.fixture
def paper(paper_server: PaperCity) -> Iterator[PaperCity]:
    yield paper_server
    paper_server.board.edit = lambda model: model
    paper_server.tell("mend")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("没有 chromium;Debian/Ubuntu 上:apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium: Browser, paper: PaperCity) -> Iterator[Screen]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    yield Screen(context.new_page(), paper).watch()
    context.close()
