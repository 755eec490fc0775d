"""A worker process on private engines, with a topic of its own and three kinds of sources."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import psutil
import psycopg
from shapely import Point

from app.config import EngineConfig
from app.engines import EngineUrls, attach
from app.engines.places import socket_folder
from app.migrations import upgrade
from app.roles.child import Child
from app.roles.orders import Orders
from layers.contracts import ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.valkey import LiveStore, connect_valkey

LAYER = "air.sites"
PASSWORD = "s3cret-口令"
_MANIFEST = """
[topic]
id = "air"
title = "空气"
owner = "sthjj"
demo = true
"""
_LAYER = """
[[layers]]
id = "air.sites"
title = "站点"
source = "测试"
style = "point"
classification = "公开"
cadence = "每月"
key = ""
"""
_INDICATOR = """
[[indicators]]
id = "air.{id}"
title = "{id}"
definition = "测试"
unit = "个"
frequency = "1h"
period_kind = "时点"
levels = ["city", "county"]
owner = "sthjj"
source = "测试"
freshness = "2h"
classification = "公开"
"""
_REFRESHERS = """
[[refreshers]]
id = "air.http"
kind = "http"
source = "web"
schedule = "1s"
timeout = "1s"
retry = 0
path = "/hourly"
items = "data.rows"
map = { region = "code", values = { v = "air.web" } }
[[refreshers]]
id = "air.query"
kind = "sql"
source = "bureau"
schedule = "1s"
timeout = "2s"
retry = 0
query = "select code, v from reading"
map = { region = "code", values = { v = "air.bureau" } }
[[refreshers]]
id = "air.counted"
kind = "layer"
layer = "air.sites"
schedule = "1s"
retry = 0
indicators = ["air.sites_count"]
[[refreshers]]
id = "air.hourly"
kind = "http"
source = "web"
schedule = "1h"
timeout = "1s"
retry = 0
path = "/slow"
items = "data.rows"
map = { region = "code", values = { v = "air.slow" } }
[[refreshers]]
id = "air.area"
kind = "layer"
layer = "air.sites"
measure = "mean"
attribute = "area"
schedule = "1s"
retry = 0
indicators = ["air.sites_area"]
"""


_INDICATORS = ("web", "slow", "bureau", "sites_count", "sites_area")


class WorkingCity:
    """The worker, its engines as a test meets them, and what the worker has brought."""

    def __init__(self, home: Path, urls: EngineUrls, config: Path) -> None:
        """Nothing is started yet."""
        self.home = home
        self.urls = urls
        self.secret = home / "secret"
        self._engine = connect(urls.postgres)
        self._valkey = connect_valkey(urls.valkey)
        self.observations = PostgresObservations(self._engine)
        self.runs = PostgresRuns(self._engine)
        self.events = PostgresEvents(self._engine)
        self.live = LiveStore(self._valkey)
        self.layers = LayerRegistry(PostgresLayers(self._engine), LayerFiles(home / "layers"))
        self._orders = Orders(str(home), str(config), "127.0.0.1", 0, urls.valkey, urls.postgres)
        self.worker = Child("worker", "app", "role", "worker")

    def start(self) -> None:
        """Start a worker, as the supervisor does."""
        self.worker = Child("worker", "app", "role", "worker")
        self.worker.start()
        self.worker.tell(self._orders)

    def stop(self) -> float:
        """SIGTERM; the seconds until the worker ended."""
        began = time.monotonic()
        self.worker.send(signal.SIGTERM)
        self.worker.finish(began + 10)
        return time.monotonic() - began

    def close(self) -> None:
        """Stop the worker and let go of the engines."""
        self.stop()
        self._engine.dispose()
        self._valkey.close()

    def kill_engine(self, name: str) -> None:
        """Kill -9 the server whose command line carries `name`."""
        folders = {str(self.home), str(socket_folder(self.home))}
        for one in psutil.process_iter(["cmdline"]):
            words = " ".join(one.info["cmdline"] or ())
            if name in words and any(folder in words for folder in folders):
                one.kill()
                one.wait(30)
                return
        raise AssertionError(f"{name} 没有运行")

    def value(self, indicator: str) -> float | None:
        """The latest stored value of 440203."""
        found = self.observations.latest(indicators=[indicator], regions=["440203"], as_of=None)
        return found[0].value if found else None

    def streamed(self, indicator: str) -> list[float | None]:
        """The values of the indicator in the live stream, oldest first."""
        changes = self.live.recent(1000).changes
        return [one.value for one in changes if one.indicator == indicator]

    def asked(self, query: str) -> list[Any]:
        """The rows of a query on the program's database."""
        with psycopg.connect(self.urls.postgres) as connection:
            return connection.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]

    def miss(self, refresher: str, hours: int) -> None:
        """Have the last tick lie further back, as if no worker had run since."""
        with psycopg.connect(self.urls.postgres) as connection:
            connection.execute(
                "UPDATE refresh_state SET tick = tick - make_interval(hours => %s)"
                " WHERE refresher = %s",
                [hours, refresher],
            )

    def doubled_ticks(self) -> list[Any]:
        """The ticks that ran twice."""
        return self.asked(
            "SELECT refresher, tick FROM refresh_run WHERE cause <> 'manual'"
            " GROUP BY refresher, tick HAVING count(*) > 1"
        )


