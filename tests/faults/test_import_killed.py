"""kill -9 of an import at every step that can be seen on the disk; full and read-only disks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from layers.contracts import ImportRequest
from layers.errors import StoreFull, StoreUnavailable
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
from tests.faults.processes import eventually, let_go, marked

ROOT = Path(__file__).resolve().parents[2]
LAYER = "test.points"
REQUEST = ImportRequest(LAYER, crs="EPSG:4490", key="code", publish=True)
IMPORT = """
import sys
from pathlib import Path
from layers.contracts import ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect
url, home, file = sys.argv[1:]
registry = LayerRegistry(PostgresLayers(connect(url)), LayerFiles(Path(home) / "layers"))
print("ready", flush=True)
request = ImportRequest("test.points", crs="EPSG:4490", key="code", publish=True)
registry.import_file(Path(file), request)
"""


def _seen(pattern: str, at_least: int = 1) -> Callable[[Path], bool]:
    return lambda layers: len(list(layers.glob(pattern))) >= at_least


MOMENTS = {
    "the upload is being copied": _seen("staging/*/upload"),
    "the master is being written": _seen("staging/*/version/master.parquet"),
    "the arrays are being compiled": _seen("staging/*/version/compiled"),
    "the original is kept": _seen("originals/*/*", 2),
    "the version has moved to its place": _seen(f"versions/{LAYER}/*", 2),
}


def points(path: Path, count: int, shift: float = 0.0) -> Path:
    """A CSV of `count` points."""
    rows = (
        f"P{n},点{n},{113 + n % 997 / 1000 + shift},{24 + n // 997 / 1000}" for n in range(count)
    )
    path.write_text("\n".join(["code,name,lon,lat", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def registry(database_url: str, home: Path) -> Iterator[LayerRegistry]:
    engine = connect(database_url)
    yield LayerRegistry(PostgresLayers(engine), LayerFiles(home / "layers"))
    engine.dispose()


@pytest.mark.parametrize("moment", list(MOMENTS))
def test_an_import_killed_at_a_step_leaves_what_is_live_and_can_be_repeated(
    registry: LayerRegistry, database_url: str, home: Path, tmp_path: Path, moment: str
) -> None:
    old = registry.import_file(points(tmp_path / "旧.csv", 10), REQUEST)
    file = points(tmp_path / "新.csv", 60_000, 0.1)
    command = [sys.executable, "-c", IMPORT, marked(database_url), str(home), str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        while not MOMENTS[moment](home / "layers") and child.poll() is None:
            time.sleep(0.0005)
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert eventually(lambda: let_go(database_url), every=0.1)
    live = registry.require(LAYER).version
    if child.returncode == -signal.SIGKILL and live == old.version:
        assert len(registry.versions(LAYER)) == 1
    assert len(registry.master(LAYER, live or "")) in {10, 60_000}
    assert registry.compiled(LAYER, live or "").tile(0, 0, 0, name=LAYER)
    registry.sweep()
    recorded = {one.id for one in registry.versions(LAYER)}
    kept = {path.name for path in (home / "layers" / "versions" / LAYER).iterdir()}
    assert kept == recorded
    assert list((home / "layers" / "staging").iterdir()) == []
    again = registry.import_file(file, REQUEST)
    assert registry.require(LAYER).version == again.version
    assert again.features == 60_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("挂载小磁盘需要 root")
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("这里不允许挂载 tmpfs")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def cramped(database_url: str, small_disk: Path) -> Iterator[LayerRegistry]:
    engine = connect(database_url)
    yield LayerRegistry(PostgresLayers(engine), LayerFiles(small_disk / "layers"))
    engine.dispose()


@pytest.mark.needs_root
@pytest.mark.parametrize("count", [40_000, 60_000, 120_000, 300_000])
def test_an_import_onto_a_full_disk_is_said_in_words_and_leaves_what_is_live(
    cramped: LayerRegistry, small_disk: Path, tmp_path: Path, count: int
) -> None:
    old = cramped.import_file(points(tmp_path / "旧.csv", 10), REQUEST)
    filler = small_disk / "filler"
    filler.write_bytes(bytes(9 << 20))
    with pytest.raises(StoreFull, match=r"磁盘空间不足.*原有版本不受影响"):
        cramped.import_file(points(tmp_path / "新.csv", count, 0.1), REQUEST)
    assert cramped.require(LAYER).version == old.version
    assert len(cramped.master(LAYER, old.version or "")) == 10
    assert list((small_disk / "layers" / "staging").iterdir()) == []
    filler.unlink()
    assert cramped.import_file(points(tmp_path / "小.csv", 20), REQUEST).features == 20


@pytest.mark.needs_root
def test_an_import_onto_a_read_only_disk_is_said_in_words(
    cramped: LayerRegistry, small_disk: Path, tmp_path: Path
) -> None:
    old = cramped.import_file(points(tmp_path / "旧.csv", 10), REQUEST)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreUnavailable, match=r"只读.*原有版本不受影响"):
        cramped.import_file(points(tmp_path / "新.csv", 20), REQUEST)
    assert cramped.compiled(LAYER, old.version or "").tile(0, 0, 0, name=LAYER)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert cramped.import_file(points(tmp_path / "新.csv", 20), REQUEST).features == 20
