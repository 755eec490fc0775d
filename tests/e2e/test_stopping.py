"""A run on both protocols, and its end."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import psutil
import pytest
from playwright.sync_api import Browser

from tests.e2e.city import City
from tests.web.screen import Screen


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


IPV6 = _has_ipv6()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A program without the demo on every address of the machine."""
    folder = tmp_path_factory.mktemp("bare")
    host = "::" if IPV6 else "0.0.0.0"
    one = City(folder, config="[demo]\nenabled = false\n[live]\nkeepalive_s = 1\n", host=host)
    try:
        yield one.wait()
    finally:
        one.end()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        pytest.param("[::1]", marks=pytest.mark.skipif(not IPV6, reason="本机没有 IPv6")),
    ],
)
def test_every_protocol_of_the_machine_is_answered(bare: City, address: str) -> None:
    assert httpx.get(f"http://{address}:{bare.port}/healthz", timeout=120).status_code == 200


def test_where_nothing_moves_the_stream_tells_the_page_that_it_lives(bare: City) -> None:
    with httpx.stream("GET", f"{bare.url}/live", timeout=240) as answer:
        assert any(line == "event: beat" for line in answer.iter_lines())


@pytest.mark.browser
def test_a_city_without_data_shows_its_page_without_a_single_number(
    bare: City, chromium: Browser
) -> None:
    page = chromium.new_page()
    screen = Screen(page, bare).watch().open()
    screen.until("tonglan.board.get().model.cards.length")
    states = "tonglan.board.get().model.cards.flatMap((card) => card.rows).map((row) => row.state)"
    assert "ok" not in screen.ask(states)
    assert screen.errors == []
    page.close()


def test_sigterm_ends_everything(bare: City) -> None:
    everything = bare.processes()
    assert len(everything) >= 5
    bare.stop()
    _, left = psutil.wait_procs(everything, timeout=120)
    assert left == []
