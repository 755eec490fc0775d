"""The worker begins when the simulators of this very run have registered."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from app.roles.demo_ready import await_sources


def test_addresses_of_this_run_are_enough(tmp_path: Path) -> None:
    addresses = tmp_path / "sources.json"
    addresses.touch()
    assert await_sources(addresses, patience=0)


def test_addresses_of_a_former_run_are_waited_out(tmp_path: Path) -> None:
    addresses = tmp_path / "sources.json"
    addresses.touch()
    os.utime(addresses, (1, 1))
    assert not await_sources(addresses, patience=0.2)


def test_the_wait_ends_when_the_addresses_appear(tmp_path: Path) -> None:
    addresses = tmp_path / "sources.json"
    later = threading.Timer(0.2, addresses.touch)
    later.start()
    assert await_sources(addresses, patience=60)
    later.join()
