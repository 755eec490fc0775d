"""Homes of every kind: long, Chinese, closed, foreign, spoilt."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from running import PATIENCE, ROOT, masters_of, owners_of, processes_of
from test_attach import answer

from app.config import EngineConfig
from app.engines import attach
from app.errors import EngineFailed

_USE = """
import sys
from pathlib import Path
from app.config import EngineConfig
from app.engines import attach
from app.errors import EngineFailed
try:
    with attach(Path(sys.argv[1]), EngineConfig()) as urls:
        print("up")
except EngineFailed as wrong:
    print(wrong)
"""


def test_a_home_too_deep_for_a_socket_keeps_its_sockets_elsewhere(home: Path) -> None:
    deep = home / ("深" * 30) / ("d" * 60)
    with attach(deep, EngineConfig()) as urls:
        assert answer(urls)
        assert len(urls.valkey) < 120
    assert not list(Path("/tmp").glob(f"tonglan-*/{deep.name}"))


@pytest.mark.parametrize("name", ["韶关 数据", "a'b,c", "100%"])
def test_a_home_may_have_any_name(home: Path, name: str) -> None:
    with attach(home / name, EngineConfig()) as urls:
        assert answer(urls)


def test_a_stale_postmaster_pid_naming_a_living_process_is_removed(home: Path) -> None:
    with attach(home, EngineConfig()):
        pass
    data = home / "engines" / "postgres18"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n/tmp\n\n1 1\nready\n")
    with attach(home, EngineConfig()) as urls:
        assert answer(urls)


def test_a_spoilt_append_only_file_is_moved_aside_and_reported(home: Path) -> None:
    with attach(home, EngineConfig()) as urls:
        import_many(urls.valkey)
    (aof,) = (home / "engines" / "valkey" / "appendonlydir").glob("*.incr.aof")
    content = bytearray(aof.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 512] = bytes(512)
    aof.write_bytes(content)
    notices: list[str] = []
    with attach(home, EngineConfig(), notice=notices.append) as urls:
        assert answer(urls)
    assert any("已损坏" in notice for notice in notices)
    assert list((home / "engines" / "valkey").glob("broken-*/*.incr.aof"))


def test_a_torn_tail_of_the_append_only_file_loads(home: Path) -> None:
    with attach(home, EngineConfig()) as urls:
        import_many(urls.valkey)
    (aof,) = (home / "engines" / "valkey" / "appendonlydir").glob("*.incr.aof")
    aof.write_bytes(aof.read_bytes()[:-7])
    notices: list[str] = []
    with attach(home, EngineConfig(), notice=notices.append) as urls:
        assert answer(urls)
    assert notices == []


def test_an_initdb_that_was_cut_off_is_done_again(home: Path) -> None:
    half = home / "engines" / "postgres18.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with attach(home, EngineConfig()) as urls:
        assert answer(urls)
    assert not half.exists()


def test_a_home_that_cannot_be_made_is_refused_with_the_fix(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(EngineFailed, match="--home"),
        attach(tmp_path / "file" / "home", EngineConfig()),
    ):
        pass


@pytest.mark.needs_root
def test_root_serves_a_home_that_only_root_may_enter(closed_home: Path) -> None:
    with attach(closed_home, EngineConfig()) as urls:
        assert answer(urls)
        owners = owners_of(processes_of(closed_home, "postgres"))
        assert owners
        assert 0 not in owners
    assert not processes_of(closed_home)


@pytest.mark.needs_root
def test_the_database_user_keeps_one_capability_and_no_other(closed_home: Path) -> None:
    with attach(closed_home, EngineConfig()):
        (process,) = masters_of(closed_home)
        status = Path(f"/proc/{process.pid}/status").read_text()
    held = {
        line.split()[0]: int(line.split()[1], 16) for line in status.splitlines() if "Cap" in line
    }
    assert held["CapEff:"] == held["CapPrm:"] == held["CapAmb:"] == 1 << 1


@pytest.mark.needs_root
def test_an_unknown_run_as_user_is_named(home: Path) -> None:
    with (
        pytest.raises(EngineFailed, match="run_as"),
        attach(home, EngineConfig(run_as="no-such-user")),
    ):
        pass


@pytest.mark.needs_root
def test_an_ordinary_user_runs_the_engines_under_its_own_name() -> None:
    folder = Path("/tmp") / f"tl-user-{os.getpid()}"
    folder.mkdir(mode=0o700)
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        assert _as(user.pw_uid, folder) == "up\n"
        assert {path.owner() for path in folder.rglob("*")} == {"nobody"}
        with attach(folder, EngineConfig()) as urls, psycopg.connect(urls.postgres):
            pass
        assert {path.owner() for path in folder.rglob("*")} == {"nobody"}
    finally:
        shutil.rmtree(folder)


@pytest.mark.needs_root
def test_a_uid_without_a_passwd_entry_is_told_what_to_do() -> None:
    folder = Path("/tmp") / f"tl-uid-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, 54321, 54321)
    try:
        assert "/etc/passwd" in _as(54321, folder)
    finally:
        shutil.rmtree(folder)


def import_many(url: str) -> None:
    """Write enough for a spoilt block to lie in the middle."""
    with redis.Redis.from_url(url) as client:
        for n in range(500):
            client.set(f"k{n}", "v" * 50)


def _as(uid: int, home: Path) -> str:
    """What `_USE` says when a user without rights runs it; it may only read our interpreter."""
    return subprocess.run(
        [
            *("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"),
            *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
            *(sys.executable, "-c", _USE, str(home)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        timeout=2 * PATIENCE,
    ).stdout
