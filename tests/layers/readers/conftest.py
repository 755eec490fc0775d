"""Uploads made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layers.readers import Reading, ReadOptions, Upload, read

ReadBytes = Callable[..., Reading]


@pytest.fixture
def read_bytes(tmp_path: Path) -> ReadBytes:
    """Read some bytes as an upload of the given name."""

    def reader(content: bytes, name: str, options: ReadOptions | str = "auto") -> Reading:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return read(Upload(path, name), options)

    return reader
