"""Whether a warm tile costs the same from ten thousand to ten million points, filtered or not.

Run as `python -m tests.benchmarks.bench_tile_growth [--points N …]`; prints a table. Each size is
compiled and measured in a process of its own, on one core, over the same mix of tiles z6–15.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from layers.compile import CompiledLayer, compile_layer
from layers.windows import parse_filter
from tests.benchmarks.bench_tiles import measure, sample
from tests.benchmarks.tile_layers import points

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
FILTER = "level>=3"  # passes three in five
EACH = 30  # tiles a zoom
_ME = "tests.benchmarks.bench_tile_growth"


def child(count: int) -> dict[str, Any]:
    """Compile so many points and make their tiles."""
    frame = points(count)
    attributes = [name for name in frame.columns if name != "geometry"]
    tiles = sample(frame, EACH)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        compile_layer(frame, np.arange(1, count + 1), Path(folder), attributes=attributes)
        compiled_in = time.perf_counter() - begun
        del frame
        layer, where = CompiledLayer.open(Path(folder)), parse_filter(FILTER)
        begun = time.perf_counter()
        layer.tile(*tiles[0], name="l", where=where)
        first = time.perf_counter() - begun
        return {
            "points": count,
            "compile_s": round(compiled_in, 1),
            "tiles": len(tiles),
            "first_filtered_ms": round(first * 1000),
            "all": measure(lambda z, x, y: layer.tile(z, x, y, name="l"), tiles),
            "filtered": measure(lambda z, x, y: layer.tile(z, x, y, name="l", where=where), tiles),
        }


def table(found: list[dict[str, Any]]) -> str:
    """The figures as a markdown table."""
    rows = [
        f"| points | compile s | p50 / p95 ms | with `{FILTER}` (the first) | largest kB |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        times = [f"{one[key]['p50_ms']} / {one[key]['p95_ms']}" for key in ("all", "filtered")]
        times[1] += f" ({one['first_filtered_ms']})"
        largest = max(one[key]["max_bytes"] for key in ("all", "filtered")) / 1000
        cells = (f"{one['points']:,}", one["compile_s"], *times, f"{largest:.0f}")
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, nargs="*", default=list(SIZES))
    options.add_argument("--child", type=int)
    chosen = options.parse_args()
    if chosen.child:
        sys.stdout.write(json.dumps(child(chosen.child)))
        return
    found = []
    for count in chosen.points:
        command = (sys.executable, "-m", _ME, "--child", str(count))
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        found.append(json.loads(done.stdout))
    sys.stdout.write(table(found) + "\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
