"""`tonglan doctor` names what is wrong and its fix."""

from __future__ import annotations

import contextlib
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from app.cli import doctor
from app.cli.checks.engines import check_postgres, check_valkey
from app.cli.checks.machine import check_clock, check_home, check_port, check_space
from app.cli.checks.program import check_map


def test_a_fresh_home_shows_both_private_engines_with_their_versions(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.suppress(typer.Exit):  # this machine may have troubles of its own
        doctor.run(home=home, config=None, as_json=True)
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)["items"]}
    assert found["内置 PostgreSQL"]["found"].startswith("版本 18")
    assert found["内置 Valkey"]["found"].startswith("版本 9")


def test_a_taken_port_is_bad_and_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = check_port("127.0.0.1", port)
    assert found.state == "bad"
    assert "--port" in found.fix


def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert check_port("127.0.0.1", port).state == "ok"


def test_a_home_below_a_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert check_home(tmp_path / "file" / "home").state == "bad"


@pytest.mark.parametrize(("free", "state"), [(0.5, "bad"), (3.0, "warn"), (50.0, "ok")])
def test_little_space_is_warned_of_and_hardly_any_is_bad(free: float, state: str) -> None:
    assert check_space(free).state == state


def test_a_clock_before_the_release_is_bad() -> None:
    assert check_clock(datetime(1970, 1, 1, tzinfo=UTC)).state == "bad"


def test_a_missing_map_component_names_the_set_up(tmp_path: Path) -> None:
    assert "deploy/run.py" in check_map(tmp_path).fix


def test_servers_that_do_not_answer_are_bad_and_name_their_setting() -> None:
    assert "postgres_url" in check_postgres("postgresql://127.0.0.1:1/x", private=False).fix
    assert "valkey_url" in check_valkey("redis://127.0.0.1:1/0", private=False).fix
