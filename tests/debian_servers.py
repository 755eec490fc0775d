"""Debian's own postgresql and redis-server, started for one test session on private sockets."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from app.engines import EngineUrls


class Missing(Exception):
    """Debian's packages are not installed; the text names them."""


@contextmanager
def debian_servers() -> Iterator[EngineUrls]:
    """Run both servers in a folder of their own until the end of the block; raises Missing."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    server = shutil.which("redis-server")
    if not binaries or server is None:
        raise Missing("没有 Debian 的 postgresql 或 redis-server;apt-get install 后重试")
    folder = Path(tempfile.mkdtemp(prefix="tl-debian-"))
    folder.chmod(0o777)
    valkey = _redis(server, folder)
    postgres = start_postgres(binaries[-1].parent, folder)
    try:
        yield EngineUrls(
            valkey=f"unix://{folder}/redis.sock",
            postgres=f"postgresql:///postgres?host={folder}&user=postgres",
        )
    finally:
        for process in (postgres, valkey):
            process.terminate()
            process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _redis(server: str, folder: Path) -> subprocess.Popen[bytes]:
    socket = folder / "redis.sock"
    options = ("--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "")
    process = subprocess.Popen((server, *options, "--appendonly", "yes"), stdout=subprocess.DEVNULL)
    _wait(lambda: _ping(socket), redis.RedisError)
    return process


def _ping(socket: Path) -> None:
    with redis.Redis(unix_socket_path=str(socket)) as client:
        client.ping()


def start_postgres(
    binaries: Path, folder: Path, settings: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    """Make and start a server in the folder, which everybody may enter; also its socket's."""
    # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
    other = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    become = other if os.geteuid() == 0 else ()
    data = folder / "postgres"
    make = ("initdb", "-U", "postgres", "-D", str(data), "-A", "trust", "--no-sync", "-E", "UTF8")
    subprocess.run(
        (*become, str(binaries / make[0]), *make[1:], "--no-locale"),
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    serve = ("-D", str(data), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off")
    serve += tuple(part for each in settings for part in ("-c", each))
    with (folder / "postgres.log").open("wb") as log:
        process = subprocess.Popen(
            (*become, str(binaries / "postgres"), *serve), stdout=log, stderr=log, cwd="/"
        )
    url = f"postgresql:///postgres?host={folder}&user=postgres"
    _wait(lambda: psycopg.connect(url).close() is None, psycopg.Error)
    return process


def _wait(answers: object, mistake: type[Exception]) -> None:
    assert callable(answers)
    deadline = time.monotonic() + 30
    while True:
        try:
            answers()
        except mistake:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
