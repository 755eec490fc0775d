"""A paper city on a real server, and a real Chromium that collects all that goes wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import harness
import pytest
import report_program
import uvicorn
from playwright.sync_api import Browser
from screen import Enter, PaperCity, Screen

from app.engines.contracts import EngineUrls
from app.services import Services
from app.web.vendor import BrowserFilesMissing, built
from tests.chromium import chromium

__all__ = ["chromium"]


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


@pytest.fixture
def screen(chromium: Browser, paper: PaperCity) -> Iterator[Screen]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    yield Screen(context.new_page(), paper).watch()
    context.close()


@pytest.fixture(scope="module")
def urls(module_database_url: str, valkey_url: str) -> EngineUrls:
    """The engines of a module's own `services`; skips where the pages are not built."""
    try:
        built()
    except BrowserFilesMissing as missing:
        pytest.skip(str(missing))
    return EngineUrls(valkey=valkey_url, postgres=module_database_url)


@pytest.fixture(scope="module")
def address(services: Services, urls: EngineUrls) -> Iterator[str]:
    """Where the module's `services` are served as the whole web program."""
    with report_program.program(services, urls) as url:
        yield url


@pytest.fixture
def enter(chromium: Browser, services: Services, address: str) -> Iterator[Enter]:
    contexts = []

    class Here:
        url = address

    def entered(who: str, path: str, size: tuple[int, int] = (1366, 768)) -> Screen:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN"
        )
        contexts.append(context)
        name, value = report_program.cookie(services, who)
        context.add_cookies([{"name": name, "value": value, "url": address}])
        return Screen(context.new_page(), Here()).watch().open(path)

    yield entered
    for context in contexts:
        context.close()
