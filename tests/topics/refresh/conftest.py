"""A small topic of its own, real stores, and a web server that answers what a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from topics.kit.catalogue import Catalogue
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.city_periods import CityPeriods
from topics.kit.refresh.file_source import FolderReader
from topics.kit.refresh.hosts import HostGuard
from topics.kit.refresh.http_source import HttpReader
from topics.kit.refresh.runner import RefreshParts, RefreshRunner
from topics.kit.refresh.sources import Source
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_held import PostgresHeld
from topics.kit.stores.postgres_refreshers import PostgresRefreshers
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.postgres_source import PostgresReader

MANIFEST = """
[topic]
id = "air"
title = "空气"
owner = "sthjj"
demo = true
[[indicators]]
id = "air.pm25_hour"
title = "PM2.5 小时值"
definition = "小时平均浓度"
unit = "µg/m³"
frequency = "1h"
period_kind = "小时"
levels = ["city", "county"]
owner = "sthjj"
source = "空气站"
freshness = "2h"
classification = "公开"
[[refreshers]]
id = "air.http"
kind = "http"
source = "web"
schedule = "15s"
timeout = "1s"
retry = 0
path = "/hourly"
items = "data.rows"
map = { region = "code", period = "time", values = { pm25 = "air.pm25_hour" } }
[[refreshers]]
id = "air.own"
kind = "python"
source = "web"
schedule = "1m"
function = "own:values"
indicators = ["air.pm25_hour"]
path = "/hourly"
items = "data.rows"
retry = 0
[[refreshers]]
id = "air.files"
kind = "file"
source = "drop"
schedule = "5m"
glob = "*.csv"
format = "csv"
encoding = "gbk"
retry = 0
[refreshers.map]
region = "区划代码"
period = "时间"
indicator = "指标"
value = "数值"
names = { "细颗粒物" = "air.pm25_hour" }
"""
FUNCTION = '''
"""Own values."""
from topics.kit.contracts import Observation


def values(ctx):
    """The station's value plus one."""
    for row in ctx.rows():
        yield Observation("air.pm25_hour", row["code"], ctx.period_of(row["time"]), row["pm25"] + 1)
'''

HERE = HostGuard(["127.0.0.1"])
LEVELS = {"440200": "city", "440203001": "town"} | {f"4402{n:02}": "county" for n in range(3, 14)}


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def runs(engine: sa.Engine) -> PostgresRuns:
    return PostgresRuns(engine)


@dataclass
class Site:
    """A web server: `answers` by path (status, headers, body); `asked` are the headers it got."""

    url: str
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    pause: threading.Event = field(default_factory=threading.Event)
    slow: bool = False

    def json(self, body: str, path: str = "/hourly", **headers: str) -> None:
        self.answers[path] = (200, {"Content-Type": "application/json", **headers}, body.encode())


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(dict(self.headers))
            if here.slow:
                here.pause.wait(5)
            status, headers, body = here.answers.get(self.path, (404, {}, b"{}"))
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    here = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield here
    here.pause.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    folder = tmp_path / "topics" / "air"
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "own.py").write_text(FUNCTION, encoding="utf-8")
    return Catalogue.load([tmp_path / "topics"], ["air"])


@pytest.fixture
def spec(catalogue: Catalogue) -> Callable[[str], RefresherSpec]:
    def find(name: str) -> RefresherSpec:
        found = catalogue.refresher(name)
        assert found is not None
        return found

    return find


@pytest.fixture
def observations(engine: sa.Engine) -> PostgresObservations:
    return PostgresObservations(engine)


@pytest.fixture
def runner(
    engine: sa.Engine,
    catalogue: Catalogue,
    runs: PostgresRuns,
    observations: PostgresObservations,
    site: Site,
    tmp_path: Path,
) -> RefreshRunner:
    drop = tmp_path / "drop"
    drop.mkdir()
    sources = {"web": Source(site.url), "drop": Source(str(drop))}
    return RefreshRunner(
        RefreshParts(
            catalogue=catalogue,
            observations=observations,
            runs=runs,
            readers={
                "http": HttpReader(HERE, PostgresRefreshers(engine)),
                "sql": PostgresReader(HERE, PostgresRefreshers(engine)),
                "file": FolderReader(runs),
            },
            sources=lambda: sources,
            periods=CityPeriods(),
            level_of=LEVELS.get,
            held=PostgresHeld(engine),
        )
    )


_KEPT = ("observation", "observation_revision", "observation_series", "live_outbox", "job")
_OF_RUNS = ("refresh_run", "refresh_state", "refresh_memory", "refresh_pause", "refresh_held")


@pytest.fixture(scope="module")
def module_engine(module_database_url: str) -> Iterator[sa.Engine]:
    """One database for a whole module; see `emptied`."""
    made = connect(module_database_url)
    yield made
    made.dispose()


def emptied(engine: sa.Engine) -> sa.Engine:
    """The engine of a database in which nothing has happened yet."""
    with engine.begin() as connection:
        for table in (*_KEPT, *_OF_RUNS, "refresh_file"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    return engine
