"""The page's routes on a real database that holds the small series."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from indicator_city import City
from small_series import MANIFEST, SPEC, Ahead, Held, Versions, series

from app.api import indicator_pages
from app.config import Config
from app.main import REFERENCE
from app.services import Services
from app.stores.postgres import PostgresAudit
from layers.stores.postgres_engine import connect
from tests.api.layer_server import serve
from topics.kit.catalogue import Catalogue
from topics.kit.organisations import Organisations
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_statements import PostgresStatements


@pytest.fixture(scope="module")
def stocked(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("topics")
    (folder / "toy").mkdir()
    (folder / "toy" / "topic.toml").write_text(MANIFEST, encoding="utf-8")
    engine = connect(module_database_url)
    catalogue = Catalogue.load([folder])
    SPEC.update({spec.id: spec for spec in catalogue.indicators()})
    store = PostgresObservations(engine)
    store.append(series(), live=False)
    releases, definitions, forecasts = Held(), Versions(), Ahead()
    services = cast(
        Services,
        SimpleNamespace(
            config=Config(),
            catalogue=catalogue,
            regions=RegionTree.load(Path(REFERENCE / "regions.csv")),
            organisations=Organisations.load(REFERENCE / "organisations.csv"),
            observations=store,
            statements=PostgresStatements(engine),
            audit=PostgresAudit(engine),
            releases=releases,
            definitions=definitions,
            forecasts=forecasts,
        ),
    )
    routes = serve(indicator_pages.router(services))
    yield City(routes, services, releases, definitions, forecasts)
    engine.dispose()


@pytest.fixture
def city(stocked: City) -> Iterator[City]:
    yield stocked
    stocked.releases.until.clear()
    stocked.definitions.broken = False
    stocked.forecasts.on = False
