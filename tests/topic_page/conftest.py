"""One program with the test topic for all tests of this folder that change nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.topic_page.river_city import RiverCity, river_city


@pytest.fixture(scope="module")
def now() -> datetime:
    """The moment the module's values are made for."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def city(
    module_database_url: str,
    valkey_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    now: datetime,
) -> RiverCity:
    """The program over the module's own database."""
    return river_city(tmp_path_factory.mktemp("river"), module_database_url, valkey_url, now)
