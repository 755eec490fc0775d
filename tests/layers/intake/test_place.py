"""Features on the earth: what cannot be placed is named, the rest is whole."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.errors import BadCoordinates
from layers.intake.place import Placed, place
from layers.readers.tally import Tally

BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
SQUARE = shapely.box(113, 24, 114, 25)


def placed(*shapes: shapely.Geometry) -> tuple[Placed, Tally]:
    tally = Tally()
    rows = np.arange(1, len(shapes) + 1)
    return place(np.array(shapes), rows, "EPSG:4326", tally, "a.csv"), tally


def test_points_off_the_earth_and_infinite_ones_are_left_out_by_row() -> None:
    bad = [shapely.Point(200, 24), shapely.Point(np.inf, 24), shapely.Point(113, np.nan)]
    found, tally = placed(shapely.Point(113, 24), *bad)
    assert list(found.kept) == [0]
    assert [(one.row, one.count) for one in tally.problems()] == [(3, 2), (2, 1)]


def test_nothing_on_the_earth_is_refused_naming_the_file() -> None:
    with pytest.raises(BadCoordinates, match=r"a\.csv.*第 1 行"):
        placed(shapely.Point(200, 24))


def test_crossed_polygons_are_repaired_and_told() -> None:
    found, tally = placed(BOWTIE, SQUARE)
    assert shapely.is_valid(found.geometries).all()
    assert (shapely.get_dimensions(found.geometries) == 2).all()
    assert "自动修复" in tally.problems()[0].problem


def test_another_kind_of_geometry_is_left_out_and_told() -> None:
    found, tally = placed(SQUARE, SQUARE, shapely.Point(113, 24))
    assert (found.kind, list(found.kept)) == ("polygon", [0, 1])
    assert tally.problems()[0].row == 3


def test_a_collection_keeps_its_parts_of_the_highest_dimension() -> None:
    found, _ = placed(shapely.GeometryCollection([shapely.Point(113, 24), SQUARE]))
    assert found.geometries[0].geom_type == "MultiPolygon"
