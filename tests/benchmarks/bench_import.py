"""File to published version: seconds and peak memory, beside ogr2ogr into PostGIS on the same file.

Run as `python -m tests.benchmarks.bench_import [--points N] [--buildings N] [--times N]`; prints a
table. Each import is a process of its own that does what `tonglan import` does; reading is measured
by itself too, in this process and in the sandbox. The peer loads, indexes and analyses only.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pyogrio
import shapely

from app import migrations
from app.config import Config, EngineConfig
from app.engines import EngineUrls, attach
from app.main import compose
from layers.contracts import ImportRequest
from layers.readers import ReadOptions, Upload, read
from layers.sandbox.reading import read_in_sandbox
from tests.benchmarks import tile_layers
from tests.benchmarks.postgis_server import postgis

_ME = "tests.benchmarks.bench_import"
_SYSTEM = "EPSG:4490"


def points(count: int) -> gpd.GeoDataFrame:
    """Points around Shaoguan with a key, a name, a kind and a number."""
    random = np.random.default_rng(440200)
    number = np.arange(count)
    attributes = {
        "code": np.char.add("P", number.astype(str)),
        "name": np.char.add("监测点", (number % 5000).astype(str)),
        "kind": np.array(["井盖", "路灯", "消火栓", "摄像机"])[number % 4],
        "value": random.normal(50, 10, count).round(2),
    }
    places = shapely.points(random.uniform(112.8, 114.8, count), random.uniform(23.8, 25.6, count))
    return gpd.GeoDataFrame(attributes, geometry=places, crs=4490)


def write(folder: Path, many: int, buildings: int) -> list[Path]:
    """The same points as CSV and GeoPackage, and buildings as GeoPackage."""
    made = points(many)
    table = pd.DataFrame(made.drop(columns="geometry"))
    table["经度"], table["纬度"] = made.geometry.x.round(7), made.geometry.y.round(7)
    table.to_csv(folder / "points.csv", index=False)
    pyogrio.write_dataframe(made, folder / "points.gpkg")
    houses = tile_layers.buildings(buildings).set_crs(4490, allow_override=True)
    houses.insert(0, "code", np.char.add("B", np.arange(buildings).astype(str)))
    pyogrio.write_dataframe(houses, folder / "buildings.gpkg")
    return [folder / name for name in ("points.csv", "points.gpkg", "buildings.gpkg")]


def imported(home: Path, file: Path, url: str) -> dict[str, Any]:
    """One import, as `tonglan import` does it."""
    services = compose(replace(Config(), home_path=home), EngineUrls("unix:///nowhere", url))
    begun = time.perf_counter()
    name = f"bench.{file.stem}_{file.suffix[1:]}_{os.getpid()}"
    request = ImportRequest(name, crs=_SYSTEM, key="code", publish=True)
    outcome = services.layers.import_file(file, request)
    return {"seconds": time.perf_counter() - begun, "outcome": outcome.outcome.value}


def reading(file: Path, *, sandboxed: bool) -> dict[str, Any]:
    """One reading of the file and nothing else."""
    upload, begun = Upload(file, file.name), time.perf_counter()
    found = read_in_sandbox(upload) if sandboxed else read(upload, ReadOptions())
    return {"seconds": time.perf_counter() - begun, "features": len(found.frame)}


def child(what: str, home: Path, file: Path, url: str) -> None:
    """One measurement in a process of its own."""
    if what == "import":
        taken = imported(home, file, url)
    else:
        taken = reading(file, sandboxed=what == "sandbox")
    # VmHWM and not ru_maxrss: that would be inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    mine = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    below = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    taken["peak_mb"] = round(max(mine, 0 if what == "process" else below) / 1024)
    sys.stdout.write(json.dumps(taken))


def peer(url: str, file: Path) -> float:
    """Seconds of ogr2ogr into a new table, with spatial index and ANALYZE."""
    where = url.replace("postgresql:///postgres?host=", "host=").replace("&user=", " user=")
    command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{where} dbname=postgres", str(file)]
    command += ["-nln", "peer", "-overwrite", "-lco", "GEOMETRY_NAME=geom", "-t_srs", "EPSG:4326"]
    if file.suffix == ".csv":
        command += ["-s_srs", _SYSTEM, "-oo", "AUTODETECT_TYPE=YES"]
        command += ["-oo", "X_POSSIBLE_NAMES=经度", "-oo", "Y_POSSIBLE_NAMES=纬度"]
    begun = time.perf_counter()
    environment = os.environ | {"PG_USE_COPY": "YES"}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("ANALYZE peer")
    return time.perf_counter() - begun


@contextmanager
def ours(home: Path) -> Iterator[str]:
    """A migrated database on the engine that the program brings along."""
    with attach(home, EngineConfig()) as urls:
        migrations.upgrade(urls.postgres)
        yield urls.postgres


def measured(what: str, home: Path, file: Path, url: str) -> dict[str, Any]:
    """What the child process says."""
    command = [sys.executable, "-m", _ME, "--child", what, str(home), str(file), url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def bench(home: Path, file: Path, url: str, peer_url: str | None, times: int) -> dict[str, Any]:
    """All figures of one file, medians of `times` goes, turn by turn."""
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for _ in range(times):
        for what in ("import", "process", "sandbox"):
            taken = measured(what, home, file, url)
            note(f"{what}_s", taken["seconds"])
            note(f"{what}_mb", taken["peak_mb"])
        if peer_url and shutil.which("ogr2ogr"):
            note("peer_s", peer(peer_url, file))
    return {"file": file.name} | {name: round(median(each), 2) for name, each in found.items()}


def table(found: list[dict[str, Any]]) -> str:
    """The figures as a markdown table."""
    rows = [
        "| file | published s | peak MB | ogr2ogr → PostGIS s | ratio "
        "| reading s (MB) | in the sandbox s (MB) |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found:
        other = one.get("peer_s")
        ratio = f"{other / one['import_s']:.2f}" if other else "–"
        read_in = [f"{one[f'{way}_s']} ({one[f'{way}_mb']:.0f})" for way in ("process", "sandbox")]
        cells = (one["file"], one["import_s"], f"{one['import_mb']:.0f}", other or "–", ratio)
        rows.append(f"| {' | '.join(map(str, (*cells, *read_in)))} |")
    return "\n".join(rows)


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--buildings", type=int, default=200_000)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--child", nargs=4)
    chosen = options.parse_args()
    if chosen.child:
        what, home, file, url = chosen.child
        child(what, Path(home), Path(file), url)
        return
    with tempfile.TemporaryDirectory() as place, postgis() as peer_url:
        folder, home = Path(place), Path(place) / "home"
        home.mkdir()
        files = write(folder, chosen.points, chosen.buildings)
        with ours(home) as url:
            found = [bench(home, file, url, peer_url, chosen.times) for file in files]
    sys.stdout.write(table(found) + "\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
