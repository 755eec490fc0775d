"""GCJ-02 and BD-09 against published vectors, and there and back again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.crs import offset
from layers.crs.transform import from_lonlat, to_lonlat

SHARED = Path(__file__).resolve().parents[4] / "shared"
VECTORS = SHARED / "domain" / "7_geo" / "gcj_bd_vectors.csv"
CITIES = SHARED / "data" / "conformance" / "gcj02" / "china-cities.json"
STEPS = {
    "wgs84->gcj02": offset.gcj02_from_wgs84,
    "wgs84->gcj02 Shaoguan": offset.gcj02_from_wgs84,
    "gcj02->bd09": offset.bd09_from_gcj02,
}
CENTIMETRE = 1e-7  # degrees


def pair(lon: float, lat: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([lon]), np.array([lat])


@pytest.mark.parametrize(
    ("lon", "lat", "there"),
    [
        (116.404, 39.915, (116.41024449916938, 39.91640428150164)),
        (113.59762, 24.810879, (113.602809578, 24.807818369)),
    ],
)
def test_gcj02_agrees_with_the_published_implementation(
    lon: float, lat: float, there: tuple[float, float]
) -> None:
    found = np.column_stack(offset.gcj02_from_wgs84(*pair(lon, lat)))[0]
    assert found == pytest.approx(there, abs=1e-9)


def test_bd09_agrees_with_the_published_implementation() -> None:
    found = np.column_stack(offset.bd09_from_gcj02(*pair(116.404, 39.915)))[0]
    assert found == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


def test_the_inverse_is_iterated_not_one_step() -> None:
    found = np.column_stack(offset.wgs84_from_gcj02(*pair(116.404, 39.915)))[0]
    assert found == pytest.approx((116.3977557546, 39.9135962356), abs=1e-9)
    assert abs(found[0] - 116.39775550083061) > 1e-8  # the common one-step value


def test_outside_china_nothing_moves() -> None:
    assert offset.gcj02_from_wgs84(*pair(2.35, 48.85)) == pair(2.35, 48.85)
    assert offset.wgs84_from_gcj02(*pair(2.35, 48.85)) == pair(2.35, 48.85)


@given(st.floats(73.5, 135.0), st.floats(18.0, 53.5), st.sampled_from(["gcj02", "bd09"]))
def test_there_and_back_is_under_a_centimetre(lon: float, lat: float, crs: str) -> None:
    there = from_lonlat(crs)(*pair(lon, lat))
    back = np.column_stack(to_lonlat(crs)(*there))[0]
    assert back == pytest.approx((lon, lat), abs=CENTIMETRE)


@given(
    st.floats(112.6, 115.4),
    st.floats(23.8, 25.6),
    st.sampled_from(["EPSG:4526", "EPSG:4547", "EPSG:3857", "EPSG:4490"]),
)
def test_projections_go_there_and_back_under_a_centimetre(lon: float, lat: float, crs: str) -> None:
    back = np.column_stack(to_lonlat(crs)(*from_lonlat(crs)(*pair(lon, lat))))[0]
    assert back == pytest.approx((lon, lat), abs=CENTIMETRE)


@pytest.mark.shared
@pytest.mark.skipif(not VECTORS.exists(), reason="旁边没有 shared/domain/7_geo")
def test_the_published_vectors_hold() -> None:
    with VECTORS.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["transform"] in STEPS]
    assert len(rows) >= 6
    for row in rows:
        step = STEPS[row["transform"]]
        found = np.column_stack(step(*pair(float(row["lng_in"]), float(row["lat_in"]))))[0]
        wanted = (float(row["lng_out"]), float(row["lat_out"]))
        assert found == pytest.approx(wanted, abs=float(row["tolerance"]))


@pytest.mark.shared
@pytest.mark.skipif(not CITIES.exists(), reason="旁边没有 shared/data/conformance/gcj02")
def test_every_chinese_city_is_placed_where_the_map_services_place_it() -> None:
    places = [one["coords"] for one in json.loads(CITIES.read_text(encoding="utf-8"))]
    given_gcj = np.array([one["GCJ02"] for one in places]).T
    given_wgs = np.array([one["WGS84"] for one in places]).T
    off = np.abs(np.array(offset.wgs84_from_gcj02(*given_gcj)) - given_wgs)
    assert np.percentile(off, 99) < 2e-5  # the services' own numbers are rounded and one-step
