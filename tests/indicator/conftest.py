"""The page's routes on a real database that holds the small series."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.indicator.indicator_city import City, stocked_city


@pytest.fixture(scope="module")
def stocked(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with stocked_city(module_database_url, tmp_path_factory.mktemp("topics")) as made:
        yield made


@pytest.fixture
def city(stocked: City) -> Iterator[City]:
    yield stocked
    stocked.releases.until.clear()
    stocked.definitions.broken = False
    stocked.forecasts.on = False
