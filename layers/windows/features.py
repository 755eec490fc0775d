"""Features in a window as GeoJSON, page by page."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.compile.layer import CompiledLayer, Part
from layers.compile.where import Filter
from layers.contracts import Bounds
from layers.errors import BadFilter
from layers.tiles.grid import DEGREE
from layers.tiles.ragged import Indices

MOST = 10_000


def features(
    compiled: CompiledLayer,
    bbox: Bounds | None,
    where: Filter | None,
    limit: int,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A FeatureCollection of at most `limit` features, and `next`: the cursor of the rest or None.

    Points lie in the window, lines and polygons meet it by their bounds. Order is the layer's own
    and stays for a version. A feature of several geometry kinds comes once for each, with one id.
    Raises BadFilter for a window, filter, limit or cursor that cannot be read.
    """
    if not 1 <= limit <= MOST:
        raise BadFilter(f"limit 须在 1 到 {MOST} 之间")
    window = _window(bbox) if bbox else None
    part_at, row_at = _position(cursor)
    found: list[dict[str, Any]] = []
    for at in range(part_at, len(compiled.parts)):
        part = compiled.parts[at]
        rows = _rows(part, window, where, row_at if at == part_at else 0)
        room = limit - len(found)
        found += _as_geojson(part, rows[:room])
        if len(rows) > room:
            return _collection(found, f"{at}-{int(rows[room])}")
    return _collection(found, None)


def _rows(
    part: Part, window: tuple[int, int, int, int] | None, where: Filter | None, start: int
) -> Indices:
    if window is None:
        rows = np.arange(min(start, len(part.ids)), len(part.ids))
    else:
        rows = part.within(window)
        rows = rows[rows >= start]
    return rows[where.passes(part.columns, rows)] if where else rows


def _as_geojson(part: Part, rows: Indices) -> list[dict[str, Any]]:
    return [
        {"type": "Feature", "id": feature, "geometry": geometry, "properties": properties}
        for feature, geometry, properties in zip(
            part.ids[rows].tolist(), part.geometries(rows), part.columns.records(rows), strict=True
        )
    ]


def _collection(found: list[dict[str, Any]], following: str | None) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": found, "next": following}


def _window(bbox: Bounds) -> tuple[int, int, int, int]:
    edges = (bbox.west, bbox.south, bbox.east, bbox.north)
    if not all(np.isfinite(edges)) or bbox.west > bbox.east or bbox.south > bbox.north:
        raise BadFilter("bbox 应为 西,南,东,北(度),西不大于东、南不大于北")
    west, east = np.clip((bbox.west, bbox.east), -180.0, 180.0)
    south, north = np.clip((bbox.south, bbox.north), -90.0, 90.0)
    west, south, east, north = (round(float(edge) * DEGREE) for edge in (west, south, east, north))
    return west, south, east, north


def _position(cursor: str | None) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    part, _, row = cursor.partition("-")
    if not (part.isdecimal() and row.isdecimal() and len(cursor) < 20):
        raise BadFilter("cursor 无效,请用上一页给出的 next")
    return int(part), int(row)
