"""Kernel density honest at the edge, Gi* by Ord & Getis (1995) eq. 14, hours by weekday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.grid import density, density_layer, hexagons, hours
from topics.kit.errors import BadManifest, TopicError
from topics.kit.tables_in_force import SHIPPED, use_home

AREA = shapely.box(113.5, 24.7, 113.8, 24.9)
PLANE = hexagons.Plane.around(113.6)
SIDE, BANDWIDTH = 600.0, 1_200.0


def scattered(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(113.5, 113.8, count), rng.uniform(24.7, 24.9, count)


def measured(lon: np.ndarray, lat: np.ndarray) -> density.Density:
    return density.measure(lon, lat, AREA, side=SIDE, bandwidth=BANDWIDTH)[0]


def test_shaoguan_lies_on_the_114th_meridian() -> None:
    assert PLANE.meridian == 114


@given(st.floats(113.5, 113.8), st.floats(24.7, 24.9))
@settings(max_examples=50)
def test_a_position_lies_in_the_cell_that_is_found_for_it(lon: float, lat: float) -> None:
    cells = CELLS
    x, y = PLANE.metres(np.array([lon]), np.array([lat]))
    (place,) = cells.locate(x, y)
    assert cells.shapes[place].distance(shapely.Point(x[0], y[0])) < 1e-6
    assert PLANE.degrees(x, y)[0][0] == pytest.approx(lon, abs=1e-9)


CELLS = hexagons.cover(PLANE.shape_in_metres(AREA), SIDE)


def test_the_cells_cover_the_area_once() -> None:
    whole = PLANE.shape_in_metres(AREA)
    assert CELLS.inside.sum() == pytest.approx(whole.area, rel=1e-9)
    assert (CELLS.inside <= CELLS.cell_area + 1e-6).all()
    assert shapely.area(CELLS.shapes) == pytest.approx(np.full(len(CELLS), CELLS.cell_area))


def test_the_same_place_is_in_the_same_cell_whatever_the_area() -> None:
    part = hexagons.cover(PLANE.shape_in_metres(shapely.box(113.6, 24.75, 113.7, 24.8)), SIDE)
    every = set(zip(CELLS.q.tolist(), CELLS.r.tolist(), strict=True))
    assert set(zip(part.q.tolist(), part.r.tolist(), strict=True)) <= every


def test_a_cell_in_the_middle_has_six_neighbours() -> None:
    own, other = CELLS.neighbours()
    middle = CELLS.locate(*PLANE.metres(np.array([113.65]), np.array([24.8])))[0]
    near = other[own == middle]
    assert len(near) == 6
    distances = np.linalg.norm(CELLS.centres[near] - CELLS.centres[middle], axis=1)
    assert distances == pytest.approx(np.full(6, SIDE * 3**0.5))


def test_every_event_is_counted_once_missing_or_outside() -> None:
    lon, lat = scattered(300)
    lon = np.append(lon, [np.nan, 113.6, 999.0, 120.0])
    lat = np.append(lat, [24.8, np.nan, 24.8, 24.8])
    found = measured(lon, lat)
    assert (found.counts.sum(), found.missing, found.outside) == (300, 3, 1)


def test_a_point_outside_its_region_does_not_raise_the_density() -> None:
    lon, lat = scattered(200)
    aside = measured(np.append(lon, 114.5), np.append(lat, 24.8))
    assert aside.per_km2 == pytest.approx(measured(lon, lat).per_km2)


def test_an_even_spread_is_even_up_to_the_edge() -> None:
    """Without the correction a cell at a corner would have a quarter of the density."""
    side = np.linspace(0.001, 0.299, 150), np.linspace(0.001, 0.199, 100)
    lon, lat = (one.ravel() for one in np.meshgrid(113.5 + side[0], 24.7 + side[1]))
    found = measured(lon, lat)
    mean = found.counts.sum() / (found.cells.inside.sum() / 1e6)
    inside = found.cells.inside > 0.5 * found.cells.cell_area
    assert found.per_km2[inside] == pytest.approx(np.full(inside.sum(), mean), rel=0.06)


def test_all_events_are_in_the_density() -> None:
    found = measured(*scattered(500))
    assert (found.per_km2 * found.cells.inside / 1e6).sum() == pytest.approx(500, rel=0.05)


def test_away_from_the_edge_it_is_the_plain_sum_of_gaussians() -> None:
    lon, lat = scattered(400)
    points = np.column_stack(PLANE.metres(lon, lat))
    found = density.kernel_density(CELLS, points, BANDWIDTH)
    centre = np.linalg.norm(CELLS.centres - CELLS.centres.mean(axis=0), axis=1) < 3_000
    expected = [
        np.exp(-((points - one) ** 2).sum(axis=1) / (2 * BANDWIDTH**2)).sum()
        / (2 * np.pi * BANDWIDTH**2)
        for one in CELLS.centres[centre]
    ]
    assert found[centre] == pytest.approx(np.array(expected), rel=2e-3)


def test_no_event_is_no_density_and_no_hot_spot() -> None:
    found = measured(np.array([]), np.array([]))
    assert not found.per_km2.any()
    assert np.isnan(found.z).all()
    assert set(found.label) == {""}


def test_gi_star_is_the_formula_of_1995() -> None:
    counts = np.random.default_rng(7).poisson(2.0, len(CELLS)).astype(np.int64)
    z = density.hot_spots(CELLS, counts)
    own, other = CELLS.neighbours()
    n, mean, s = len(CELLS), counts.mean(), counts.std()
    for cell in (0, 17, n // 2, n - 1):
        near = [cell, *other[own == cell].tolist()]
        w = len(near)
        expected = (counts[near].sum() - mean * w) / (s * np.sqrt((n * w - w**2) / (n - 1)))
        assert z[cell] == pytest.approx(expected)


def test_a_cluster_is_hot_and_chance_is_not() -> None:
    lon, lat = scattered(600)
    assert not any(one.startswith("热点 99") for one in measured(lon, lat).label)
    rng = np.random.default_rng(5)
    found = measured(
        np.append(lon, rng.normal(113.6, 0.004, 120)), np.append(lat, rng.normal(24.8, 0.004, 120))
    )
    hot = [n for n, one in enumerate(found.label) if one == "热点 99%"]
    there = found.cells.locate(*PLANE.metres(np.array([113.6]), np.array([24.8])))[0]
    assert there in hot
    away = np.linalg.norm(found.cells.centres[hot] - found.cells.centres[there], axis=1)
    assert away.max() < 4_000


def test_equal_counts_say_nothing() -> None:
    assert np.isnan(density.hot_spots(CELLS, np.full(len(CELLS), 4))).all()


def test_labels_stand_after_benjamini_hochberg() -> None:
    z = np.array([5.0, 2.0, 0.0, -5.0, np.nan, *np.zeros(95)])
    assert density.labels(z)[:5] == ["热点 99%", "", "", "冷点 99%", ""]
    assert density.labels(np.array([2.0])) == ["热点 95%"]  # alone it would stand


@pytest.mark.parametrize(
    ("side", "bandwidth", "told"),
    [(0, 100, "边长 0"), (-5, 100, "边长 -5"), (600, 300, "不小于六边形边长"), (5, 50, "太多")],
)
def test_a_setting_that_makes_no_map_is_refused(side: float, bandwidth: float, told: str) -> None:
    with pytest.raises(hexagons.BadArea, match=told):
        density.measure(*scattered(3), AREA, side=side, bandwidth=bandwidth)


def test_an_empty_area_is_refused() -> None:
    with pytest.raises(hexagons.BadArea, match="统计范围"):
        hexagons.cover(shapely.Polygon(), 100)


def test_hours_are_those_of_the_city() -> None:
    sunday_night = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 on Monday in Shaoguan
    counts = hours.profile([sunday_night, sunday_night + timedelta(minutes=29)])
    assert counts.shape == (7, 24)
    assert counts[0, 0] == 2
    assert counts.sum() == 2
    assert hours.busiest(counts) == "周一 0–1 时最多(2 件)"
    assert hours.busiest(hours.profile([])) == ""


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TopicError, match="没有时区"):
        hours.profile([datetime(2026, 11, 22, 8)])  # noqa: DTZ001


def test_the_hour_that_comes_twice_counts_both() -> None:
    first = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)  # 01:30 EDT, an hour later 01:30 EST
    counts = hours.profile([first, first + timedelta(hours=1)], ZoneInfo("America/New_York"))
    assert counts[6, 1] == 2


def test_the_layer_says_how_many_events_it_cannot_place() -> None:
    lon, lat = scattered(30)
    points = [*shapely.points(lon, lat), *[None] * 10, *[shapely.Point(120.0, 30.0)] * 5]
    made = density_layer.hexagons(gpd.GeoDataFrame(geometry=points, crs=4326), AREA)
    assert made["count"].sum() == 30
    note = made.attrs["note"]
    assert note == "45 件事件中 30 件计入密度,10 件没有位置,5 件在市域外"


def test_the_layer_that_places_all_events_leaves_none_out() -> None:
    lon, lat = scattered(30)
    frame = gpd.GeoDataFrame(geometry=list(shapely.points(lon, lat)), crs=4326)
    assert density_layer.hexagons(frame, AREA).attrs["note"] == "30 件事件中 30 件计入密度"


def test_the_cells_of_a_city_follow_its_own_rule(tmp_path: Path) -> None:
    lon, lat = scattered(30)
    frame = gpd.GeoDataFrame(geometry=list(shapely.points(lon, lat)), crs=4326)
    shipped = len(density_layer.hexagons(frame, AREA))
    own = tmp_path / "topics" / "grid" / "grid_rules.csv"
    own.parent.mkdir(parents=True)
    text = (SHIPPED / "grid" / "grid_rules.csv").read_text(encoding="utf-8")
    own.write_text(text.replace("density_side,2000", "density_side,1000"), encoding="utf-8")
    use_home(tmp_path)
    try:
        assert len(density_layer.hexagons(frame, AREA)) > 2 * shipped
        own.write_text(text.replace("density_side,2000", "density_side,5000"), encoding="utf-8")
        use_home(tmp_path)
        with pytest.raises(BadManifest, match="density_bandwidth 不能小于"):
            density_layer.hexagons(frame, AREA)
    finally:
        use_home(None)
