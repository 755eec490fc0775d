"""`tonglan rules backtest`: the sentence, JSON, the modes, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def tonglan(tmp_path: Path, database_url: str, valkey_url: str) -> Callable[..., Done]:
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "{tmp_path / "home"}"\n[engines]\n'
        f'postgres_url = "{database_url}"\nvalkey_url = "{valkey_url}"\n'
    )

    def run(*arguments: str) -> Done:
        command = [sys.executable, "-m", "app", *arguments, "--config", str(config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


def test_a_rule_is_tried_by_the_mode_that_is_asked_for(tonglan: Callable[..., Done]) -> None:
    told = tonglan("rules", "backtest", "water.nh3n_high", "--mode", "then", "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert (found["rule"], found["count"]) == ("water.nh3n_high", 0)
    assert "按当时的平战推演,期间一直是平时" in found["note"]
    plain = tonglan("rules", "backtest", "water.nh3n_high", "--mode", "wartime")
    assert "说不出会触发几次" in plain.stdout
    assert "全程按战时推演" in plain.stdout


def test_what_cannot_be_tried_is_said_on_one_line(tonglan: Callable[..., Done]) -> None:
    unknown = tonglan("rules", "backtest", "water.nothing")
    assert unknown.returncode == 1
    assert "没有告警规则" in unknown.stderr
    assert tonglan("rules", "backtest", "water.nh3n_high", "--mode", "peace").returncode == 2
