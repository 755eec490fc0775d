"""Where a line or a polygon is named: the middle of the line, a spot well inside the polygon.

A polygon's centroid does when it lies inside a shape that fills its box or its hull; else the
centre of the largest circle inside. Of several parts the largest is named.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.tiles.ragged import Geometries, Ragged

Floats = NDArray[np.float64]

_FULL = 0.55  # share of its box from which on a shape's centroid reads as its middle
_COMPACT = 0.8  # and the same of its convex hull
_FINE = 0.02  # of a shape's box: how exactly the circle is looked for


def anchors(shapes: Ragged, *, areal: bool) -> Floats:
    """(x, y) of each feature, inside the polygon or on the line; in the shapes' own units."""
    parts, owner = shapely.get_parts(shapes.shapes(areal=areal), return_index=True)
    size = shapely.area(parts) if areal else shapely.length(parts)
    # The last of a stable sort by (owner, size) is each owner's largest part.
    order = np.lexsort((size, owner))
    last = np.flatnonzero(np.diff(owner[order], append=len(shapes)))
    largest = parts[order[last]]
    return _inside(largest) if areal else _middle(largest)


def _middle(lines: Geometries) -> Floats:
    middle: Floats = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, 0.5, normalized=True)
    )
    return middle


def _inside(polygons: Geometries) -> Floats:
    spots: Floats = shapely.get_coordinates(shapely.centroid(polygons))
    boxes = shapely.bounds(polygons)
    full = shapely.area(polygons) >= _FULL * (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    turned = np.flatnonzero(~full)
    full[turned] = _compact(polygons[turned])
    plain = full & shapely.contains_xy(polygons, spots[:, 0], spots[:, 1])
    odd = np.flatnonzero(~plain)
    if len(odd):
        spots[odd] = _circles(polygons[odd], boxes[odd])
    return spots


def _compact(polygons: Geometries) -> NDArray[np.bool_]:
    """Whether each fills its hull: a turned rectangle does, and fills no box."""
    compact: NDArray[np.bool_] = shapely.area(polygons) >= _COMPACT * shapely.area(
        shapely.convex_hull(polygons)
    )
    return compact


def _circles(polygons: Geometries, boxes: NDArray[np.float64]) -> Floats:
    """The centre of the largest circle inside each; a point inside where that cannot be found."""
    reach = np.maximum((boxes[:, 2:] - boxes[:, :2]).min(axis=1), 1e-12)
    simple = shapely.simplify(polygons, _FINE / 4 * reach, preserve_topology=True)
    usable = shapely.is_valid(simple) & ~shapely.is_empty(simple)
    spots = _somewhere(polygons)
    usable[usable] = shapely.area(simple[usable]) > 0
    rays = shapely.maximum_inscribed_circle(simple[usable], tolerance=_FINE * reach[usable])
    found = shapely.get_coordinates(shapely.get_point(rays, 0))
    inside = shapely.contains_xy(polygons[usable], found[:, 0], found[:, 1])
    spots[np.flatnonzero(usable)[inside]] = found[inside]
    return spots


def _somewhere(polygons: Geometries) -> Floats:
    points = shapely.point_on_surface(polygons)
    missing = shapely.is_empty(points)  # a polygon without any area
    points[missing] = shapely.get_point(shapely.get_exterior_ring(polygons[missing]), 0)
    somewhere: Floats = shapely.get_coordinates(points)
    return somewhere
