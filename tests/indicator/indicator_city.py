"""What a test of the page holds in its hands, and the routes it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from app.api import indicator_pages
from app.config import Config
from app.main import REFERENCE
from app.services import Services
from app.stores.postgres import PostgresAudit
from layers.stores.postgres_engine import connect
from tests.api.layer_server import Routes, serve, who
from tests.indicator.small_series import MANIFEST, SPEC, Ahead, Held, Versions, series
from topics.kit.catalogue import Catalogue
from topics.kit.organisations import Organisations
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_statements import PostgresStatements


@dataclass
class City:
    """The server, and the parts that a test may set."""

    routes: Routes
    services: Services
    releases: Held
    definitions: Versions
    forecasts: Ahead

    def page(self, name: str = "viewer", indicator: str = "toy.rate", **asked: str) -> Any:
        """The page's data for a person; the answer must be 200."""
        answer = self.ask(name, indicator, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, name: str, indicator: str, tail: str = "", **asked: str) -> Any:
        """The answer, whatever it is."""
        if "stretch" in asked:
            asked["range"] = asked.pop("stretch")
        path = f"/api/v1/indicator-pages/{indicator}{tail}"
        # Playwright's own loop runs in this thread when browser tests came before.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(self.routes.get, path, params=asked, headers=who(name)).result()


@contextmanager
def stocked_city(database: str, folder: Path) -> Iterator[City]:
    """The page's routes over a database that holds the small series; its topic lies in `folder`."""
    (folder / "toy").mkdir(parents=True)
    (folder / "toy" / "topic.toml").write_text(MANIFEST, encoding="utf-8")
    engine = connect(database)
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
            regions=RegionTree.load(REFERENCE / "regions.csv"),
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
