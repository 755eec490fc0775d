"""The catalogue: a search among 5,000 layers, what lies inside an area of a million points.

Run as `python -m tests.benchmarks.bench_catalogue [--points N]`; prints a table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
import psutil
import shapely

from layers.analysis import area_of, inside
from layers.catalogue.search import CatalogueSearch
from layers.compile import CompiledLayer, compile_layer
from layers.contracts import Classification, Layer
from tests.benchmarks.tile_layers import points

WORDS = "河流水系排污口断面监测站点道路桥梁学校医院井盖路灯重点行业企业用地红线基本农田林区公园"
QUERIES = ("hlsx", "河流", "shengtai", "zzzz", "pwk", "t3.l7", "河 监测")


def catalogue(count: int) -> list[Layer]:
    """Layers with titles of eight signs, twelve fields and an abstract each."""
    random = np.random.default_rng(5)

    def text(signs: int) -> str:
        return "".join(random.choice(list(WORDS), signs))

    return [
        Layer(
            id=f"t{number % 9}.l{number}",
            title=text(8),
            topic=f"t{number % 9}",
            owner="市生态环境局",
            source="",
            classification=Classification.INTERNAL,
            cadence="每月",
            style={},
            key=None,
            version=None,
            created_at=datetime.now(UTC),
            metadata={
                "revision": 1,
                "texts": {"abstract": text(80)},
                "fields": [{"name": f"f{at}", "title": text(4)} for at in range(12)],
            },
        )
        for number in range(count)
    ]


def took(work: Callable[[], object], times: int = 9) -> float:
    """The median of so many goes, in milliseconds, after a first one."""
    work()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return median(spent) * 1000


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--layers", type=int, default=5_000)
    chosen = options.parse_args()
    rows = ["| what | median ms |", "|---|---|"]
    listed, search = catalogue(chosen.layers), CatalogueSearch()
    begun = time.perf_counter()
    search.prepare(listed)
    first = (time.perf_counter() - begun) * 1000
    rows.append(
        f"| index of {chosen.layers:,}, all titles different, once a process | {first:.0f} |"
    )
    for query in QUERIES:
        spent = took(lambda query=query: search.find(listed, query))  # type: ignore[misc]
        rows.append(f"| search “{query}” among {chosen.layers:,} | {spent:.1f} |")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer"
        frame = points(chosen.points)
        ids = np.arange(1, chosen.points + 1)
        attributes = [name for name in frame.columns if name != "geometry"]
        compile_layer(frame, ids, path, attributes=attributes)
        del frame
        process = psutil.Process()
        before = process.memory_full_info().uss
        layer = CompiledLayer.open(path)
        rough = shapely.Point(113.75, 24.7).buffer(0.45, 40)
        for name, shape in (
            ("a county", rough),
            ("the whole city", shapely.box(112, 23, 116, 26)),
            ("a street", shapely.Point(113.75, 24.7).buffer(0.01)),
        ):
            area = area_of(shapely.geometry.mapping(shape))
            count = inside(layer, area).count
            spent = took(lambda area=area: inside(layer, area, sums=["value"]))  # type: ignore[misc]
            rows.append(f"| inside {name}: {count:,} of {chosen.points:,}, one sum | {spent:.1f} |")
        grown = (process.memory_full_info().uss - before) / 1e6
        rows.append(f"| memory of its own afterwards, MB | {grown:.0f} |")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
