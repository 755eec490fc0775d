"""The checks on a million points and 200,000 polygons: seconds and peak memory.

Run as `python -m tests.benchmarks.bench_checks [--points N] [--polygons N]`; prints a table. One
row in a hundred is faulty in some way. Each layer is checked in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.main import REFERENCE
from layers.checks import CheckRules, apply_fixes, check
from layers.crs.outline import Outline
from layers.intake.surroundings import CityTables
from tests.benchmarks import tile_layers

_ME = "tests.benchmarks.bench_checks"
_DAY = date(2026, 11, 25)
_CITY = shapely.box(112.5, 23.5, 115.0, 25.9)
_FAULTY = 100  # one row in so many
_TIMES = 3


def points(count: int) -> gpd.GeoDataFrame:
    """Points with four columns of texts: a key, a name, a date and a region's code."""
    number = np.arange(count)
    spots = np.random.default_rng(6).uniform((112.8, 23.8), (114.8, 25.6), (count, 2))
    days = pd.date_range("2020-01-01", periods=2000).strftime("%Y-%m-%d").to_numpy(dtype=object)
    columns = {
        "code": np.char.add("P", number.astype(str)),
        "name": np.char.add("监测点", (number % 5000).astype(str)),
        "day": days[number % 2000],
        "region": np.array(["440203", "440204", "440205", "440222"])[number % 4],
    }
    frame = pd.DataFrame(columns).astype("string")
    frame.loc[::_FAULTY, "day"] = "2026.9.31"
    frame.loc[1::_FAULTY, "name"] = " 监测点 "
    frame.loc[2::_FAULTY, "region"] = "440221"
    frame.loc[3::_FAULTY, "code"] = "P3"
    return gpd.GeoDataFrame(frame, geometry=shapely.points(spots), crs=4326)


def polygons(count: int) -> gpd.GeoDataFrame:
    """Buildings, some of which cross themselves."""
    frame = tile_layers.buildings(count)
    frame["code"] = np.char.add("B", np.arange(count).astype(str))
    shapes = frame.geometry.to_numpy().copy()
    for at in range(0, count, _FAULTY):
        ring = shapely.get_coordinates(shapes[at])[[0, 2, 1, 3, 0]]
        shapes[at] = shapely.Polygon(ring)
    texts = {name: frame[name].astype("string") for name in ("name", "kind", "code")}
    return gpd.GeoDataFrame(frame.assign(**texts), geometry=shapes, crs=4326)


LAYERS: dict[str, Callable[[int], gpd.GeoDataFrame]] = {"points": points, "polygons": polygons}


def child(name: str, count: int) -> dict[str, Any]:
    """Check a layer, and fix what can be fixed."""
    frame, rows = LAYERS[name](count), np.arange(1, count + 1)
    tables = CityTables(REFERENCE / "regions.csv", REFERENCE / "withdrawn_regions.csv")
    outline = Outline(("440200",), ("韶关市",), np.array([_CITY], dtype=object))
    codes = tables.codes(_DAY)
    rules = CheckRules(key="code", outline=outline, codes=codes, today=_DAY)
    took = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        report = check(frame, rows, rules=rules)
        took.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    fixed = apply_fixes(frame, rows, report.issues, [one.id for one in report.issues if one.fix])
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return {
        "layer": f"{count:,} {name}",
        "check_s": round(median(took), 2),
        "fix_s": round(time.perf_counter() - begun, 2),
        "issues": len(report.issues),
        "fixed": fixed.changed,
        "peak_mb": next(int(line.split()[1]) for line in status if "VmHWM" in line) // 1024,
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--polygons", type=int, default=200_000)
    options.add_argument("--child", nargs=2)
    chosen = options.parse_args()
    if chosen.child:
        sys.stdout.write(json.dumps(child(chosen.child[0], int(chosen.child[1]))))
        return
    rows = [
        "| layer | checked s | fixed s | kinds of problem | rows fixed | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for name, count in (("points", chosen.points), ("polygons", chosen.polygons)):
        command = (sys.executable, "-m", _ME, "--child", name, str(count))
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        rows.append(f"| {' | '.join(map(str, found.values()))} |")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