@contextmanager
def working_city(folder: Path, web: str) -> Iterator[WorkingCity]:
    """Engines, topic, layer and the bureau's table; the worker is for the test to start."""
    home = folder / "home"
    topic = home / "topics" / "air"
    topic.mkdir(parents=True)
    indicators = [_INDICATOR.format(id=n) for n in _INDICATORS]
    (topic / "topic.toml").write_text(
        "".join((_MANIFEST, _LAYER, *indicators, _REFRESHERS)), "utf-8"
    )
    with attach(home, EngineConfig()) as urls:
        upgrade(urls.postgres)
        config = folder / "config.toml"
        config.write_text(_sources(web, _bureau(urls.postgres), home / "secret"), "utf-8")
        city = WorkingCity(home, urls, config)
        city.secret.write_text(f"{PASSWORD}\n", "utf-8")
        publish_sites(city.layers, [1.0, None, 3.0])
        try:
            yield city
        finally:
            city.close()


def publish_sites(layers: LayerRegistry, areas: list[float | None]) -> None:
    """Publish a layer with one site of 440203 for each area, and one outside the city."""
    regions = ["440203"] * len(areas) + ["110101"]
    sites = gpd.GeoDataFrame(
        {"region": regions, "area": [*areas, 9.0]},
        geometry=[Point(113.5 + n / 100, 24.8) for n in range(len(regions))],
        crs=4326,
    )
    layers.import_frame(sites, ImportRequest(LAYER, topic="air", publish=True))


def eventually(holds: Callable[[], object], seconds: float) -> bool:
    """Ask again until `holds` is true; False when it never was."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _sources(web: str, bureau: str, secret: Path) -> str:
    return (
        '[connectors]\nallow_hosts = ["127.0.0.1", "localhost"]\n'
        f'[sources.web]\nurl = "{web}"\n'
        f'[sources.bureau]\nurl = "{bureau}"\nsecret_file = "{secret}"\n'
    )


def _bureau(server: str) -> str:
    """A bureau's login that is asked for its password, on the same server; returns its URL."""
    master = server.replace("tonglan@", "postgres@")
    with psycopg.connect(master, autocommit=True) as connection:
        for statement in (
            f"CREATE ROLE bureau LOGIN PASSWORD '{PASSWORD}'",
            "CREATE TABLE reading AS SELECT '440203' AS code, 7::numeric AS v",
            "GRANT SELECT ON reading TO bureau",
        ):
            connection.execute(statement)  # type: ignore[call-overload]
        (rules,) = connection.execute("SHOW hba_file").fetchone() or ("",)
        path = Path(rules)
        strict = "local all bureau scram-sha-256\n"
        path.write_text(strict + path.read_text("utf-8"), "utf-8")
        connection.execute("SELECT pg_reload_conf()")
    return server.replace("tonglan@", "bureau@")
