"""The compressed coordinates of ECharts map files (`UTF8Encoding: true`)."""

from __future__ import annotations

from typing import Any

_SCALE = 1024  # https://github.com/apache/echarts src/coord/geo/parseGeoJson.ts


def decode(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with coordinates as numbers; what is not encoded stays as it is."""
    scale = document.get("UTF8Scale") or _SCALE
    features = [_feature(one, scale) for one in document.get("features") or []]
    return {**document, "features": features, "UTF8Encoding": False}


def _feature(feature: Any, scale: float) -> Any:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or "encodeOffsets" not in geometry:
        return feature
    coordinates = _rings(geometry.get("coordinates"), geometry["encodeOffsets"], scale)
    decoded = {"type": geometry.get("type"), "coordinates": coordinates}
    return {**feature, "geometry": decoded}


def _rings(encoded: Any, offsets: Any, scale: float) -> Any:
    if isinstance(encoded, str):
        return _ring(encoded, offsets, scale)
    if not isinstance(encoded, list) or not isinstance(offsets, list):
        return encoded
    return [_rings(one, offset, scale) for one, offset in zip(encoded, offsets, strict=False)]


def _ring(text: str, offset: list[int], scale: float) -> list[list[float]]:
    """Each character is a zigzag-coded step, counted from `@`."""
    steps = [ord(character) - 64 for character in text]
    x, y = offset
    points = []
    for dx, dy in zip(steps[::2], steps[1::2], strict=False):
        x += (dx >> 1) ^ -(dx & 1)
        y += (dy >> 1) ^ -(dy & 1)
        points.append([x / scale, y / scale])
    return points
