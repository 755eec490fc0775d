"""A home whose engines are certainly ended after the test."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import PATIENCE, eventually, processes_of


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty home; the test fails when a process of it stays after its end."""
    folder = tmp_path / "h"
    folder.mkdir()
    yield folder
    gone = eventually(lambda: not processes_of(folder), 60)
    for left in processes_of(folder):
        left.kill()
    assert gone


@pytest.fixture(autouse=True)
def leaving_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who leaves waits for the end of the engines, however long a busy machine takes for it."""
    # The function of that name hides the module.
    monkeypatch.setattr(sys.modules["app.engines.attach"], "_LEAVE_SECONDS", PATIENCE)


@pytest.fixture
def closed_home() -> Iterator[Path]:
    """A home below a folder that only its owner may enter, as under /root."""
    closed = Path(tempfile.mkdtemp(prefix="tl-closed-"))
    assert closed.stat().st_mode & 0o077 == 0
    try:
        yield closed / "home"
        assert closed.stat().st_mode & 0o077 == 0
    finally:
        shutil.rmtree(closed)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs root where we are not."""
    for item in items:
        if item.get_closest_marker("needs_root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="需要 root 才能切换用户"))
