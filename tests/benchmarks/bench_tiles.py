"""Tiles a second on one core, beside mapbox-vector-tile and PostGIS, on the same tiles.

Run: [TONGLAN_BENCH_POSTGIS=postgresql://…] python -m tests.benchmarks.bench_tiles [--quick]
Prints a table and a line of JSON. A named PostGIS must be your own: its tables are replaced.
mapbox-vector-tile gets the features ready (it neither finds nor cuts them), so it is flattered.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import shapely

from layers.compile import CompiledLayer, compile_layer
from layers.tiles.grid import world
from tests.benchmarks.postgis_server import postgis
from tests.benchmarks.tile_layers import LAYERS
from tests.benchmarks.tile_postgis import PostGIS

ZOOMS = range(6, 16)
Tile = tuple[int, int, int]
Render = Callable[[int, int, int], bytes]


def sample(frame: gpd.GeoDataFrame, each: int) -> list[Tile]:
    """Tiles that people look at: around features, up to `each` different ones a zoom."""
    rng = np.random.default_rng(9)
    chosen = frame.geometry.to_numpy()[rng.integers(0, len(frame), each * 3)]
    spots = world(shapely.get_coordinates(shapely.point_on_surface(chosen)))
    tiles: list[Tile] = []
    for zoom in ZOOMS:
        places = dict.fromkeys(map(tuple, (spots * (1 << zoom)).astype(int).tolist()))
        tiles += [(zoom, x, y) for x, y in list(places)[:each]]
    return tiles


def measure(render: Render, tiles: list[Tile]) -> dict[str, float]:
    """Warm tiles a second, median and 95th percentile in milliseconds, and the largest tile."""
    for tile in tiles:
        render(*tile)
    took, largest = [], 0
    for tile in tiles:
        begun = time.perf_counter()
        size = len(render(*tile))
        took.append(time.perf_counter() - begun)
        largest = max(largest, size)
    p50, p95 = np.percentile(took, (50, 95)) * 1000
    return {
        "tiles_per_s": round(len(took) / sum(took), 1),
        "p50_ms": round(p50, 2),
        "p95_ms": round(p95, 2),
        "max_bytes": largest,
    }


def oracle(layer: CompiledLayer, tiles: list[Tile]) -> Render:
    """mapbox-vector-tile encoding the features that our tile holds."""
    ready = {}
    for tile in tiles:
        decoded = mapbox_vector_tile.decode(
            layer.tile(*tile, name="layer"), default_options={"y_coord_down": True}
        )
        found = decoded.get("layer", {}).get("features", [])
        features = [{**f, "geometry": shapely.geometry.shape(f["geometry"])} for f in found]
        ready[tile] = [{"name": "layer", "features": features}]
    options = {"y_coord_down": True}
    return lambda z, x, y: mapbox_vector_tile.encode(ready[z, x, y], default_options=options)


def memory(folder: Path, tiles: list[Tile]) -> dict[str, float]:
    """Megabytes a fresh process gains by opening the layer and making every tile."""
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom layers.compile import CompiledLayer\n"
        "def own():\n"
        "    lines = Path('/proc/self/smaps_rollup').read_text().splitlines()\n"
        "    return next(int(l.split()[1]) for l in lines if l.startswith('Anonymous')) / 1024\n"
        "tiles = json.load(sys.stdin)\nbefore = own()\n"
        "layer = CompiledLayer.open(Path(sys.argv[1]))\n"
        "opened = own()\n[layer.tile(*t, name='l') for t in tiles]\n"
        "print(json.dumps({'open_mb': opened - before, 'after_tiles_mb': own() - before}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        input=json.dumps(tiles),
        capture_output=True,
        text=True,
        check=True,
    )
    return {key: round(value, 1) for key, value in json.loads(done.stdout).items()}


def bench(name: str, count: int, each: int, folder: Path, url: str | None) -> dict[str, object]:
    """All measurements of one layer."""
    frame = LAYERS[name][0](count)
    attributes = [column for column in frame.columns if column != "geometry"]
    begun = time.perf_counter()
    compile_layer(frame, np.arange(1, count + 1), folder / name, attributes=attributes)
    compiled_in = round(time.perf_counter() - begun, 2)
    layer = CompiledLayer.open(folder / name)
    tiles = sample(frame, each)
    few = tiles[:: max(1, len(tiles) // 30)]
    result: dict[str, object] = {
        "layer": name,
        "features": count,
        "tiles": len(tiles),
        "compile_s": compiled_in,
        "disk_mb": round((folder / name / "arrays.bin").stat().st_size / 1e6),
        "memory": memory(folder / name, tiles),
        "tonglan": measure(lambda z, x, y: layer.tile(z, x, y, name="layer"), tiles),
        "mapbox_vector_tile": measure(oracle(layer, few), few),
    }
    if url:
        result |= beside_postgis(url, name, frame, layer, tiles)
    return result


def beside_postgis(
    url: str, name: str, frame: gpd.GeoDataFrame, layer: CompiledLayer, tiles: list[Tile]
) -> dict[str, object]:
    """PostGIS on the same tiles; for points also where neither counts cells."""
    peer = PostGIS(url, name, frame)
    counted = {tile for tile in tiles if name == "points" and _is_counted(layer, tile)}
    peer.prepare(list(ZOOMS), sorted({zoom for zoom, _, _ in counted}))
    found: dict[str, object] = {
        "postgis_on_the_fly": measure(peer.on_the_fly, tiles),
        "postgis_in_advance": measure(peer.in_advance, tiles),
    }
    if counted:
        single = [tile for tile in tiles if tile not in counted]
        ours = measure(lambda z, x, y: layer.tile(z, x, y, name="layer"), single)
        found["single_points"] = {
            "tiles": len(single),
            "tonglan": ours,
            "postgis": measure(peer.on_the_fly, single),
        }
    peer.close()
    return found


def _is_counted(layer: CompiledLayer, tile: Tile) -> bool:
    found = mapbox_vector_tile.decode(layer.tile(*tile, name="layer")).get("layer", {})
    return any("n" in feature["properties"] for feature in found.get("features", [])[:1])


def table(results: list[dict[str, object]]) -> str:
    """The results as a markdown table."""
    rows = ["| layer | engine | tiles/s | p50 ms | p95 ms | max kB |", "|---|---|---|---|---|---|"]
    for result in results:
        for engine, value in result.items():
            if isinstance(value, dict) and "tiles_per_s" in value:
                speed, p50, p95 = (value[key] for key in ("tiles_per_s", "p50_ms", "p95_ms"))
                size = round(value["max_bytes"] / 1000)
                rows.append(f"| {result['layer']} | {engine} | {speed} | {p50} | {p95} | {size} |")
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the features")
    parser.add_argument("--layer", action="append", choices=list(LAYERS), help="only this layer")
    chosen = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder, postgis() as url:
        for name in chosen.layer or LAYERS:
            count = LAYERS[name][1] // (10 if chosen.quick else 1)
            each = 8 if chosen.quick else 30
            results.append(bench(name, count, each, Path(folder), url))
    sys.stdout.write(table(results) + "\n" + json.dumps(results, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
