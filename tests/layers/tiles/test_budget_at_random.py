"""Whatever a layer holds, every tile at every zoom stays below 500 kB and is sound."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strict_mvt import decode
from tile_space import COLUMN, ROW, ZOOM, degrees

LIMIT = 500_000
_MOST_TEXT = 20_000_000  # signs of a layer, so that the test fits in memory


def overlapping(rng: np.random.Generator, vertices: int, count: int) -> list[Any]:
    """Rough shapes on top of each other, with so many vertices each."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    rough = 1 + 0.02 * rng.standard_normal((count, vertices))
    reach = rng.uniform(300, 2500, (count, 1)) * rough
    rings = np.stack((np.cos(angle) * reach, np.sin(angle) * reach), axis=2)
    return list(degrees(shapely.polygons(rings + rng.uniform(0, 4096, (count, 1, 2)))))


def winding(rng: np.random.Generator, vertices: int, count: int) -> list[Any]:
    steps = rng.normal(0, 20, (count, vertices, 2)).cumsum(axis=1)
    return list(degrees(shapely.linestrings(steps + 2048)))


def swarms(rng: np.random.Generator, vertices: int, count: int) -> list[Any]:
    spots = rng.uniform(0, 4096, (count, vertices, 2))
    return [degrees(shapely.multipoints(each)) for each in spots]


def single(rng: np.random.Generator, vertices: int, count: int) -> list[Any]:
    return list(degrees(shapely.points(rng.uniform(0, 4096, (vertices * count // 10, 2)))))


SHAPES = {"overlapping": overlapping, "winding": winding, "swarms": swarms, "single": single}


@settings(
    deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(sorted(SHAPES)),
    vertices=st.sampled_from([4, 300, 10_000]),
    count=st.sampled_from([1, 12, 60]),
    columns=st.sampled_from([0, 3, 200]),
    length=st.sampled_from([3, 300, 4000]),
    seed=st.integers(0, 2**16),
)
@example(kind="overlapping", vertices=10_000, count=60, columns=3, length=300, seed=1)
@example(kind="single", vertices=300, count=60, columns=200, length=300, seed=2)
@example(kind="swarms", vertices=10_000, count=12, columns=3, length=4000, seed=3)
@example(kind="winding", vertices=10_000, count=60, columns=0, length=3, seed=4)
def test_every_tile_of_any_layer_stays_below_the_budget(
    compiled: Any, kind: str, vertices: int, count: int, columns: int, length: int, seed: int
) -> None:
    shapes = SHAPES[kind](np.random.default_rng(seed), vertices, count)
    length = min(length, max(3, _MOST_TEXT // max(1, len(shapes) * columns)))
    texts = {
        f"c{column:03}": [f"{row}:{column}:".ljust(length, "字") for row in range(len(shapes))]
        for column in range(columns)
    }
    layer = compiled(shapes, **texts)
    for zoom in range(23):
        shift = zoom - ZOOM
        column, row = (
            (each << shift) + ((1 << shift) >> 1) if shift >= 0 else each >> -shift
            for each in (COLUMN, ROW)
        )
        tile = layer.tile(zoom, column, row, name="p", with_labels=True)
        assert len(tile) < LIMIT
        decode(tile)
        if zoom == ZOOM:
            assert tile
