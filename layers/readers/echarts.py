"""The compressed coordinates of ECharts map files (`UTF8Encoding: true`)."""

from __future__ import annotations

from typing import Any

_SCALE = 1024  # https://github.com/apache/echarts src/coord/geo/parseGeoJson.ts


def is_encoded(document: dict[str, Any]) -> bool:
    """Whether the document says so, or one of its geometries carries offsets all the same."""
    if document.get("UTF8Encoding"):
        return True
    features = document.get("features")
    return isinstance(features, list) and any(_offsets(one) is not None for one in features)


def decode(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with coordinates as numbers; what cannot be decoded stays as it is."""
    scale = document.get("UTF8Scale")
    if not isinstance(scale, int | float) or not scale:
        scale = _SCALE
    features = document.get("features")
    if not isinstance(features, list):
        return document
    return {**document, "features": [_feature(one, scale) for one in features]}


def _offsets(feature: Any) -> Any:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    return geometry.get("encodeOffsets") if isinstance(geometry, dict) else None


def _feature(feature: Any, scale: float) -> Any:
    offsets = _offsets(feature)
    if offsets is None:
        return feature
    geometry = feature["geometry"]
    try:
        coordinates = _rings(geometry.get("coordinates"), offsets, scale)
    except (TypeError, ValueError):
        return feature  # its coordinates stay text, which is reported as broken
    return {**feature, "geometry": {"type": geometry.get("type"), "coordinates": coordinates}}


def _rings(encoded: Any, offsets: Any, scale: float) -> Any:
    if isinstance(encoded, str):
        return _ring(encoded, offsets, scale)
    if not isinstance(encoded, list) or not isinstance(offsets, list):
        return encoded
    return [_rings(one, offset, scale) for one, offset in zip(encoded, offsets, strict=True)]


def _ring(text: str, offset: list[int], scale: float) -> list[list[float]]:
    """Each character is a zigzag-coded step, counted from `@`."""
    steps = [ord(character) - 64 for character in text]
    x, y = offset
    points = []
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x += (dx >> 1) ^ -(dx & 1)
        y += (dy >> 1) ^ -(dy & 1)
        points.append([x / scale, y / scale])
    return points
