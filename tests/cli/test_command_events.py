"""What commands tell the event log."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from layers.stores.postgres_engine import connect
from topics.kit.eventlog import Event
from topics.kit.stores.postgres_events import PostgresEvents

ROOT = Path(__file__).resolve().parents[2]
Tonglan = Callable[..., int]
_TOPIC = """
[topic]
id = "air"
title = "空气"
owner = "sthjj"
[[indicators]]
id = "air.pm25"
title = "PM2.5"
definition = "浓度"
unit = "µg/m³"
frequency = "1h"
period_kind = "时点"
levels = ["county"]
owner = "sthjj"
source = "空气站"
freshness = "2h"
classification = "公开"
[[refreshers]]
id = "air.files"
kind = "file"
source = "drop"
schedule = "5m"
glob = "*.csv"
format = "csv"
map = { region = "code", values = { v = "air.pm25" } }
"""


@pytest.fixture
def tonglan(tmp_path: Path, database_url: str, valkey_url: str) -> Tonglan:
    """Run one command on a home of its own; gives its exit status."""
    topic = tmp_path / "home" / "topics" / "air"
    topic.mkdir(parents=True)
    (topic / "topic.toml").write_text(_TOPIC, encoding="utf-8")
    (tmp_path / "drop").mkdir()
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "{tmp_path / "home"}"\n[engines]\n'
        f'postgres_url = "{database_url}"\nvalkey_url = "{valkey_url}"\n'
        f'[sources.drop]\nurl = "{tmp_path / "drop"}"\n'
    )

    def run(*arguments: object) -> int:
        command = [sys.executable, "-m", "app", *map(str, arguments), "--config", str(config)]
        return subprocess.run(command, check=False, cwd=ROOT, timeout=120).returncode

    return run


@pytest.fixture
def events(database_url: str) -> Iterator[Callable[[], list[Event]]]:
    """All events, oldest first."""
    engine = connect(database_url)
    yield lambda: PostgresEvents(engine).read(as_of=None, limit=100)[::-1]
    engine.dispose()


def _stations(folder: Path, count: int) -> Path:
    rows = [f"S{n},113.{n + 1},24.8" for n in range(count)]
    path = folder / "stations.csv"
    path.write_text("\n".join(("code,经度,纬度", *rows)), encoding="utf-8")
    return path


def test_versions_that_become_live_are_events_and_drafts_are_not(
    tonglan: Tonglan, events: Callable[[], list[Event]], tmp_path: Path
) -> None:
    wanted = ("--layer", "water.gauges", "--crs", "EPSG:4490")
    assert tonglan("import", _stations(tmp_path, 1), *wanted, "--publish") == 0
    assert tonglan("import", _stations(tmp_path, 2), *wanted) == 0
    assert tonglan("layers", "publish", "water.gauges", "2") == 0
    assert tonglan("layers", "publish", "water.gauges", "2") == 0  # it is live already
    assert tonglan("layers", "rollback", "water.gauges") == 0
    first, second, back = events()
    assert [one.kind for one in (first, second, back)] == [
        "layer.published",
        "layer.published",
        "layer.rolled-back",
    ]
    assert (first.object, first.topic, first.data["from"]) == ("water.gauges", "water", None)
    assert [one.data["number"] for one in (first, second, back)] == [1, 2, 1]
    assert first.data["to"] == second.data["from"] == back.data["to"]
    assert back.actor.startswith("cli:")


def test_a_refresh_by_hand_names_who_asked_and_how_it_went(
    tonglan: Tonglan, events: Callable[[], list[Event]]
) -> None:
    assert tonglan("refresh", "air", "--once") == 0
    (asked,) = events()
    assert (asked.kind, asked.object, asked.topic) == ("refresher.asked", "air.files", "air")
    assert (asked.data["ok"], asked.data["kept"]) == (True, 0)
    assert asked.actor.startswith("cli:")
