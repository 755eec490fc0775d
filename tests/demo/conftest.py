"""A home that the tests of one module share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home shared by the tests of one module."""
    return tmp_path_factory.mktemp("home")
