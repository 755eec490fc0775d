"""Versions written out and read again."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from shapely import Point, Polygon

from layers.crs.names import declared
from layers.crs.transform import apply, to_lonlat
from layers.errors import BadFilter, StoreUnavailable, UnknownCRS
from layers.export import FORMATS, export_frame, file_name
from layers.export.formulas import harmless
from layers.export.shapefile import short_names
from layers.intake.attributes import tidy
from layers.readers import Upload, read

SYSTEMS = ["EPSG:4326", "EPSG:4490", "EPSG:4547", "gcj02", "bd09"]
READABLE = ["geojson", "gpkg", "shp", "csv"]


def features(
    texts: list[str] | None = None, points: list[tuple[float, float]] | None = None
) -> gpd.GeoDataFrame:
    texts = texts or ["马坝镇", "乌石镇"]
    points = points or [(113.597620123, 24.810879), (113.7, 24.9)][: len(texts)]
    frame = gpd.GeoDataFrame(
        {"名称": texts, "流量": [1.5 - n for n in range(len(texts))]},
        geometry=[Point(p) for p in points],
    )
    return tidy(frame).set_crs("EPSG:4326")


def written(folder: Path, frame: gpd.GeoDataFrame, kind: str, crs: str = "EPSG:4326") -> Path:
    path = folder / file_name("层", crs, kind)
    export_frame(frame, path, kind, crs)
    return path


def again(path: Path) -> gpd.GeoDataFrame:
    """The file through our own reader, placed in degrees as its label says."""
    reading = read(Upload(path, path.name))
    system = declared(reading.declared) or ("EPSG:4547" if "4547" in path.name else "EPSG:4326")
    shapes = apply(to_lonlat(system), reading.frame.geometry.to_numpy())
    return reading.frame.set_geometry(shapes)


@pytest.mark.parametrize("crs", SYSTEMS)
@pytest.mark.parametrize("kind", READABLE)
def test_what_is_exported_reads_back_where_it_was(tmp_path: Path, kind: str, crs: str) -> None:
    frame = features()
    back = again(written(tmp_path, frame, kind, crs))
    assert np.abs(back.geometry.x - frame.geometry.x).max() < 2e-9
    assert np.abs(back.geometry.y - frame.geometry.y).max() < 2e-9
    assert back["名称"].tolist() == frame["名称"].tolist()
    assert back["流量"].tolist() == frame["流量"].tolist()


_CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\x85\ufeff\ufffe\uffff"
)
_TEXTS = st.text(_CHARACTERS, min_size=1, max_size=12).filter(
    lambda text: text == text.strip() and harmless(text) == text and not text.isascii()
)
_POINTS = st.tuples(st.floats(113.0, 114.5), st.floats(24.0, 25.5))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(_TEXTS, _POINTS), min_size=1, max_size=5),
    st.sampled_from(READABLE),
    st.sampled_from(["EPSG:4326", "gcj02", "bd09"]),
)
def test_any_text_and_any_place_survive(
    tmp_path: Path, rows: list[tuple[str, tuple[float, float]]], kind: str, crs: str
) -> None:
    frame = features([text for text, _ in rows], [place for _, place in rows])
    back = again(written(tmp_path, frame, kind, crs))
    assert back["名称"].tolist() == frame["名称"].tolist()
    moved = np.abs(shapely.get_coordinates(back.geometry) - shapely.get_coordinates(frame.geometry))
    assert moved.max() < 2e-9


@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02"])
def test_a_parquet_file_reads_back_with_its_label(tmp_path: Path, crs: str) -> None:
    path = written(tmp_path, features(), "parquet", crs)
    back = gpd.read_parquet(path)
    assert declared(back.crs.to_wkt()) == crs
    assert back["名称"].tolist() == ["马坝镇", "乌石镇"]
    assert gpd.read_parquet(path, bbox=(113.65, 24, 114, 25))["名称"].tolist() == ["乌石镇"]


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
@pytest.mark.parametrize("kind", ["gpkg", "shp"])
def test_an_offset_never_carries_a_code(tmp_path: Path, kind: str, crs: str) -> None:
    path = written(tmp_path, features(), kind, crs)
    if kind == "shp":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path)
        path = path.with_suffix(".shp")
    told = pyogrio.read_info(path)["crs"]
    assert not told.startswith("EPSG")
    assert declared(told) == crs


def test_a_geojson_in_another_system_says_so(tmp_path: Path) -> None:
    plain = json.loads(written(tmp_path, features(), "geojson").read_bytes())
    moved = json.loads(written(tmp_path, features(), "geojson", "gcj02").read_bytes())
    assert "crs" not in plain
    assert moved["crs"]["properties"]["name"] == "gcj02"
    assert "火星坐标" in moved["description"]


def test_geojson_rings_turn_left_outside_and_right_inside(tmp_path: Path) -> None:
    ring = [(0, 0), (0, 9), (9, 9), (9, 0)]
    hole = [(1, 1), (2, 1), (2, 2), (1, 2)]
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[Polygon(ring, [hole])], crs="EPSG:4326")
    made = json.loads(written(tmp_path, frame, "geojson").read_bytes())
    outer, inner = made["features"][0]["geometry"]["coordinates"]
    assert shapely.is_ccw(shapely.LinearRing(outer))
    assert not shapely.is_ccw(shapely.LinearRing(inner))


def test_missing_values_are_null_in_geojson(tmp_path: Path) -> None:
    frame = features().assign(数=[np.nan, 1.0], 时=pd.to_datetime(["2026-09-03", None]))
    made = json.loads(written(tmp_path, frame, "geojson").read_bytes())
    assert [one["properties"]["数"] for one in made["features"]] == [None, 1.0]
    assert [one["properties"]["时"] for one in made["features"]] == ["2026-09-03T00:00:00", None]


@pytest.mark.parametrize("text", ["=1+1", "+1|cmd", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_text_that_would_run_is_only_shown(tmp_path: Path, kind: str, text: str) -> None:
    assert cells(written(tmp_path, features([text]), kind))[1][0].startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.5", "-1.5e3", "甲=1", "1-2"])
def test_numbers_and_harmless_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_a_header_that_would_run_is_only_shown(tmp_path: Path) -> None:
    frame = features().rename(columns={"名称": "=cmd"})
    assert cells(written(tmp_path, frame, "csv"))[0][0] == "'=cmd"
    assert cells(written(tmp_path, frame, "xlsx"))[0][0] == "'=cmd"


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, features(["甲", "乙", "丙"], [(113, 24)] * 3), "xlsx"))
    assert [row[1] for row in book["数据"].iter_rows(min_row=2, values_only=True)] == [
        1.5,
        0.5,
        -0.5,
    ]


def test_a_workbook_keeps_long_numbers_and_drops_control_characters(tmp_path: Path) -> None:
    frame = features().assign(证=[110105194912310021, 5], 注=["a\x07b", "c"])
    sheet = load_workbook(written(tmp_path, frame, "xlsx"))["数据"]
    assert sheet["C2"].value == "110105194912310021"
    assert sheet["D2"].value == "ab"
    assert sheet.freeze_panes == "A2"


def test_more_rows_than_excel_holds_are_refused_with_the_way_out(tmp_path: Path) -> None:
    many = features(["甲"], [(113, 24)]).iloc[np.zeros(1_048_576, dtype=int)]
    with pytest.raises(BadFilter, match="CSV"):
        export_frame(many, tmp_path / "a.xlsx", "xlsx", "EPSG:4326")
    assert list(tmp_path.iterdir()) == []


def test_a_csv_starts_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    assert written(tmp_path, features(), "csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_attribute_called_lon_does_not_pass_for_the_position(tmp_path: Path) -> None:
    frame = features().assign(lon=[0, 0], 经度=[1, 1])
    header = cells(written(tmp_path, frame, "csv"))[0]
    assert header == ["名称", "流量", "lon_2", "经度", "lon", "lat"]


def test_polygons_stand_as_wkt(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.box(113, 24, 114, 25)], crs="EPSG:4326")
    assert again(written(tmp_path, frame, "csv")).geometry[0].equals(frame.geometry[0])


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=30, unique=True))
def test_short_names_fit_and_differ(names: list[str]) -> None:
    short = short_names(names)
    assert all(len(one.encode()) <= 10 for one in short.values())
    assert len({one.lower() for one in short.values()}) == len(names)


def test_a_shapefile_lists_its_full_names_and_tells_what_was_cut(tmp_path: Path) -> None:
    frame = features().rename(columns={"名称": "排污口名称"}).assign(注=["汉" * 85, "x"])
    path = tmp_path / "a.zip"
    told = export_frame(frame, path, "shp", "EPSG:4547")
    with zipfile.ZipFile(path) as archive:
        assert sorted(Path(one).suffix for one in archive.namelist()) == [
            ".cpg", ".csv", ".dbf", ".prj", ".shp", ".shx",
        ]  # fmt: skip
        listed = list(csv.reader(io.StringIO(archive.read("字段对照.csv").decode("utf-8-sig"))))
        assert archive.read("a_EPSG4547.cpg") == b"UTF-8"
    assert listed[1:] == [
        ["排污口", "排污口名称", ""],
        ["流量", "流量", ""],
        ["注", "注", "1 个值超过 254 字节,已截断"],
    ]
    assert told.notes == (
        "1 个字段名超过 10 字节,已缩短,见 字段对照.csv",
        "“注”列1 个值超过 254 字节,已截断",
    )
    assert again(path)["注"][0] == "汉" * 84


def test_a_shapefile_of_two_kinds_is_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[Point(1, 1), shapely.box(1, 1, 2, 2)], crs="EPSG:4326")
    with pytest.raises(BadFilter, match="GeoPackage"):
        export_frame(frame, tmp_path / "a.zip", "shp", "EPSG:4326")


@pytest.mark.parametrize("kind", FORMATS)
def test_masks_hold_in_every_format(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    frame = features(["13812345678", "13912345678"])
    export_frame(frame, path, kind, "EPSG:4326", masks={"名称": "phone"})
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(one) for one in archive.namelist())
    assert b"13812345678" not in content


@pytest.mark.parametrize("kind", FORMATS)
def test_a_disk_that_takes_nothing_is_told_in_words(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="原有版本不受影响"):
        export_frame(features(), tmp_path / "file" / "a", kind, "EPSG:4326")


def test_an_export_that_fails_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_text("older")
    frame = gpd.GeoDataFrame(geometry=[Point(1, 1), shapely.box(1, 1, 2, 2)], crs="EPSG:4326")
    with pytest.raises(BadFilter):
        export_frame(frame, path, "shp", "EPSG:4326")
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("crs", ["cgcs2000-gk3", "火星", "EPSG:4978"])
def test_only_systems_that_a_file_can_be_in_are_taken(tmp_path: Path, crs: str) -> None:
    with pytest.raises(UnknownCRS):
        export_frame(features(), tmp_path / "a.csv", "csv", crs)


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadFilter, match="geojson、gpkg、shp、csv、xlsx、parquet"):
        export_frame(features(), tmp_path / "a", "dwg", "EPSG:4326")


@pytest.mark.parametrize(
    ("title", "crs", "kind", "name"),
    [
        ("入河排污口", "EPSG:4326", "shp", "入河排污口.zip"),
        ("入河排污口", "gcj02", "csv", "入河排污口_GCJ-02.csv"),
        ("入河排污口", "EPSG:4547", "gpkg", "入河排污口_EPSG4547.gpkg"),
        ("../a\x00b!c", "EPSG:4326", "csv", "_a_b_c.csv"),
        ("..", "EPSG:4326", "csv", "layer.csv"),
    ],
)
def test_a_download_is_named_after_its_content(title: str, crs: str, kind: str, name: str) -> None:
    assert file_name(title, crs, kind) == name


def test_a_long_title_is_cut_between_characters() -> None:
    assert file_name("汉" * 300, "EPSG:4326", "csv", version=7) == "汉" * 40 + ".csv"


def cells(path: Path) -> list[list[str]]:
    if path.suffix == ".xlsx":
        rows = load_workbook(path)["数据"].iter_rows(values_only=True)
        return [[str(one) for one in row] for row in rows]
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
