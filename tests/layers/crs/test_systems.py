"""Every system there and back, against published values; parameters as offices hand them out."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.crs import names, seven
from layers.crs.decide import decide
from layers.crs.system import System, split
from layers.crs.transform import from_lonlat, to_lonlat
from layers.errors import UnknownCRS

PROJECTED = Path(__file__).parent / "vectors" / "projection_vectors.csv"
SEVEN = "-15.4,-12.1,8.9,1.2,-0.8,0.6,4.1,position_vector"
SYSTEMS = [
    "EPSG:4326",
    "EPSG:4490",
    "gcj02",
    "bd09",
    "EPSG:3857",
    "EPSG:4526",
    "EPSG:4547",
    "EPSG:4508",
    "EPSG:4497",
    "EPSG:2362",
    "EPSG:2435",
    "gcj02:yx",
    "EPSG:4547:yx",
    "EPSG:4526@gcj02",
    "EPSG:4526@gcj02:yx",
    "cgcs2000-gk3",
    "cgcs2000-gk6",
    f"EPSG:2383+seven({SEVEN})",
    f"EPSG:4610:yx+seven({SEVEN.replace('position_vector', 'coordinate_frame')})",
]


def rows() -> list[dict[str, str]]:
    with PROJECTED.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("crs", SYSTEMS)
@settings(deadline=None)
@given(lon=st.floats(112.9, 114.7), lat=st.floats(23.9, 25.5))
def test_there_and_back_again_is_the_same_place(crs: str, lon: float, lat: float) -> None:
    x, y = from_lonlat(crs)(np.array([lon]), np.array([lat]))
    back = np.column_stack(to_lonlat(crs)(x, y))[0]
    assert back == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['point']}-{row['epsg']}")
def test_a_published_position_has_its_published_metres(row: dict[str, str]) -> None:
    place = np.array([float(row["lng"])]), np.array([float(row["lat"])])
    found = np.column_stack(from_lonlat(f"EPSG:{row['epsg']}")(*place))[0]
    assert found == pytest.approx((float(row["easting"]), float(row["northing"])), abs=1e-3)


@pytest.mark.parametrize("crs", SYSTEMS)
def test_a_full_name_is_taken_apart_and_put_together(crs: str) -> None:
    assert split(crs).name == crs
    assert names.named(crs) == crs
    assert names.shown(crs)


def test_a_wkt_is_no_full_name_of_ours() -> None:
    wkt = 'GEOGCS["甲+乙:yx",DATUM["D",SPHEROID["S",6378137,298.257]]]'
    assert split(wkt) == System(wkt)


def test_the_title_says_what_is_done_to_the_numbers() -> None:
    title = names.shown(f"EPSG:2362:yx+seven({SEVEN})")
    assert title == "EPSG:2362(西安80 3°带 38),北(纬度)在前,用给定的七参数(布尔沙)"


def test_a_pure_shift_moves_by_what_it_says() -> None:
    there, _ = seven.shift("0,100,0,0,0,0,0,position_vector", "EPSG:4490")
    lon, lat = there(np.array([0.0]), np.array([0.0]))
    assert lon[0] * 111_319.49 == pytest.approx(100.0, abs=0.01)
    assert lat[0] == pytest.approx(0.0, abs=1e-12)


def test_the_two_conventions_turn_in_opposite_directions() -> None:
    moved = [
        seven.shift(f"0,0,0,0,0,1,0,{convention}", "EPSG:4490")[0](np.array([0.0]), np.array([0.0]))
        for convention in ("position_vector", "coordinate_frame")
    ]
    assert moved[0][0][0] * 3600 == pytest.approx(1.0, abs=1e-6)
    assert moved[1][0][0] * 3600 == pytest.approx(-1.0, abs=1e-6)


@pytest.mark.parametrize(
    "given",
    [
        SEVEN,
        SEVEN.replace(",", ", ").replace("position_vector", "布尔沙"),
        (-15.4, -12.1, 8.9, 1.2, -0.8, 0.6, 4.1),
        {"dx": -15.4, "dy": -12.1, "dz": 8.9, "rx": 1.2, "ry": -0.8, "rz": 0.6}
        | {"scale": 4.1, "convention": "9606"},
    ],
)
def test_parameters_are_read_from_text_form_and_list(given: object) -> None:
    assert seven.parameters(given).text == SEVEN


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("1,2,3,4,5,6,7", "有 7 项"),
        ("1,2,3,4,5,6,7,左手", "“左手”不认识"),
        ("1,2,x,4,5,6,7,9606", "dz“x”不是数"),
        ("1,2,nan,4,5,6,7,9606", "超出"),
        ("1,2,3,61,5,6,7,9606", "rx 为 61,超出 ±60"),
        ("5001,2,3,4,5,6,7,9606", "dx 为 5001,超出"),
        ((1, 2, 3), "有 3 项"),
    ],
)
def test_parameters_nobody_can_use_are_refused_with_the_form(given: object, words: str) -> None:
    with pytest.raises(UnknownCRS, match=words):
        seven.parameters(given)


@pytest.mark.parametrize(
    ("wanted", "words"), [("auto", "哪个坐标系"), ("gcj02", "不需要"), ("EPSG:4490", "不需要")]
)
def test_parameters_without_an_old_system_are_refused(wanted: str, words: str) -> None:
    place = np.array([shapely.Point(113.6, 24.8)])
    with pytest.raises(UnknownCRS, match=words):
        decide(place, wanted=wanted, declared=None, outline=None, parameters=SEVEN)


def test_given_parameters_take_the_warning_away() -> None:
    place = np.array([shapely.Point(38459317.5, 2745164.9)])
    found = decide(place, wanted="EPSG:2362", declared=None, outline=None, parameters=SEVEN)
    assert found.decided == f"EPSG:2362+seven({SEVEN})"
    assert not any("百米" in one for one in found.evidence)
