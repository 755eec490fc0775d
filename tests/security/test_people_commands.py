"""The commands about people, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.security.tokens import hash_token
from app.stores.postgres import PostgresTokens

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def tonglan(home: Path, database_url: str, valkey_url: str) -> Run:
    config = home / "config.toml"
    config.write_text(
        f'home = "."\n[engines]\npostgres_url = "{database_url}"\nvalkey_url = "{valkey_url}"\n',
        encoding="utf-8",
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *words, "--config", str(config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run


def test_a_token_is_shown_once_as_one_json_object(tonglan: Run, tokens: PostgresTokens) -> None:
    done = tonglan("tokens", "add", "--scope", "observations:write", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    found = tokens.find(hash_token(shown["token"]))
    assert found is not None
    assert found.scopes == {"observations:write"}
    listed = tonglan("tokens", "list", "--json").stdout
    assert shown["token"] not in listed
    assert tonglan("tokens", "revoke", shown["id"], "--json").returncode == 0
    assert tonglan("tokens", "revoke", shown["id"]).returncode == 1


def test_an_unknown_scope_names_the_known_ones(tonglan: Run) -> None:
    done = tonglan("tokens", "add", "--scope", "all")
    assert done.returncode == 1
    assert "observations:write" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_account_is_made_granted_and_closed(tonglan: Run) -> None:
    made = tonglan("users", "add", "lisi", "--role", "clerk", "--topic", "water", "--json")
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["password"]) >= 16
    shown = json.loads(tonglan("users", "grant", "lisi", "duty", "--json").stdout)
    assert shown["roles"] == [{"role": "clerk", "topic": "water"}, {"role": "duty", "topic": None}]
    tonglan("users", "disable", "lisi")
    (account,) = json.loads(tonglan("users", "list", "--json").stdout)["items"]
    assert account["disabled"] is True


def test_the_trail_is_verified_and_a_fault_is_an_error(tonglan: Run, engine: sa.Engine) -> None:
    tonglan("users", "add", "lisi")
    tonglan("users", "passwd", "lisi")
    sound = tonglan("audit", "verify", "--json")
    assert json.loads(sound.stdout)["count"] == 2
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        connection.execute(sa.text("DELETE FROM audit WHERE seq = 2"))
    broken = tonglan("audit", "verify", "--json")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert "末尾 1 条被删除" in broken.stderr
