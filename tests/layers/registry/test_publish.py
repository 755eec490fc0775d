"""What is live changes in one step, by one person at a time, and can go back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from layers.contracts import ImportRequest, VersionState
from layers.errors import PublishConflict, StoreUnavailable, UnknownLayer
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect

WriteCsv = Callable[..., Path]
REQUEST = ImportRequest("test.stations", crs="EPSG:4490", key="code", publish=True)

KILLED = """
import os, signal, sys
from pathlib import Path
from layers.contracts import ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect

class Killed(PostgresLayers):
    def add(self, *args, **named):
        os.kill(os.getpid(), signal.SIGKILL)

url, home, file = sys.argv[1:]
registry = LayerRegistry(Killed(connect(url)), LayerFiles(Path(home) / "layers"))
registry.import_file(Path(file), ImportRequest("test.stations", crs="EPSG:4490", publish=True))
"""


@pytest.fixture
def two(registry: LayerRegistry, stations: WriteCsv) -> LayerRegistry:
    """A layer with two published versions, the second one live."""
    registry.import_file(stations(), REQUEST)
    registry.import_file(stations(("S1", "甲二", 113.6, 24.8), ("S3", "丙", 113.8, 25)), REQUEST)
    return registry


def test_the_version_before_is_superseded(two: LayerRegistry) -> None:
    states = [(one.number, one.state) for one in two.versions("test.stations")]
    assert states == [(2, VersionState.PUBLISHED), (1, VersionState.SUPERSEDED)]


def test_a_rollback_makes_the_version_before_live_again(two: LayerRegistry) -> None:
    assert two.rollback("test.stations").number == 1
    assert two.require("test.stations").version == two.require_version("test.stations", "1").id
    assert two.rollback("test.stations").number == 2


def test_a_rollback_can_name_its_version(two: LayerRegistry) -> None:
    assert two.rollback("test.stations", "1").number == 1


def test_a_rollback_without_anything_older_is_refused(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    registry.import_file(stations(), REQUEST)
    with pytest.raises(UnknownLayer, match="没有更早"):
        registry.rollback("test.stations")


def test_publishing_on_top_of_somebody_elses_is_a_conflict(two: LayerRegistry) -> None:
    first, second = (two.require_version("test.stations", n).id for n in ("1", "2"))
    two.rollback("test.stations", first)
    with pytest.raises(PublishConflict):
        two.publish("test.stations", second, expected=second)
    assert two.require("test.stations").version == first


def test_a_difference_names_keys_and_fields(two: LayerRegistry) -> None:
    found = two.diff("test.stations", "1", "2")
    assert (found.added, found.removed) == (("S3",), ("S2",))
    assert found.changed == {"S1": ("name",)}


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "csv"])
def test_an_export_is_read_back_as_it_was(two: LayerRegistry, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"导出.{kind}"
    assert two.export("test.stations", None, path, kind, "gcj02").features == 2
    again = ImportRequest("test.again", crs="gcj02", key="code", publish=True)
    two.import_file(path, again)
    old, new = (
        two.master(layer, two.require(layer).version or "").sort_values("code")
        for layer in ("test.stations", "test.again")
    )
    assert (
        old.geometry.reset_index(drop=True)
        .geom_equals_exact(new.geometry.reset_index(drop=True), tolerance=1e-8)
        .all()
    )
    assert list(old["name"]) == list(new["name"])


def test_imports_at_the_same_time_become_versions_one_after_the_other(
    registry: LayerRegistry, stations: WriteCsv
) -> None:
    files = [stations((f"S{n}", "站", 113 + n / 10, 24.8), name=f"{n}.csv") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda file: registry.import_file(file, REQUEST), files))
    assert [one.number for one in registry.versions("test.stations")] == [4, 3, 2, 1]
    live = registry.require("test.stations").version
    assert live in {one.version for one in done}


def test_an_import_killed_before_its_last_step_leaves_the_old_version_live(
    registry: LayerRegistry, files: LayerFiles, stations: WriteCsv, database_url: str, home: Path
) -> None:
    live = registry.import_file(stations(), REQUEST)
    other = stations(("S9", "新", 113.9, 25.1), name="新.csv")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, str(home), str(other)],
        check=False,
        env=dict(os.environ),
        cwd=Path(__file__).resolve().parents[3],
    )
    assert killed.returncode == -signal.SIGKILL
    assert registry.require("test.stations").version == live.version
    assert registry.sweep() == 2
    assert [path.name for path in (home / "layers/versions/test.stations").iterdir()] == [
        live.version
    ]
    assert registry.import_file(other, REQUEST).features == 1


def test_a_lost_database_is_said_in_words_and_leaves_no_files(
    home: Path, stations: WriteCsv
) -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:1/none")
    registry = LayerRegistry(PostgresLayers(nowhere), LayerFiles(home / "layers"))
    with pytest.raises(StoreUnavailable, match="数据库"):
        registry.import_file(stations(), REQUEST)
    assert list((home / "layers/staging").iterdir()) == []
