"""Shapes and positions."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from layers.checks import Original, apply_fixes, check, quarantine
from layers.crs.transform import apply, from_lonlat, to_lonlat
from tests.layers.checks.conftest import frame_of, kinds, look, only, rows_of, rules

BOW = Polygon([(113.2, 24.2), (113.4, 24.4), (113.4, 24.2), (113.2, 24.4)])
GOOD = box(113.1, 24.1, 113.2, 24.2)
NEEDLE = Polygon([(113.1, 24.1), (113.2, 24.1), (113.3, 24.1001), (113.2, 24.10001), (113.2, 24.2)])


def fix(frame: gpd.GeoDataFrame, kind: str) -> Any:
    report = look(frame)
    return apply_fixes(frame, rows_of(frame), report.issues, [only(report, kind).id])


def test_a_bow_is_named_with_its_crossing_and_mended_with_the_shape_before() -> None:
    frame = frame_of([BOW, GOOD])
    issue = only(look(frame), "invalid")
    assert issue.problem == "自相交(113.300000, 24.300000)"
    fixed = fix(frame, "invalid")
    assert fixed.frame.geometry.is_valid.all()
    assert fixed.frame.geometry[0].area == pytest.approx(0.02)
    assert shapely.from_wkt(fixed.geometry_before[2]).equals_exact(BOW, 1e-9)
    assert "invalid" not in kinds(check(fixed.frame, fixed.rows, rules=rules()))


def test_a_polygon_without_area_needs_a_person_and_stays_out() -> None:
    flat = Polygon([(113.1, 24.1), (113.2, 24.1), (113.3, 24.1)])
    frame = frame_of([flat, GOOD])
    issue = only(look(frame), "no_extent")
    assert issue.fix is None
    assert quarantine(rows_of(frame), [issue]).tolist() == [True, False]


def test_a_hole_drawn_as_a_second_polygon_is_found() -> None:
    nested = MultiPolygon([box(113.1, 24.1, 113.5, 24.5), box(113.2, 24.2, 113.3, 24.3)])
    assert only(look(frame_of([nested, GOOD])), "invalid").problem.startswith("面套着面")


def test_repeated_vertices_go_without_changing_the_shape() -> None:
    twice = Polygon([(113.1, 24.1), (113.2, 24.1), (113.2, 24.1), (113.2, 24.2)])
    fixed = fix(frame_of([twice, GOOD]), "repeated_vertex")
    assert shapely.get_num_coordinates(fixed.frame.geometry[0]) == 4
    assert fixed.frame.geometry[0].equals(twice)


def test_a_line_of_one_place_is_not_emptied_by_the_fix() -> None:
    frame = frame_of(
        [LineString([(113.1, 24.1), (113.1, 24.1)]), LineString([(113.1, 24.1), (113.2, 24.2)])]
    )
    assert "repeated_vertex" not in kinds(look(frame))
    assert only(look(frame), "no_extent").rows.tolist() == [2]


def test_a_ring_that_turns_the_other_way_joins_the_rest() -> None:
    frame = frame_of([GOOD, box(113.3, 24.1, 113.4, 24.2), GOOD.reverse()])
    issue = only(look(frame), "turn")
    assert issue.rows.tolist() == [4]
    fixed = fix(frame, "turn")
    assert len(set(shapely.is_ccw(shapely.get_exterior_ring(fixed.frame.geometry)).tolist())) == 1


def test_a_needle_is_cut_off() -> None:
    fixed = fix(frame_of([NEEDLE, GOOD]), "needle")
    assert fixed.frame.geometry[0].bounds[2] == pytest.approx(113.2)
    assert "needle" not in kinds(check(fixed.frame, fixed.rows, rules=rules()))


@pytest.mark.parametrize(
    "shape", [GOOD, box(113.1, 24.1, 113.9, 24.1001), Point(113.5, 24.5).buffer(0.1)]
)
def test_ordinary_and_slender_shapes_have_no_needle(shape: Polygon) -> None:
    assert "needle" not in kinds(look(frame_of([shape, box(113.6, 24.6, 113.7, 24.7)])))


def test_a_missing_and_an_infinite_position_are_named() -> None:
    report = look(frame_of([None, Point(), Point(np.inf, 1), Point(113.5, 24.5)]))
    assert only(report, "no_geometry").rows.tolist() == [2, 3]
    assert only(report, "off_earth").rows.tolist() == [4]


def test_a_line_among_points_stays_out() -> None:
    line = LineString([(113.1, 24.1), (113.2, 24.2)])
    assert only(
        look(frame_of([Point(113.5, 24.5), Point(113.6, 24.5), line])), "kind"
    ).rows.tolist() == [4]


def test_one_swapped_pair_of_degrees_changes_places() -> None:
    frame = frame_of([Point(24.5, 113.5), Point(113.5, 24.6), Point(113.5, 24.7)])
    assert only(look(frame), "swapped").problem == "X、Y 互换(24.5, 113.5)"
    fixed = fix(frame, "swapped")
    assert fixed.frame.geometry[0] == Point(113.5, 24.5)
    assert kinds(check(fixed.frame, fixed.rows, rules=rules())) == set()


def test_fixing_a_swapped_pair_twice_does_not_swap_it_back() -> None:
    frame = frame_of([Point(24.5, 113.5), Point(113.5, 24.6), Point(113.5, 24.7)])
    issues = look(frame).issues
    once = apply_fixes(frame, rows_of(frame), issues, ["swapped"])
    assert apply_fixes(once.frame, once.rows, issues, ["swapped"]).frame.geometry[0].x == 113.5


def test_a_swapped_pair_of_metres_is_found_in_the_original_numbers() -> None:
    places = shapely.points([113.5, 113.6, 113.7], [24.5, 24.6, 24.7])
    metres = apply(from_lonlat("EPSG:4526"), places)
    metres[0] = shapely.transform(metres[0], lambda pairs: pairs[:, ::-1])
    with np.errstate(all="ignore"):
        placed = apply(to_lonlat("EPSG:4526"), metres)
    frame = frame_of(placed)
    report = look(frame, original=Original(metres, "EPSG:4526"))
    assert only(report, "swapped").rows.tolist() == [2]
    fixed = apply_fixes(frame, rows_of(frame), report.issues, ["swapped"])
    assert fixed.frame.geometry[0].distance(Point(113.5, 24.5)) < 1e-8


def test_many_swapped_pairs_are_a_question_of_the_system_and_not_of_rows() -> None:
    frame = frame_of([Point(24.5, 113.5), Point(24.6, 113.5), Point(113.5, 24.7)])
    assert "swapped" not in kinds(look(frame))


def test_a_place_outside_tells_how_far_and_on_which_side_and_is_kept_with_a_mark() -> None:
    frame = frame_of([Point(112.977, 24.5), Point(113.5, 24.5), Point(113.6, 24.5)])
    assert only(look(frame), "outside").problem == "位于市域外 2.3 km(西)"
    fixed = fix(frame, "outside")
    assert fixed.frame["待核"][0] == "位于市域外 2.3 km(西)"
    assert fixed.frame["待核"].isna().tolist() == [False, True, True]
    assert "outside" not in kinds(check(fixed.frame, fixed.rows, rules=rules()))


@pytest.mark.parametrize(
    ("place", "side"),
    [
        ((114.1, 24.5), "东"),
        ((113.5, 25.1), "北"),
        ((113.5, 23.9), "南"),
        ((114.1, 25.09), "东北"),
        ((112.9, 23.91), "西南"),
    ],
)
def test_the_side_is_that_of_the_nearest_border(place: tuple[float, float], side: str) -> None:
    frame = frame_of([Point(place), Point(113.5, 24.5), Point(113.6, 24.5)])
    assert only(look(frame), "outside").problem.endswith(f"({side})")


@pytest.mark.parametrize(("metres", "found"), [(119, False), (121, True)])
def test_a_border_drawn_twice_is_no_border_crossed(metres: float, found: bool) -> None:
    frame = frame_of(
        [Point(113.5, 24.0 - metres / 111_320), Point(113.5, 24.5), Point(113.6, 24.5)]
    )
    assert ("outside" in kinds(look(frame))) is found


def test_what_lies_very_far_cannot_be_kept_with_a_click() -> None:
    frame = frame_of([Point(116.4, 39.9), Point(113.5, 24.5), Point(113.6, 24.5)])
    assert only(look(frame), "far_away").fix is None


def test_a_polygon_that_reaches_into_the_city_is_inside() -> None:
    assert kinds(look(frame_of([box(112.5, 24.2, 113.1, 24.3), GOOD]))) == set()


def test_without_an_outline_nothing_is_outside() -> None:
    assert kinds(look(frame_of([Point(116.4, 39.9), Point(113.5, 24.5)]), outline=None)) == set()


def test_a_million_points_are_judged_as_a_few_are() -> None:
    rng = np.random.default_rng(5)
    places = shapely.points(rng.uniform(112.9, 114.1, 30_000), rng.uniform(23.9, 25.1, 30_000))
    from layers.checks.inside import CityArea
    from tests.layers.checks.conftest import square_city

    area = CityArea(square_city())
    by_cells = area.touches(places)
    one_by_one = np.concatenate([area.touches(some) for some in np.array_split(places, 3)])
    assert (by_cells == one_by_one).all()
