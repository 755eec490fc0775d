"""Between tile coordinates and degrees: tests draw geometry where they want it in a tile."""

from __future__ import annotations

import numpy as np
import shapely
from strict_mvt import Feature, Layer, decode

ZOOM, COLUMN, ROW = 10, 834, 439  # Shaoguan


def degrees(geometry: object, zoom: int = ZOOM, column: int = COLUMN, row: int = ROW) -> object:
    """Geometry in a tile's coordinates as degrees."""

    def place(xy: np.ndarray) -> np.ndarray:
        world = (xy / 4096 + (column, row)) / (1 << zoom)
        latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world[:, 1]))))
        return np.column_stack((world[:, 0] * 360 - 180, latitude))

    return shapely.transform(geometry, place)


def shape(feature: Feature) -> object:
    """A decoded feature as a shapely geometry in tile coordinates."""
    if feature.kind == 1:
        return shapely.MultiPoint([part[0][0] for part in feature.parts])
    if feature.kind == 2:
        return shapely.MultiLineString([part[0] for part in feature.parts])
    return shapely.MultiPolygon([(part[0], part[1:]) for part in feature.parts])


def only(tile: bytes) -> Layer:
    """The one layer of a tile, strictly decoded."""
    layers = decode(tile)
    assert len(layers) == 1
    return layers[0]


def features(tile: bytes) -> list[Feature]:
    """The features of a tile, strictly decoded; none for an empty tile."""
    return only(tile).features if tile else []
