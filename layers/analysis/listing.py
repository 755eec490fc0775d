"""The features inside an area as GeoJSON, page by page or all of them in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from layers.analysis.within import Inside
from layers.windows.features import as_geojson, chosen_page, position

_AT_ONCE = 5_000


def page(
    inside: Inside, cursor: str | None, limit: int, attributes: Sequence[str] | None
) -> tuple[list[dict[str, Any]], str | None]:
    """At most `limit` features from the cursor on, and the cursor of the rest or None."""
    start = position(cursor)
    rows = sum(len(found) for _, found in inside.rows)
    items = [
        each
        for part, found in chosen_page(list(inside.rows), start, limit)
        for each in as_geojson(part, found, attributes)
    ]
    return items, str(start + limit) if limit and start + limit < rows else None


def pages(inside: Inside, attributes: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    """Every feature inside, read a few thousand at a time."""
    for part, found in inside.rows:
        for at in range(0, len(found), _AT_ONCE):
            yield from as_geojson(part, found[at : at + _AT_ONCE], attributes)
