"""Engines and homes for every test: named by environment, or private ones started here.

`TONGLAN_TEST_POSTGRES` / `TONGLAN_TEST_VALKEY` name servers that exist (a superuser URL, any db);
without them the tests start the embedded engines once per session.
"""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from app import migrations
from app.config import EngineConfig
from app.engines import EngineUrls, attach
from tests.debian_servers import Missing, debian_servers
from tests.holidays import lasting_tables
from topics.kit.tables_in_force import use_home

# A busy machine is no fault of a property: no example is judged by the clock. The examples are the
# same in each run; who looks for new ones says `--hypothesis-profile=search`.
_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", _CALM)
settings.register_profile("calm", _CALM, derandomize=True, database=None)
settings.load_profile("calm")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of the servers and of the long runs."""
    parser.addoption(
        "--debian", action="store_true", help="run on Debian's postgresql and redis-server"
    )
    parser.addoption("--soak", action="store_true", help="run the long tests too")
    parser.addoption(
        "--slow-browser", action="store_true", help="slow pages, slow answers: finds hasty tests"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless asked for, and with --debian what speaks to no server."""
    if config.getoption("--debian"):
        speaking = [one for one in items if _speaks_to_servers(one)]
        config.hook.pytest_deselected(items=[one for one in items if one not in set(speaking)])
        items[:] = speaking
    if not config.getoption("--soak"):
        for item in items:
            if "soak" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="长时间测试,加 --soak 才运行"))


def _speaks_to_servers(item: pytest.Item) -> bool:
    """Whether the servers, or a fixture that is chosen as the test runs, is among its fixtures."""
    return not {"engine_urls", "request"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="module", autouse=True)
def no_pool_outlives_its_module() -> Iterator[None]:
    """Close the connections of the module's engines.

    One that is left open and collected later would fail whichever test runs at that moment.
    """
    opened: set[sa.Engine] = set()

    def note(connection: sa.Connection) -> None:
        opened.add(connection.engine)

    sa.event.listen(sa.Engine, "engine_connect", note)
    yield
    sa.event.remove(sa.Engine, "engine_connect", note)
    for engine in opened:
        engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def no_home_outlives_its_module() -> Iterator[None]:
    """What a module reads of tables does not hang on which module ran before it."""
    yield
    use_home(None)


@pytest.fixture(scope="session", autouse=True)
def holidays_of_this_year() -> Iterator[None]:
    """The program of the tests knows the holidays of this year and the next, on any day.

    It asks for no fixture: each test would seem to ask for what that one asks for.
    """
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr("app.main.REFERENCE", lasting_tables(Path(folder)))
        yield


@pytest.fixture(scope="session")
def engine_urls(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[EngineUrls]:
    """The servers named by the environment; for those not named, private ones of this session."""
    if pytestconfig.getoption("--debian"):
        try:
            with debian_servers() as urls:
                yield urls
        except Missing as missing:
            pytest.skip(str(missing))
        return
    named = EngineConfig(
        valkey_url=os.environ.get("TONGLAN_TEST_VALKEY", ""),
        postgres_url=os.environ.get("TONGLAN_TEST_POSTGRES", ""),
    )
    with attach(tmp_path_factory.mktemp("engines"), named) as urls:
        yield urls


@pytest.fixture(scope="session")
def postgres_server_url(engine_urls: EngineUrls) -> str:
    """A server on which tests may create databases."""
    return engine_urls.postgres


@pytest.fixture(scope="session")
def valkey_url(engine_urls: EngineUrls) -> Iterator[str]:
    """A Valkey database that belongs to this test session alone, empty at its start."""
    named = engine_urls.valkey
    mine = uuid.uuid4().hex
    number = _claim(named, mine)
    url = _with_database(named, str(number))
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()
    with redis.Redis.from_url(named) as client:
        if client.get(f"tl-test:db:{number}") == mine.encode():
            client.delete(f"tl-test:db:{number}")


@pytest.fixture(scope="session")
def migrated_template(postgres_server_url: str) -> Iterator[str]:
    """The name of a migrated database that the others are copied from."""
    name = f"tl_template_{uuid.uuid4().hex[:12]}"
    _admin(postgres_server_url, f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        migrations.upgrade(_with_database(postgres_server_url, name))
        yield name
    finally:
        _admin(postgres_server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres_server_url: str, migrated_template: str) -> Iterator[str]:
    """A fresh, migrated database, dropped afterwards."""
    yield from _database(postgres_server_url, migrated_template)


@pytest.fixture(scope="module")
def module_database_url(postgres_server_url: str, migrated_template: str) -> Iterator[str]:
    """A migrated database shared by the tests of one module, dropped afterwards."""
    yield from _database(postgres_server_url, migrated_template)


def _database(server: str, template: str) -> Iterator[str]:
    name = f"tl_test_{uuid.uuid4().hex[:12]}"
    _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield _with_database(server, name)
    finally:
        _admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _admin(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for patience in (0.2, 0.5, 1.0, 2.0, 0.0):
            try:
                connection.execute(statement)  # type: ignore[arg-type]
            except psycopg.errors.InsufficientPrivilege:
                # DROP … WITH (FORCE) may not end an autovacuum worker, which ends by itself.
                if not patience:
                    raise
                time.sleep(patience)
            else:
                return


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={name}"
    text = urlunsplit(parts._replace(path=f"/{name}"))
    # urlunsplit drops the empty authority of postgresql:///name?host=/folder
    return text if "://" in text else text.replace(":", "://", 1)


def _claim(server: str, mine: str) -> int:
    """Take one of the databases 1–15 for this session, so that parallel sessions never meet."""
    with redis.Redis.from_url(server) as client:
        for number in range(1, 16):
            if client.set(f"tl-test:db:{number}", mine, nx=True, ex=1800):
                return number
    raise RuntimeError("测试用的 Valkey 没有空闲的库(1–15 都被占用)")
