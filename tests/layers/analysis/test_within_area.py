"""What lies inside an area: exact for points, measured for lines and polygons, refused in words."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers.analysis import area_of, inside
from layers.analysis.area import MOST_VERTICES
from layers.analysis.listing import page, pages
from layers.analysis.sheets import sheet
from layers.errors import BadFilter
from layers.windows import parse_filter

RELAXED = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
GEOD = Geod(ellps="GRS80")
RNG = np.random.default_rng(3)
SPOTS = RNG.uniform((113.0, 24.4), (114.0, 25.2), (4000, 2)).round(7)


@pytest.fixture
def points(compiled: Any) -> Any:
    values = [None if n % 10 == 0 else n / 4 for n in range(4000)]
    return compiled(shapely.points(SPOTS).tolist(), v=values, name=[f"点{n}" for n in range(4000)])


@st.composite
def polygons(draw: st.DrawFn) -> Any:
    """Any simple polygon around the middle, perhaps with a hole."""
    corners = draw(st.integers(3, 9))
    reach = draw(st.lists(st.floats(0.01, 0.5), min_size=corners, max_size=corners))
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    ring = np.column_stack((np.cos(angle), np.sin(angle))) * np.array(reach)[:, None]
    middle = np.array(draw(st.tuples(st.floats(113.1, 113.9), st.floats(24.5, 25.1))))
    whole = shapely.Polygon(ring + middle, [ring * 0.3 + middle])
    return whole if whole.is_valid else shapely.Polygon(ring + middle)


@RELAXED
@given(polygons())
def test_exactly_the_points_that_the_polygon_covers_are_inside(points: Any, polygon: Any) -> None:
    found = inside(points, area_of(shapely.geometry.mapping(polygon)))
    expected = np.flatnonzero(shapely.intersects_xy(polygon, *SPOTS.T)) + 1
    assert sorted(points.parts[0].ids[found.rows[0][1]].tolist()) == expected.tolist()
    assert found.count == len(expected)
    assert (found.length_m, found.area_m2) == (None, None)


def test_a_point_on_the_edge_is_inside(compiled: Any) -> None:
    layer = compiled([shapely.Point(113.5, 24.5), shapely.Point(113.6000001, 24.5)])
    box = shapely.geometry.mapping(shapely.box(113.5, 24.5, 113.6, 24.6))
    assert inside(layer, area_of(box)).count == 1


@pytest.mark.parametrize("metres", [30.0, 1000.0, 50_000.0])
def test_a_buffer_reaches_exactly_so_many_metres(compiled: Any, metres: float) -> None:
    away = [0.0, 0.5 * metres, 0.998 * metres, 1.002 * metres, 2 * metres]
    spots = [GEOD.fwd(113.5, 24.8, 37 * n, far)[:2] for n, far in enumerate(away)]
    layer = compiled(shapely.points(spots).tolist())
    area = area_of({"type": "Point", "coordinates": [113.5, 24.8]}, metres)
    assert inside(layer, area).count == 3
    assert area.area_m2 == pytest.approx(np.pi * metres**2, rel=0.001)


@RELAXED
@given(polygons())
def test_sums_are_those_of_the_numbers_inside(points: Any, polygon: Any) -> None:
    found = inside(points, area_of(shapely.geometry.mapping(polygon)), sums=["v", "name"])
    rows = np.flatnonzero(shapely.intersects_xy(polygon, *SPOTS.T))
    values = rows[rows % 10 != 0] / 4
    total = found.sums["v"]
    assert total.sum == pytest.approx(values.sum())
    assert total.count == len(values)
    assert total.mean == (pytest.approx(values.mean()) if len(values) else None)
    assert (found.sums["name"].count, found.sums["name"].mean) == (0, None)


def test_lines_and_polygons_are_measured_as_far_as_they_lie_inside(compiled: Any) -> None:
    line = shapely.LineString([(113.4, 24.8), (113.6, 24.8)])
    square = shapely.box(113.45, 24.75, 113.55, 24.85)
    box = shapely.geometry.mapping(shapely.box(113.5, 24.7, 113.7, 24.9))
    found = inside(compiled([line, square, shapely.box(114, 24, 114.1, 24.1)]), area_of(box))
    assert found.count == 2
    expected = GEOD.inv(113.5, 24.8, 113.6, 24.8)[2]
    assert found.length_m == pytest.approx(expected, rel=1e-4)
    half = abs(GEOD.geometry_area_perimeter(shapely.box(113.5, 24.75, 113.55, 24.85))[0])
    assert found.area_m2 == pytest.approx(half, rel=1e-4)


@RELAXED
@given(polygons(), polygons())
def test_areas_agree_with_plain_geometry(compiled: Any, shape: Any, polygon: Any) -> None:
    found = inside(compiled([shape]), area_of(shapely.geometry.mapping(polygon)))
    common = shapely.segmentize(shapely.intersection(shape, polygon), 0.01)
    flat = gpd.GeoSeries([common], crs=4490).to_crs("+proj=laea +lat_0=24.8 +lon_0=113.5")
    assert (found.area_m2 or 0) == pytest.approx(float(flat.area.sum()), rel=1e-3, abs=50)


def test_a_filter_narrows_what_is_inside(points: Any) -> None:
    area = area_of(shapely.geometry.mapping(shapely.box(113, 24.4, 114, 25.2)))
    assert inside(points, area, where=parse_filter("v>=500")).count == 1800


def test_a_feature_of_several_kinds_is_one_feature(compiled: Any) -> None:
    both = shapely.GeometryCollection(
        [shapely.Point(113.5, 24.5), shapely.box(113.4, 24.4, 113.6, 24.6)]
    )
    layer = compiled([both], v=[5])
    found = inside(
        layer, area_of(shapely.geometry.mapping(shapely.box(113, 24, 114, 25))), sums=["v"]
    )
    assert found.count == 1
    assert (found.sums["v"].sum, found.sums["v"].count) == (5, 1)


def test_pages_follow_each_other_and_the_whole_list_is_the_same(points: Any) -> None:
    found = inside(points, area_of(shapely.geometry.mapping(shapely.box(113.2, 24.5, 113.6, 24.9))))
    listed, cursor = [], None
    while True:
        items, cursor = page(found, cursor, 97, ["name"])
        listed += items
        if cursor is None:
            break
    assert listed == list(pages(found, ["name"]))
    assert len(listed) == found.count


def test_an_area_that_crosses_itself_is_mended(points: Any) -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[113, 24.4], [114, 25.2], [114, 24.4], [113, 25.2], [113, 24.4]]],
    }
    assert inside(points, area_of(bow)).count == pytest.approx(2000, abs=150)


BOX = [[[113, 24], [114, 24], [114, 25], [113, 24]]]


@pytest.mark.parametrize(
    ("geometry", "metres"),
    [
        (None, None),
        ("POINT(1 1)", None),
        ({"type": "Circle", "coordinates": [1, 1]}, None),
        ({"type": "Point", "coordinates": [113, 24]}, None),
        ({"type": "Point", "coordinates": [113, 24]}, 0),
        ({"type": "Point", "coordinates": [113, 24]}, -1),
        ({"type": "Point", "coordinates": [113, 24]}, 200_001),
        ({"type": "Point", "coordinates": [113, 24]}, float("nan")),
        ({"type": "Point", "coordinates": ["a", "b"]}, 10),
        ({"type": "Point", "coordinates": [113]}, 10),
        ({"type": "Point", "coordinates": []}, 10),
        ({"type": "Point", "coordinates": [float("inf"), 24]}, 10),
        ({"type": "Point", "coordinates": [213, 24]}, 10),
        ({"type": "Point", "coordinates": [113, 86]}, 10),
        ({"type": "Polygon", "coordinates": [[[113, 24], [114, 24]]]}, None),
        ({"type": "Polygon", "coordinates": [[[113, 24], [114, 24], [115, 24], [113, 24]]]}, None),
        ({"type": "Polygon", "coordinates": [[[0, 0], [31, 0], [31, 1], [0, 0]]]}, None),
        ({"type": "MultiPoint", "coordinates": [[113, 24]] * (MOST_VERTICES + 1)}, 10),
        ({"type": "Polygon", "coordinates": [[[[[[[1]]]]]]]}, None),
    ],
)
def test_an_area_that_cannot_be_is_refused_in_words(geometry: object, metres: float | None) -> None:
    with pytest.raises(BadFilter):
        area_of(geometry, metres)


@pytest.mark.parametrize("metres", [0.1, 200_000])
def test_the_extremes_of_a_buffer_are_taken(metres: float) -> None:
    assert area_of({"type": "Point", "coordinates": [113, 24]}, metres).area_m2 > 0


def test_a_feature_is_taken_for_its_geometry() -> None:
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": BOX}}
    assert area_of(feature).polygon.area == pytest.approx(0.5)


def test_a_sum_of_an_unknown_field_is_refused(points: Any) -> None:
    with pytest.raises(BadFilter, match="name"):
        inside(points, area_of({"type": "Polygon", "coordinates": BOX}), sums=["没有"])


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@a", "\t=1", "\n=1", "=1"])
def test_no_cell_of_a_sheet_is_a_formula(text: str) -> None:
    feature = {
        "id": 1,
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "properties": {"a": text},
    }
    written = sheet("csv", {"a": text}, [feature]).decode("utf-8-sig")
    assert f"'{text}" in written
    assert sheet("xlsx", {"a": text}, [feature])
