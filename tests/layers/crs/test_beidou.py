"""Beidou codes name cells: the published vectors, all four hemispheres, and what is no code."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.crs import beidou, dms
from layers.errors import BadCoordinates

VECTORS = Path(__file__).parent / "vectors" / "beidou_vectors.csv"
_OFFICE = "113.59762,24.810879 (韶关市政府 approx, as CGCS2000)"


def position(text: str) -> tuple[float, float]:
    """Longitude and latitude of a vector's point, however it is spelled."""
    if text in {_OFFICE, "same"}:
        return 113.59762, 24.810879
    north, east = text.replace(",", " ").split()
    lat, lon = dms.parse(north), dms.parse(east)
    assert lat is not None
    assert lon is not None
    return lon, lat


def vectors() -> list[tuple[str, int, str]]:
    with VECTORS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if len(row["code"]) > 3]
    return [(row["point"], int(row["level"]), row["code"]) for row in rows]


@pytest.mark.parametrize(("point", "level", "code"), vectors())
def test_a_published_point_has_its_published_code(point: str, level: int, code: str) -> None:
    assert beidou.encode(*position(point), level) == code


@pytest.mark.parametrize(("point", "level", "code"), vectors())
def test_a_published_code_leads_to_the_cell_around_its_point(
    point: str, level: int, code: str
) -> None:
    lon, lat = position(point)
    cell = beidou.cell(code)
    assert cell.level == level
    assert cell.west <= lon < cell.east or cell.west < lon <= cell.east
    assert cell.south <= lat < cell.north or cell.south < lat <= cell.north


@pytest.mark.parametrize(
    ("solid", "flat"),
    [
        ("S021I0085010760D3000756024211474", "S21I85176D3075022147"),
        ("N010L0047010460D5030616124711274", "N10L47146D5361127127"),
    ],
)
def test_a_code_with_height_stands_on_its_flat_cell(solid: str, flat: str) -> None:
    assert beidou.cell(solid) == beidou.cell(flat)


def test_the_sides_of_a_cell_are_those_of_the_standard() -> None:
    cell = beidou.cell("N49GB1258C9")
    assert (cell.east - cell.west) * 3600 == pytest.approx(4.0, abs=1e-6)
    assert (cell.north - cell.south) * 3600 == pytest.approx(4.0, abs=1e-6)


@settings(deadline=None)
@given(
    st.floats(-179.99, 179.99),
    st.floats(-87.99, 87.99),
    st.integers(1, 10),
)
def test_the_cell_of_a_position_holds_it_and_has_the_same_code(
    lon: float, lat: float, level: int
) -> None:
    code = beidou.encode(lon, lat, level)
    cell = beidou.cell(code)
    assert cell.west - 1e-12 <= lon <= cell.east + 1e-12
    assert cell.south - 1e-12 <= lat <= cell.north + 1e-12
    assert beidou.encode(cell.lon, cell.lat, level) == code


@settings(deadline=None)
@given(st.integers(0, 180 * 3600 // 4 - 1), st.integers(0, 88 * 3600 // 4 - 1))
def test_a_corner_written_as_a_decimal_does_not_flip_into_the_neighbour(x: int, y: int) -> None:
    lon, lat = x * 4 / 3600, y * 4 / 3600
    cell = beidou.cell(beidou.encode(lon, lat, 5))
    assert (cell.west, cell.south) == pytest.approx((lon, lat), abs=1e-12)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("X49G", "第 1 位“X”"),
        ("N00G", "列号 00"),
        ("N61G", "列号 61"),
        ("N4GG", "第 3 位“G”"),
        ("N49W", "第 4 位“W”"),
        ("N49GC1", "第 5 位“C”"),
        ("N49GB8", "第 6 位“8”"),
        ("N49GB16", "第 7 位“6”"),
        ("N49GB125A8", "长 10 位"),
        ("N49GB125F8", "长 10 位"),
        ("N49GB12F8", "第 8 位“F”"),
        ("N49GB1258C94", "第 12 位“4”"),
        ("N49GB1258C9388", "第 13 位“8”"),
        ("", "长 0 位"),
        ("N٤٩G", "第 2 位“٤”"),
    ],
)
def test_what_is_no_code_is_refused_naming_the_position(code: str, words: str) -> None:
    with pytest.raises(BadCoordinates, match=words):
        beidou.decode(code)


@pytest.mark.parametrize("place", [(0.0, 88.0), (0.0, -88.0), (180.1, 0.0), (np.nan, 1.0)])
def test_beyond_the_grid_there_is_no_code(place: tuple[float, float]) -> None:
    with pytest.raises(BadCoordinates, match="没有北斗网格码"):
        beidou.encode(*place)


def test_just_below_the_polar_cap_and_at_the_date_line_there_is_one() -> None:
    assert beidou.encode(0.0, 87.999, 1) == "N31V"
    assert beidou.encode(180.0, 0.0, 1) == beidou.encode(-180.0, 0.0, 1) == "N60A"


def test_many_codes_are_decoded_at_once_and_gaps_stay_gaps() -> None:
    lon, lat, level = beidou.decode_all(np.array(["n49gb1258c9", None, "坏"], dtype=object))
    assert level.tolist() == [5, 0, 0]
    assert (lon[0], lat[0]) == pytest.approx((113.59762, 24.810879), abs=4 / 3600)
    assert np.isnan(lon[1:]).all()


def test_no_codes_are_no_positions() -> None:
    assert [len(one) for one in beidou.decode_all([])] == [0, 0, 0]
