"""The features of an upload as a light GeoJSON to look at."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely

from layers.review.rows import plain
from layers.review.work import HELD, REASONS, ROW, Work

_STEPS = 4000  # a shape is drawn in steps of this part of the whole
_DIGITS = 6
_MOST_VERTICES = 400_000


def sketch(work: Work, most: int) -> dict[str, Any]:
    """A FeatureCollection of at most `most` features; `total` says how many there are.

    Properties are the attributes, with `row`, `held` and `issues` beside them.
    """
    frame = work.frame
    shapes = frame.geometry.to_numpy()
    usable = _drawable(shapes)
    chosen = np.flatnonzero(usable)
    if len(chosen) > most:
        chosen = chosen[np.linspace(0, len(chosen) - 1, most).astype(np.int64)]
    drawn = _simple(shapes[chosen])
    some = pd.DataFrame(frame.drop(columns=frame.geometry.name)).iloc[chosen]
    return {
        "type": "FeatureCollection",
        "total": len(frame),
        "bounds": [] if not len(drawn) else shapely.total_bounds(drawn).tolist(),
        "features": [
            {
                "type": "Feature",
                "id": int(row.pop(ROW)),
                "geometry": orjson.Fragment(shape),
                "properties": _properties(row),
            }
            for row, shape in zip(
                some.to_dict("records"), shapely.to_geojson(drawn).tolist(), strict=True
            )
        ],
    }


def _drawable(shapes: np.ndarray) -> np.ndarray:
    bounds = shapely.bounds(shapes)
    on_earth = np.isfinite(bounds).all(axis=1) & (np.abs(bounds) <= 180).all(axis=1)
    drawable: np.ndarray = on_earth & ~shapely.is_empty(shapes)
    return drawable


def _simple(shapes: np.ndarray) -> np.ndarray:
    """Shapes with as many vertices as a screen shows."""
    if not len(shapes):
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    step = max(east - west, north - south) / _STEPS
    coarse: np.ndarray = shapes
    while shapely.get_num_coordinates(coarse).sum() > _MOST_VERTICES and step > 0:
        coarse = shapely.simplify(shapes, step, preserve_topology=False)
        step *= 3
        empty = shapely.is_empty(coarse)
        coarse[empty] = shapely.centroid(shapes[empty])
    rounded: np.ndarray = shapely.transform(coarse, lambda pairs: np.round(pairs, _DIGITS))
    return rounded


def _properties(row: dict[Any, Any]) -> dict[str, Any]:
    held, reasons = bool(row.pop(HELD)), str(row.pop(REASONS))
    shown = {str(name): plain(value) for name, value in row.items()}
    return {**shown, "held": held, "issues": reasons.splitlines()}
