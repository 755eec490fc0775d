"""The candidates of a coordinate question drawn side by side: one scale, one window, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from layers.contracts import CrsDecision
from layers.crs.outline import Outline
from layers.crs.references import Lines, References
from layers.crs.transform import apply, to_lonlat

_DEGREE_M = 111_320.0
_POINTS = 400  # per candidate
_FEATURES = 150  # lines or polygons per candidate
_VERTICES = 4000  # per candidate, and of each kind of reference
_SHOWN = 4
_SMALLEST_M, _LARGEST_M = 3_000.0, 8_000.0  # half a kilometre of offset must be plain to see
_FORM = 0.62  # height of the window to its width
_THIN_PX = 600  # a line is thinned to this many steps across the window
_SCALES = (500, 1000, 2000)


def preview(
    geometries: np.ndarray,
    decision: CrsDecision,
    outline: Outline | None,
    references: References | None = None,
) -> dict[str, Any]:
    """Every candidate in the same window at the same scale, ready for JSON.

    The window lies around the middle of what the leading candidate has there, and not around each
    candidate's own: so a displacement shows. Reference lines are the trusted rivers (the outline's
    borders where no rivers are set).
    """
    listed = list(decision.candidates)[:_SHOWN]
    known = references or References()
    some = _some(geometries)
    read = [(one, _placed(some, str(one["crs"]))) for one in listed]
    window = _window(read[0][1] if read else some[:0])
    if window is None:
        return {"window_m": [0, 0], "scale_m": 1000, "candidates": []}
    bounds, size = window
    rivers = known.rivers or (Lines(shapely.boundary(outline.geometries)) if outline else None)
    reference, roads = _reference(rivers, bounds), _reference(known.roads, bounds)
    return {
        "window_m": [round(side) for side in size],
        "scale_m": max(scale for scale in _SCALES if scale == _SCALES[0] or scale <= size[0] / 4),
        "candidates": [
            {
                **_words(one),
                "bounds": [round(float(side), 7) for side in bounds],
                **_drawn(placed, bounds),
                "reference": reference,
                "roads": roads,
            }
            for one, placed in read
        ],
    }


def line_of(candidate: Mapping[str, Any]) -> str:
    """What the position says for or against the candidate, in one line."""
    said = []
    shift = candidate.get("shift_m")
    far = shift if shift is not None and shift >= 60.0 else candidate.get("apart_m")
    if far:
        said.append(f"偏移约 {_metres(far)}")
    elif candidate.get("count_inside") is not None:
        said.append(f"{candidate['count_inside']:,} / {candidate['total']:,} 个要素在市域")
    if candidate.get("river_m") is not None:
        said.append(f"距河流中位 {_metres(candidate['river_m'])}")
    elif candidate.get("road_m") is not None:
        said.append(f"距道路中位 {_metres(candidate['road_m'])}")
    elif candidate.get("near") is not None:
        said.append(f"{candidate['near']:.0%} 贴合界线")
    return ",".join(said) or "没有可信界线,无法用位置核对"


def _words(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "crs": one["crs"],
        "title": one["title"],
        "chosen": bool(one.get("chosen")),
        "warning": one.get("warning"),
        "line1": one["title"],
        "line2": line_of(one),
    }


def _metres(value: float) -> str:
    if value >= 10_000:
        return f"{value / 1000:.0f} km"
    tens = round(value / 10) * 10 if value >= 100 else round(value)
    return f"{tens:,} m"


def _some(geometries: np.ndarray) -> np.ndarray:
    """Evenly taken features: few enough to draw, and none without a place."""
    point = shapely.get_dimensions(geometries) == 0
    most = _POINTS if len(geometries) and point.mean() > 0.5 else _FEATURES
    step = -(-len(geometries) // most) or 1
    some = geometries[::step]
    kept: np.ndarray = some[np.isfinite(shapely.bounds(some)).all(axis=1)]
    return kept


def _placed(geometries: np.ndarray, crs: str) -> np.ndarray:
    with np.errstate(all="ignore"):  # what a projection cannot place comes out infinite
        moved = apply(to_lonlat(crs), geometries)
    kept: np.ndarray = moved[np.isfinite(shapely.bounds(moved)).all(axis=1)]
    return kept


def _window(
    placed: np.ndarray,
) -> tuple[tuple[float, float, float, float], tuple[float, float]] | None:
    """Bounds in degrees and size in metres of the one window, where there is most to see."""
    pairs = shapely.get_coordinates(placed)
    pairs = pairs[(np.abs(pairs) <= (180.0, 89.0)).all(axis=1)] if len(pairs) else pairs
    if not len(pairs):
        return None
    scale = np.array([_DEGREE_M * np.cos(np.radians(np.median(pairs[:, 1]))), _DEGREE_M])
    metric = pairs * scale
    span = float(np.ptp(metric, axis=0).max())
    width = min(max(span * 1.2, _SMALLEST_M), _LARGEST_M)
    middle = _densest(metric, width) if span * 1.2 > width else (metric.min(0) + metric.max(0)) / 2
    half = np.array([width, width * _FORM]) / 2
    low, high = (middle - half) / scale, (middle + half) / scale
    return (low[0], low[1], high[0], high[1]), (width, width * _FORM)


def _densest(metric: np.ndarray, width: float) -> np.ndarray:
    """The middle of the positions in the fullest cell of the window's size."""
    cells = np.floor(metric / width).astype(np.int64)
    _, of, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    inside = metric[of.reshape(-1) == counts.argmax()]
    middle: np.ndarray = inside.mean(axis=0)
    return middle


def _drawn(placed: np.ndarray, bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    if len(placed) and (shapely.get_dimensions(placed) == 0).mean() > 0.5:
        pairs = shapely.get_coordinates(placed)[:_POINTS]
        return {"points": np.round(pairs, 7).tolist()}
    flat = np.where(shapely.get_dimensions(placed) == 2, shapely.boundary(placed), placed)
    west, south, east, north = bounds
    pad_x, pad_y = east - west, north - south  # what lies just outside may show in a wider card
    cut = shapely.clip_by_rect(flat, west - pad_x, south - pad_y, east + pad_x, north + pad_y)
    return {"lines": _lines(shapely.get_parts(cut), (east - west) / _THIN_PX)}


def _reference(lines: Lines | None, bounds: tuple[float, float, float, float]) -> list[Any]:
    if lines is None:
        return []
    west, south, east, north = bounds
    pad_x, pad_y = east - west, north - south
    there = lines.within(west - pad_x, south - pad_y, east + pad_x, north + pad_y)
    return _lines(there, (east - west) / _THIN_PX)


def _lines(parts: np.ndarray, step: float) -> list[Any]:
    """Coordinates of the lines, thinned; coarser where there would be too many."""
    lines = parts[(shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)]
    while True:
        thin = shapely.simplify(lines, step, preserve_topology=False)
        if shapely.get_num_coordinates(thin).sum() <= _VERTICES or not len(thin):
            return [np.round(shapely.get_coordinates(one), 6).tolist() for one in thin]
        lines = lines[shapely.length(lines) > step * 4]
        step *= 2
