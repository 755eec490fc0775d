"""Places in every spelling that tables have, by name, by content, or as a person says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from layers.crs import beidou
from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions, Upload, read

Read = Callable[..., Reading]
LON, LAT = 113 + 35 / 60 + 51.4 / 3600, 24 + 48 / 60 + 39 / 3600


@pytest.fixture
def read_text(tmp_path: Path) -> Read:
    """Read a text as a CSV with the given options."""

    def reader(text: str, **options: object) -> Reading:
        path = tmp_path / "upload"
        path.write_text(text, encoding="utf-8")
        return read(Upload(path, "表.csv"), ReadOptions(**options))  # type: ignore[arg-type]

    return reader


def at(reading: Reading) -> list[tuple[float, float]]:
    return [(round(point.x, 9), round(point.y, 9)) for point in reading.frame.geometry]


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("113°35′51.4″E", "24°48′39″N"),
        ("东经113度35分51.4秒", "北纬24度48分39秒"),
        ("113-35-51.4", "24-48-39"),
        ("E113.35.51.4", "N24.48.39"),
        ("113:35:51.4", "24:48:39"),
    ],
)
def test_degrees_minutes_seconds_are_read_in_every_spelling(
    read_text: Read, lon: str, lat: str
) -> None:
    reading = read_text(f"名称,经度,纬度\n甲,{lon},{lat}\n")
    assert at(reading) == [(round(LON, 9), round(LAT, 9))]
    assert any("2 个值写成度分秒" in one for one in reading.evidence)


def test_angles_that_say_north_stand_for_latitude_whatever_the_column_is_called(
    read_text: Read,
) -> None:
    reading = read_text("经度,纬度\nN35°30′0″,W12°0′0″\nN36°30′0″,W13°0′0″\n")
    assert at(reading) == [(-12.0, 35.5), (-13.0, 36.5)]
    assert any("写明是纬度" in one for one in reading.evidence)


@pytest.mark.parametrize(
    "pair",
    [
        '"113.597611,24.810833"',
        "(113.597611 24.810833)",
        '"24.810833, 113.597611"',
        "113.597611;24.810833",
        "113.597611、24.810833",
    ],
)
def test_a_pair_in_one_cell_is_read_by_its_content(read_text: Read, pair: str) -> None:
    reading = read_text(f"名称,哪里\n甲,{pair}\n")
    assert at(reading) == [(113.597611, 24.810833)]
    assert list(reading.frame.columns) == ["名称", "geometry"]


@pytest.mark.parametrize(
    "pair",
    [
        '"113°35′51.4″E,24°48′39″N"',
        '"N24°48′39″, E113°35′51.4″"',
        "北纬24°48′39″ 东经113°35′51.4″",
        "东经113度35分51.4秒北纬24度48分39秒",
    ],
)
def test_a_pair_of_angles_is_read(read_text: Read, pair: str) -> None:
    assert at(read_text(f"名称,坐标\n甲,{pair}\n")) == [(round(LON, 9), round(LAT, 9))]


def test_a_pair_abroad_is_read_in_the_order_that_it_names(read_text: Read) -> None:
    assert at(read_text('坐标\n"N35°30′0″, W12°0′0″"\n', columns={"pair": "坐标"})) == [
        (-12.0, 35.5)
    ]


def test_wkt_is_found_by_content(read_text: Read) -> None:
    reading = read_text(
        '名称,wkt\n甲,"SRID=4326;LINESTRING (113.5 24.5, 113.6 24.6)"\n乙,x\n丙,POINT Z (1 2 3)\n'
    )
    assert [one.geom_type for one in reading.frame.geometry] == ["LineString", "Point"]
    assert reading.left_out is not None
    assert reading.left_out["wkt"].tolist() == ["x"]


def test_grid_codes_become_the_centres_of_their_cells(read_text: Read) -> None:
    code = beidou.encode(113.5976, 24.8108, 5)
    reading = read_text(f"名称,网格\n甲,{code}\n")
    lon, lat, _ = beidou.decode(code)
    assert at(reading) == [(round(lon, 9), round(lat, 9))]
    assert reading.declared == "EPSG:4490"
    assert any("第 5 级,格高约 124 米" in one for one in reading.evidence)
    assert reading.frame["网格"][0] == code


def test_a_wrong_grid_code_is_left_out_with_the_reason(read_text: Read) -> None:
    code = beidou.encode(113.5976, 24.8108, 5)
    reading = read_text(f"名称,北斗网格码\n甲,{code}\n乙,N49ZZZ\n")
    assert reading.left_out is not None
    assert reading.left_out["_reason"].tolist() == ["北斗网格码不是北斗网格位置码"]


def test_content_decides_where_names_lie(read_text: Read) -> None:
    reading = read_text("经度,纬度,甲,乙\n1,2,113.6,24.8\n3,4,113.7,24.9\n")
    assert at(reading) == [(113.6, 24.8), (113.7, 24.9)]
    assert any("不像坐标,按内容改用" in one for one in reading.evidence)


def test_columns_of_two_systems_are_not_mixed(read_text: Read) -> None:
    text = "lng_gcj02,lng_wgs84,lat_wgs84,lat_gcj02\n113.6,113.595,24.803,24.8\n"
    reading = read_text(text)
    assert (at(reading), reading.declared) == ([(113.6, 24.8)], "gcj02")
    assert any("另有坐标列“lng_wgs84”“lat_wgs84”,未用" in one for one in reading.evidence)


def test_several_columns_that_look_alike_are_asked_about(read_text: Read) -> None:
    text = "甲,乙,丙,丁\n113.6,24.8,113.7,24.9\n"
    with pytest.raises(NeedsAnswer, match="请指明经度列和纬度列") as asked:
        read_text(text)
    assert asked.value.question is not None
    assert asked.value.question.kind == "columns"
    last = asked.value.question.options[-1]
    assert at(read_text(text, columns=orjson.loads(last.value))) == [(113.7, 24.9)]


def test_what_a_person_said_wins(read_text: Read) -> None:
    reading = read_text("经度,纬度,a,b\n113.6,24.8,113.7,24.9\n", columns={"lon": "a", "lat": "b"})
    assert at(reading) == [(113.7, 24.9)]
    assert any("由导入者指定" in one for one in reading.evidence)


@pytest.mark.parametrize(
    ("columns", "words"),
    [({"lon": "丁", "lat": "纬度"}, "没有指定的列“丁”"), ({"lon": "经度"}, "只指定了一个")],
)
def test_what_a_person_said_is_checked(
    read_text: Read, columns: dict[str, str], words: str
) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_text("经度,纬度\n113.6,24.8\n", columns=columns)


def test_metres_with_their_zone_are_found_by_content_and_money_is_not(read_text: Read) -> None:
    assert at(read_text("甲,乙\n2745164.9,38459317.5\n")) == [(38459317.5, 2745164.9)]
    with pytest.raises(UnreadableFile, match="没有坐标列"):
        read_text("产值,税收\n2745164.9,459317.5\n")


def test_a_dash_among_metres_is_no_angle(read_text: Read) -> None:
    reading = read_text("X,Y\n2745164.9,38459317.5\n2745164.9,38-45\n")
    assert reading.left_out is not None
    assert len(reading.frame) == 1
