"""Sixteen clients that fetch tiles at once: our web server over HTTP, PostGIS over its sockets.

Run as `python -m tests.benchmarks.bench_tile_clients [--quick]`; prints a table. Both sides get the
same tiles z6–15 in the same order, from clients that share the machine with them. Our tiles pass
through HTTP, a token, the permission and the label points; those of PostGIS through nothing.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from layers.compile.cells import MOST_POINTS
from layers.tiles.grid import world
from tests.benchmarks.bench_tiles import ZOOMS, Tile, sample
from tests.benchmarks.postgis_server import postgis
from tests.benchmarks.running_program import own_mb, running_program, token, web_processes
from tests.benchmarks.tile_layers import LAYERS
from tests.benchmarks.tile_postgis import PostGIS
from tests.e2e.city import City

CLIENTS = 16
EACH = 30  # tiles a zoom
_WARM_S = 5.0
Fetch = Callable[[Tile], int]


@dataclass
class Watched:
    """What the clients saw: seconds and bytes of each tile."""

    took: list[float] = field(default_factory=list)
    size: list[int] = field(default_factory=list)

    def figures(self, seconds: float) -> dict[str, Any]:
        p50, p95 = np.percentile(self.took, (50, 95)) * 1000
        return {
            "tiles_per_s": round(len(self.took) / seconds, 1),
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
            "max_kb": round(max(self.size) / 1000),
        }


def run(clients: list[Fetch], tiles: list[Tile], seconds: float) -> dict[str, Any]:
    """Every client fetches tiles in an order of its own, after a while that does not count."""
    seen, start = Watched(), time.perf_counter() + min(_WARM_S, seconds)
    end = start + seconds

    def work(number: int) -> None:
        order = np.random.default_rng(number).permutation(len(tiles)).tolist()
        at = 0
        while (begun := time.perf_counter()) < end:
            size = clients[number](tiles[order[at % len(order)]])
            if begun >= start:
                seen.took.append(time.perf_counter() - begun)
                seen.size.append(size)
            at += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(clients))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return seen.figures(time.perf_counter() - start)


def over_http(city: City, path: str, headers: Mapping[str, str]) -> Fetch:
    """A client with a connection of its own to our server."""
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=60)

    def fetch(tile: Tile) -> int:
        connection.request("GET", path.format(*tile), headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status not in {200, 204}:
            raise SystemExit(f"{tile}: {answer.status} {body[:200]!r}")
        return len(body)

    return fetch


def ours(
    city: City, name: str, frame: gpd.GeoDataFrame, tiles: list[Tile], seconds: float
) -> dict[str, Any]:
    """The layer imported and published, then fetched plain and packed as browsers ask for it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.gpkg"
        pyogrio.write_dataframe(frame, file)
        asked = ("--layer", f"bench.{name}", "--crs", "EPSG:4326", "--publish")
        version = city.answer("import", file, *asked)["version"]
    path = f"/tiles/bench.{name}/{version}" + "/{}/{}/{}.mvt"
    bearer = {"Authorization": f"Bearer {token(city, 'read')}"}
    before = own_mb(web_processes(city))
    found = {}
    for way, packing in (("plain", "identity"), ("gzip", "gzip")):
        headers = bearer | {"Accept-Encoding": packing}
        clients = [over_http(city, path, headers) for _ in range(CLIENTS)]
        found[way] = run(clients, tiles, seconds)
    after = own_mb(web_processes(city))
    grown = [round(now - then, 1) for then, now in zip(before, after, strict=True)]
    return found | {"web_mb_more": grown}


def peers(
    url: str, name: str, frame: gpd.GeoDataFrame, tiles: list[Tile], seconds: float
) -> dict[str, Any]:
    """PostGIS, each client with a connection of its own."""
    loaded = PostGIS(url, name, frame)
    loaded.prepare(list(ZOOMS), counted_zooms(frame) if name == "points" else [])
    found = {}
    for way in ("on_the_fly", "in_advance"):
        asked = [loaded.again() for _ in range(CLIENTS)]
        found[way] = run([_fetch(one, way) for one in asked], tiles, seconds)
        for one in asked:
            one.close()
    loaded.close()
    return found


def counted_zooms(frame: gpd.GeoDataFrame) -> list[int]:
    """The zooms at which we count points in some tile: there PostGIS has them counted too."""
    spots = world(shapely.get_coordinates(frame.geometry.to_numpy()))
    fullest = {
        zoom: np.unique(np.floor(spots * (1 << zoom)), axis=0, return_counts=True)[1].max()
        for zoom in ZOOMS
    }
    return [zoom for zoom, most in fullest.items() if most > MOST_POINTS]


def _fetch(peer: PostGIS, way: str) -> Fetch:
    render = peer.on_the_fly if way == "on_the_fly" else peer.in_advance
    return lambda tile: len(render(*tile))


def table(found: list[dict[str, Any]]) -> str:
    """The figures as a markdown table."""
    rows = [
        "| layer | engine | tiles/s | p50 / p95 ms | largest kB |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        for engine, value in one.items():
            if isinstance(value, dict):
                times = f"{value['p50_ms']} / {value['p95_ms']}"
                cells = (one["layer"], engine, value["tiles_per_s"], times, value["max_kb"])
                rows.append(f"| {' | '.join(map(str, cells))} |")
        rows.append(
            f"| {one['layer']} | memory of each web process, MB more | {one['web_mb_more']} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="a twentieth of the features")
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--layer", action="append", choices=list(LAYERS))
    chosen = options.parse_args()
    found = []
    with postgis() as url:
        for name in chosen.layer or ("points", "buildings"):
            make, count = LAYERS[name]
            frame = make(count // (20 if chosen.quick else 1))
            tiles = sample(frame, EACH)
            with running_program() as city:
                figures = ours(city, name, frame, tiles, chosen.seconds)
            if url:
                figures |= peers(url, name, frame, tiles, chosen.seconds)
            found.append({"layer": f"{len(frame):,} {name}", **figures})
    sys.stdout.write(table(found) + "\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
