"""File to published version: seconds and peak memory for a million points, as CSV and GeoPackage.

Run as `python -m tests.benchmarks.bench_import [--points N]` with TONGLAN_TEST_POSTGRES naming a
server. Each import runs in a process of its own, as `tonglan import` does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import sqlalchemy as sa

from app import migrations
from layers.contracts import ImportRequest
from layers.registry import LayerRegistry
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_engine import connect

BUDGET_S, BUDGET_MB = 15.0, 1500.0


def frame(points: int) -> gpd.GeoDataFrame:
    """Points around Shaoguan with a key, a name, a kind and a number."""
    random = np.random.default_rng(440200)
    number = np.arange(points)
    attributes = {
        "code": np.char.add("P", number.astype(str)),
        "name": np.char.add("监测点", (number % 5000).astype(str)),
        "kind": np.array(["井盖", "路灯", "消火栓", "摄像机"])[number % 4],
        "value": random.normal(50, 10, points).round(2),
    }
    places = shapely.points(
        random.uniform(112.8, 114.8, points), random.uniform(23.8, 25.6, points)
    )
    return gpd.GeoDataFrame(attributes, geometry=places, crs=4490)


def write(folder: Path, points: int) -> list[Path]:
    """The same points as a GBK-free CSV and as a GeoPackage."""
    made = frame(points)
    table = pd.DataFrame(made.drop(columns="geometry"))
    table["经度"], table["纬度"] = made.geometry.x.round(7), made.geometry.y.round(7)
    table.to_csv(folder / "points.csv", index=False)
    pyogrio.write_dataframe(made, folder / "points.gpkg")
    return [folder / "points.csv", folder / "points.gpkg"]


def child(url: str, home: str, file: str) -> None:
    """One import; prints what it took."""
    started = time.perf_counter()
    registry = LayerRegistry(PostgresLayers(connect(url)), LayerFiles(Path(home) / "layers"))
    layer = f"bench.{Path(file).suffix[1:]}"
    request = ImportRequest(layer, crs="EPSG:4490", key="code", publish=True)
    outcome = registry.import_file(Path(file), request)
    taken = {
        "file": Path(file).name,
        "outcome": outcome.outcome.value,
        "features": outcome.features,
        "seconds": round(time.perf_counter() - started, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    sys.stdout.write(json.dumps(taken))


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser()
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--child", nargs=3)
    chosen = options.parse_args()
    if chosen.child:
        child(*chosen.child)
        return
    server = sa.make_url(os.environ["TONGLAN_TEST_POSTGRES"])
    name = f"tl_bench_{uuid.uuid4().hex[:8]}"
    url = server.set(database=name).render_as_string(hide_password=False)
    admin = connect(server.render_as_string(hide_password=False))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            migrations.upgrade(url)
            with tempfile.TemporaryDirectory() as folder:
                _measure(url, Path(folder), chosen.points)
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _measure(url: str, folder: Path, points: int) -> None:
    lines = ["| 文件 | 要素 | 秒 | 峰值内存 MB | 预算 |", "|---|---|---|---|---|"]
    for file in write(folder, points):
        command = [sys.executable, "-m", "tests.benchmarks.bench_import", "--child"]
        done = subprocess.run(
            [*command, url, str(folder / "home"), str(file)], check=True, capture_output=True
        )
        found = json.loads(done.stdout)
        fits = found["seconds"] <= BUDGET_S and found["peak_mb"] <= BUDGET_MB
        lines.append(
            f"| {found['file']} | {found['features']} | {found['seconds']} | {found['peak_mb']} "
            f"| {'在内' if fits else '超出'} |"
        )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
