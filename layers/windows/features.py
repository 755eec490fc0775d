"""Features in a window as GeoJSON, page by page, in the layer's order or sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.compile.layer import CompiledLayer, Part
from layers.compile.where import Filter
from layers.contracts import Bounds
from layers.errors import BadFilter
from layers.tiles.grid import DEGREE
from layers.tiles.ragged import Indices
from layers.windows.order import ordered

MOST = 10_000
Chosen = list[tuple[Part, Indices]]


def features(
    compiled: CompiledLayer,
    bbox: Bounds | None,
    where: Filter | None,
    limit: int,
    cursor: str | None = None,
    *,
    attributes: Sequence[str] | None = None,
    sort: str | None = None,
) -> dict[str, Any]:
    """A FeatureCollection of at most `limit` features, `count` of all and `next`: a cursor or None.

    Points lie in the window, lines and polygons meet it by their bounds. Order is the layer's own
    or that of the attribute `sort` (`-name`: falling; rows without it come last), and stays for a
    version. A feature of several geometry kinds comes once for each, with one id. `attributes`
    limits the properties. Raises BadFilter for what cannot be read.
    """
    if not 1 <= limit <= MOST:
        raise BadFilter(f"limit 须在 1 到 {MOST} 之间")
    window = _window(bbox) if bbox else None
    start = position(cursor)
    chosen: Chosen = [(part, _rows(part, window, where)) for part in compiled.parts]
    count = sum(len(rows) for _, rows in chosen)
    pages = (
        chosen_page(chosen, start, limit) if sort is None else ordered(chosen, sort, start, limit)
    )
    found = [each for part, rows in pages for each in as_geojson(part, rows, attributes)]
    following = str(start + limit) if start + limit < count else None
    return {"type": "FeatureCollection", "features": found, "next": following, "count": count}


def _rows(part: Part, window: tuple[int, int, int, int] | None, where: Filter | None) -> Indices:
    rows = np.arange(len(part.ids)) if window is None else part.within(window)
    return rows[where.passes(part.columns, rows)] if where else rows


def chosen_page(chosen: Chosen, start: int, limit: int) -> Chosen:
    """`limit` rows of all parts together, from the row `start` on."""
    page: Chosen = []
    for part, rows in chosen:
        page.append((part, rows[start : start + limit]))
        limit -= len(page[-1][1])
        start = max(0, start - len(rows))
    return page


def as_geojson(part: Part, rows: Indices, attributes: Sequence[str] | None) -> list[dict[str, Any]]:
    """Rows as GeoJSON features with the wanted properties (None: all)."""
    return [
        {"type": "Feature", "id": feature, "geometry": geometry, "properties": properties}
        for feature, geometry, properties in zip(
            part.ids[rows].tolist(),
            part.geometries(rows),
            part.columns.records(rows, attributes),
            strict=True,
        )
    ]


def _window(bbox: Bounds) -> tuple[int, int, int, int]:
    edges = (bbox.west, bbox.south, bbox.east, bbox.north)
    if not all(np.isfinite(edges)) or bbox.west > bbox.east or bbox.south > bbox.north:
        raise BadFilter("bbox 应为 西,南,东,北(度),西不大于东、南不大于北")
    west, east = np.clip((bbox.west, bbox.east), -180.0, 180.0)
    south, north = np.clip((bbox.south, bbox.north), -90.0, 90.0)
    west, south, east, north = (round(float(edge) * DEGREE) for edge in (west, south, east, north))
    return west, south, east, north


def position(cursor: str | None) -> int:
    """How many rows come before a page; raises BadFilter for what is no cursor of ours."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 12):
        raise BadFilter("next 无效,请用上一页给出的 next")
    return int(cursor)
