"""The program's parts on a fresh database and an empty home."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.services import Services


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home shared by the tests of one module."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def services(module_home: Path, module_database_url: str, valkey_url: str) -> Services:
    """Everything, on engines of this module's own."""
    config = load_config(None, home=module_home)
    return compose(config, EngineUrls(valkey=valkey_url, postgres=module_database_url))
