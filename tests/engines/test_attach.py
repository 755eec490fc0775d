"""Attaching to the engines of a home: first, second, last, killed, configured."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from running import (
    PATIENCE,
    command_of,
    eventually,
    living,
    masters_of,
    processes_of,
    sessions_of,
    start,
)

from app.config import EngineConfig
from app.engines import EngineUrls, attach
from app.engines.keeper import keeper_answers
from app.engines.places import socket_folder

_STAY = """
import sys
from pathlib import Path
from app.config import EngineConfig
from app.engines import attach
with attach(Path(sys.argv[1]), EngineConfig()) as urls:
    print("up", flush=True)
    sys.stdin.readline()
"""


def answer(urls: EngineUrls) -> bool:
    """Both engines take a question."""
    with contextlib.suppress(psycopg.OperationalError, redis.RedisError):
        with psycopg.connect(urls.postgres) as connection:
            connection.execute("SELECT 1")
        with redis.Redis.from_url(urls.valkey) as client:
            return bool(client.ping())
    return False


def server(home: Path, text: str) -> psutil.Process:
    """The process of this home whose command line carries `text`."""
    return next(one for one in processes_of(home) if any(text in part for part in command_of(one)))


def test_the_engines_run_inside_the_block_and_not_after_it(home: Path) -> None:
    with attach(home, EngineConfig()) as urls:
        assert answer(urls)
    assert not processes_of(home)


def test_what_was_written_is_there_at_the_next_start(home: Path) -> None:
    with attach(home, EngineConfig()) as urls, psycopg.connect(urls.postgres) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    with attach(home, EngineConfig()) as urls, psycopg.connect(urls.postgres) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)


def test_a_second_process_joins_and_keeps_the_engines_when_the_first_leaves(home: Path) -> None:
    first = start(_STAY, home)
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    servers = {one.pid for one in processes_of(home, "valkey") + processes_of(home, "postgres")}
    with attach(home, EngineConfig()) as urls:
        first.communicate("\n", timeout=PATIENCE)
        assert answer(urls)
        now = {one.pid for one in processes_of(home, "valkey") + processes_of(home, "postgres")}
        assert server(home, "bin/postgres").pid in servers & now
    assert eventually(lambda: not processes_of(home), PATIENCE)


def test_a_joined_process_survives_the_kill_of_the_one_that_started_the_engines(
    home: Path,
) -> None:
    first = start(_STAY, home)
    assert first.stdout is not None
    assert first.stdout.readline() == "up\n"
    with attach(home, EngineConfig()) as urls:
        first.kill()
        first.communicate(timeout=PATIENCE)
        assert answer(urls)


def test_the_kill_of_the_only_process_ends_the_engines(home: Path) -> None:
    only = start(_STAY, home)
    assert only.stdout is not None
    assert only.stdout.readline() == "up\n"
    everything = processes_of(home)
    assert len(everything) > 4
    only.kill()
    only.communicate(timeout=PATIENCE)
    assert eventually(lambda: not living(everything), PATIENCE)


def test_each_killed_engine_and_the_keeper_come_back(home: Path) -> None:
    notices: list[str] = []
    with attach(home, EngineConfig(), notice=notices.append) as urls:
        for text in ("valkey-server", "bin/postgres", "app.engines.keeper"):
            victim = server(home, text)
            victim.kill()
            victim.wait(timeout=PATIENCE)
            assert eventually(lambda: answer(urls), PATIENCE), text
    assert any("valkey" in notice for notice in notices)


def answered_socket(home: Path) -> bool:
    """The keeper that came back takes connections; its engines may not answer yet."""
    return keeper_answers(socket_folder(home))


def new_keeper(home: Path) -> bool:
    """A keeper's process is there; it may not listen yet."""
    return bool([one for one in processes_of(home) if "app.engines.keeper" in command_of(one)])


@pytest.mark.parametrize("moment", [new_keeper, answered_socket])
def test_who_leaves_while_the_keeper_comes_back_leaves_nothing_running(
    home: Path, moment: Callable[[Path], bool]
) -> None:
    with attach(home, EngineConfig(), notice=lambda text: None):
        keeper = server(home, "app.engines.keeper")
        keeper.kill()
        keeper.wait(timeout=PATIENCE)
        assert eventually(lambda: moment(home), PATIENCE)
    assert eventually(lambda: not processes_of(home), PATIENCE)


def test_no_acknowledged_commit_is_lost_when_postgres_is_killed(home: Path) -> None:
    with attach(home, EngineConfig()) as urls:
        with psycopg.connect(urls.postgres, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            for n in range(200):
                connection.execute("INSERT INTO kept VALUES (%s)", [n])
            server(home, "bin/postgres").kill()
        assert eventually(lambda: answer(urls), PATIENCE)
        with psycopg.connect(urls.postgres) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200,)


def test_postgres_killed_under_a_running_query_comes_back(home: Path) -> None:
    with attach(home, EngineConfig()) as urls:
        with contextlib.closing(psycopg.connect(urls.postgres)) as connection:
            connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000)")
            server(home, "bin/postgres").kill()
        assert eventually(lambda: answer(urls), PATIENCE)


def test_many_processes_starting_at_once_share_one_pair_of_engines(home: Path) -> None:
    several = [start(_STAY, home) for _ in range(4)]
    lines = [one.stdout.readline() for one in several if one.stdout is not None]
    masters = masters_of(home)
    for one in several:
        one.communicate("\n", timeout=PATIENCE)
    assert lines == ["up\n"] * 4
    assert len(masters) == 1


def test_configured_urls_are_used_and_nothing_is_started(home: Path) -> None:
    named = EngineConfig(valkey_url="redis://h:1/0", postgres_url="postgresql://h/d")
    with attach(home, named) as urls:
        assert urls == EngineUrls("redis://h:1/0", "postgresql://h/d")
        assert not processes_of(home)


def test_one_configured_url_leaves_only_the_other_engine_private(home: Path) -> None:
    with attach(home, EngineConfig(postgres_url="postgresql://h/d")) as urls:
        assert urls.valkey.startswith("unix://")
        assert not processes_of(home, "postgres")


def test_a_terminal_interrupt_does_not_reach_the_engines(home: Path) -> None:
    with attach(home, EngineConfig()) as urls:
        server(home, "app.engines.keeper").send_signal(signal.SIGINT)
        assert os.getsid(0) not in sessions_of(processes_of(home))
        assert answer(urls)
