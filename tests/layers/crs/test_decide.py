"""Told, proven, or asked: the coordinate question on a small city."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.crs.decide import decide
from layers.crs.outline import Outline
from layers.crs.transform import apply, from_lonlat
from layers.errors import BadCoordinates, UnknownCRS


def wavy(west: float, south: float, size: float, seed: int) -> shapely.Polygon:
    """A county with a border like a real one: crooked."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = size * (1 + np.cumsum(random.normal(0, 0.012, 240)) * np.sin(angle / 2))
    x = west + size + radius * np.cos(angle)
    y = south + size + radius * np.sin(angle)
    return shapely.Polygon(np.column_stack([x, y])).buffer(0)


COUNTIES = np.array([wavy(113.0, 24.3, 0.3, 1), wavy(113.7, 24.4, 0.25, 2)])
OUTLINE = Outline(("440203", "440204"), ("甲", "乙"), COUNTIES)
SITES = shapely.points(shapely.get_coordinates(shapely.centroid(COUNTIES)))


def as_crs(crs: str, geometries: np.ndarray = COUNTIES) -> np.ndarray:
    return apply(from_lonlat(crs), geometries)


@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02", "bd09"])
def test_degrees_are_told_apart_by_the_trusted_outline(crs: str) -> None:
    found = decide(as_crs(crs), wanted="auto", declared="EPSG:4326", outline=OUTLINE)
    assert found.decided == crs
    assert found.confidence is not None
    assert found.confidence >= 0.9


@pytest.mark.parametrize("declared", [None, "EPSG:4326", "EPSG:4490"])
def test_degrees_without_an_outline_are_a_question_whatever_their_label(
    declared: str | None,
) -> None:
    found = decide(COUNTIES, wanted="auto", declared=declared, outline=None)
    assert found.decided is None
    assert any("没有可信界线" in one for one in found.evidence)
    assert {one["crs"] for one in found.candidates} == {"EPSG:4326", "gcj02", "bd09"}


def test_points_that_prove_nothing_stay_a_question_even_with_an_outline() -> None:
    assert decide(SITES, wanted="auto", declared=None, outline=OUTLINE).decided is None


def test_a_displacement_of_19_km_is_caught_and_measured() -> None:
    moved = shapely.transform(COUNTIES, lambda pairs: np.add(pairs, (0.15, 0.1)))
    found = decide(moved, wanted="auto", declared="EPSG:4326", outline=OUTLINE)
    assert found.decided is None
    assert any("整体偏移约 18" in one or "整体偏移约 19" in one for one in found.evidence)


def test_a_declared_projection_whose_numbers_fit_is_taken_without_asking() -> None:
    found = decide(as_crs("EPSG:4547"), wanted="auto", declared="EPSG:4547", outline=None)
    assert (found.decided, found.declared) == ("EPSG:4547", "EPSG:4547")


def test_a_declared_projection_that_contradicts_the_numbers_is_a_question() -> None:
    found = decide(as_crs("EPSG:4526"), wanted="auto", declared="EPSG:4547", outline=None)
    assert found.decided is None
    assert found.candidates[0]["crs"] == "EPSG:4526"


@pytest.mark.parametrize("crs", ["EPSG:4526", "EPSG:4547"])
def test_undeclared_metres_are_settled_by_zone_and_outline(crs: str) -> None:
    assert decide(as_crs(crs), wanted="auto", declared=None, outline=OUTLINE).decided == crs


def test_undeclared_metres_without_an_outline_are_a_question() -> None:
    found = decide(as_crs("EPSG:4526"), wanted="auto", declared=None, outline=None)
    assert found.decided is None
    assert any("38 带号" in one for one in found.evidence)


def test_what_the_owner_says_is_taken_and_a_contradiction_is_told() -> None:
    found = decide(as_crs("gcj02"), wanted="EPSG:4490", declared=None, outline=OUTLINE)
    assert (found.decided, found.confidence) == ("EPSG:4490", 0.5)
    assert any("更像 GCJ-02" in one for one in found.evidence)


def test_a_column_that_names_gcj02_is_taken_at_its_word() -> None:
    assert decide(SITES, wanted="auto", declared="gcj02", outline=None).decided == "gcj02"


def test_degrees_told_to_be_metres_are_refused_with_the_remedy() -> None:
    with pytest.raises(BadCoordinates, match="像经纬度"):
        decide(COUNTIES, wanted="EPSG:4547", declared=None, outline=None)


def test_metres_told_to_be_degrees_are_refused_with_the_zone() -> None:
    with pytest.raises(BadCoordinates, match="EPSG:4526"):
        decide(as_crs("EPSG:4526"), wanted="gcj02", declared=None, outline=None)


@pytest.mark.parametrize("wanted", ["auto", "EPSG:4326"])
@pytest.mark.parametrize("place", [(200.0, 100.0), (1e300, 1e300), (np.inf, 24.0), (np.nan, 1.0)])
def test_numbers_that_are_nowhere_are_refused(wanted: str, place: tuple[float, float]) -> None:
    with pytest.raises(BadCoordinates):
        decide(np.array([shapely.Point(place)]), wanted=wanted, declared=None, outline=None)


def test_a_system_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownCRS):
        decide(COUNTIES, wanted="EPSG:1", declared=None, outline=None)


def test_xian80_is_taken_with_a_warning() -> None:
    found = decide(as_crs("EPSG:2383"), wanted="EPSG:2383", declared=None, outline=None)
    assert any("差到百米" in one for one in found.evidence)
