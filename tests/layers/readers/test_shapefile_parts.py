"""The parts of a Shapefile are held against each other: what does not match is not guessed at."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from layers.errors import UnreadableFile
from layers.readers import Reading
from tests.layers.readers.shapes import COUNTY, shapefile, zipped

Read = Callable[..., Reading]
POINTS = gpd.GeoDataFrame({"n": range(5)}, geometry=shapely.points([(n, n) for n in range(5)]))


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Five points as a Shapefile."""
    return shapefile(tmp_path, POINTS.set_crs(4490))


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def test_a_missing_index_is_made_anew_and_told(parts: Path, read_bytes: Read) -> None:
    whole = read_bytes(zipped(parts), "a.zip")
    reading = read_bytes(zipped(parts, without=(".shx",)), "a.zip")
    assert reading.frame.equals(whole.frame)
    assert ".shx 缺失或已损坏,已按 .shp 重建" in reading.evidence
    assert ".shx 缺失或已损坏,已按 .shp 重建" not in whole.evidence


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:90],
        lambda content: content[:-3],
        lambda content: b"\x00" * 100 + content[100:],
        lambda content: content[:100] + b"\xff" * (len(content) - 100),
        lambda content: content[:100] + content[108:] + content[100:108],
        lambda content: content[:104] + struct.pack(">i", 999) + content[108:],
    ],
)
def test_a_broken_index_is_made_anew(
    parts: Path, read_bytes: Read, damage: Callable[[bytes], bytes]
) -> None:
    index = parts / "data.shx"
    index.write_bytes(damage(index.read_bytes()))
    reading = read_bytes(zipped(parts), "a.zip")
    assert reading.frame["n"].tolist() == [0, 1, 2, 3, 4]
    assert reading.frame.geometry.x.tolist() == [0, 1, 2, 3, 4]


def test_an_index_that_lacks_records_is_not_believed(parts: Path, read_bytes: Read) -> None:
    index = parts / "data.shx"
    index.write_bytes(index.read_bytes()[:116])  # two of five records, neatly cut
    assert len(read_bytes(zipped(parts), "a.zip").frame) == 5


@pytest.mark.parametrize("size", [227, 150, 110])
def test_a_shp_that_ends_early_is_refused_with_numbers(
    parts: Path, read_bytes: Read, size: int
) -> None:
    cut(parts / "data.shp", size)
    with pytest.raises(UnreadableFile, match=r"\.shp 被截断:应有 5 个要素,只有 \d 个完整"):
        read_bytes(zipped(parts), "a.zip")
    with pytest.raises(UnreadableFile, match=r"\.shp 在第 \d 个要素处中断"):
        read_bytes(zipped(parts, without=(".shx",)), "a.zip")


def test_a_dbf_with_other_rows_is_refused_as_mismatched(parts: Path, read_bytes: Read) -> None:
    table = parts / "data.dbf"
    content = table.read_bytes()
    width = struct.unpack("<H", content[10:12])[0]
    row = content[-width - 1 : -1]
    more = content[:4] + struct.pack("<I", 6) + content[8:-1] + row + content[-1:]
    table.write_bytes(more)
    with pytest.raises(UnreadableFile, match=r"\.shp 有 5 个要素,\.dbf 有 6 行,对不上"):
        read_bytes(zipped(parts), "a.zip")
    table.write_bytes(content[:4] + struct.pack("<I", 4) + content[8 : -width - 1] + content[-1:])
    with pytest.raises(UnreadableFile, match=r"\.shp 有 5 个要素,\.dbf 有 4 行,对不上"):
        read_bytes(zipped(parts), "a.zip")


def test_a_dbf_that_ends_early_is_refused_with_numbers(parts: Path, read_bytes: Read) -> None:
    table = parts / "data.dbf"
    cut(table, table.stat().st_size - 15)
    with pytest.raises(UnreadableFile, match=r"\.dbf 被截断:应有 5 行,只有 4 行完整"):
        read_bytes(zipped(parts), "a.zip")


def test_a_dbf_without_its_end_mark_is_whole(parts: Path, read_bytes: Read) -> None:
    table = parts / "data.dbf"
    assert table.read_bytes()[-1:] == b"\x1a"
    cut(table, table.stat().st_size - 1)
    assert len(read_bytes(zipped(parts), "a.zip").frame) == 5


def test_rows_marked_deleted_are_left_and_told_and_others_keep_their_number(
    parts: Path, read_bytes: Read
) -> None:
    table = parts / "data.dbf"
    content = bytearray(table.read_bytes())
    start, width = struct.unpack("<HH", content[8:12])
    content[start + width] = ord("*")
    table.write_bytes(bytes(content))
    reading = read_bytes(zipped(parts), "a.zip")
    assert reading.rows.tolist() == [1, 3, 4, 5]
    assert reading.frame["n"].tolist() == [0, 2, 3, 4]
    assert any("1 行已标记删除" in one for one in reading.evidence)


@pytest.mark.parametrize(
    "wkt",
    ["POINT Z (1 2 3)", "LINESTRING Z (0 0 1, 1 1 2)", "POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1))"],
)
def test_heights_are_left_out(tmp_path: Path, read_bytes: Read, wkt: str) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.from_wkt(wkt)], crs=4490)
    made = read_bytes(zipped(shapefile(tmp_path, frame)), "a.zip").frame.geometry[0]
    assert not made.has_z
    assert made.equals(shapely.force_2d(shapely.from_wkt(wkt)))


def test_measures_are_left_out(tmp_path: Path, read_bytes: Read) -> None:
    """A PointM written by hand: type 21, three doubles."""
    record = struct.pack("<iddd", 21, 113.5, 24.8, 7.0)
    words = (100 + 8 + len(record)) // 2
    head = struct.pack(">i20xi", 9994, words) + struct.pack("<ii8d", 1000, 21, *([0.0] * 8))
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "m.shp").write_bytes(head + struct.pack(">ii", 1, len(record) // 2) + record)
    reading = read_bytes(zipped(folder), "a.zip")
    assert reading.frame.geometry[0] == shapely.Point(113.5, 24.8)
    assert "没有 .dbf,只有几何,没有属性" in reading.evidence


def test_shapes_that_are_null_are_left_out_by_row(tmp_path: Path, read_bytes: Read) -> None:
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[shapely.Point(1, 1), None], crs=4490)
    left = read_bytes(zipped(shapefile(tmp_path, frame)), "a.zip").left_out
    assert left is not None
    assert left[["n", "_row"]].to_numpy().tolist() == [[2, 2]]


def test_points_at_infinity_are_left_out_by_row(parts: Path, read_bytes: Read) -> None:
    shp = parts / "data.shp"
    content = bytearray(shp.read_bytes())
    content[112:120] = struct.pack("<d", float("inf"))
    shp.write_bytes(bytes(content))
    reading = read_bytes(zipped(parts), "a.zip")
    assert reading.rows.tolist() == [2, 3, 4, 5]
    assert reading.left_out is not None
    assert reading.left_out["_reason"].tolist() == ["坐标是 NaN 或无穷大"]


def test_a_utf16_dbf_is_refused_with_the_way_out(tmp_path: Path, read_bytes: Read) -> None:
    folder = shapefile(tmp_path, COUNTY.rename(columns={"名称": "name"}))
    (folder / "data.cpg").write_text("UTF-16")
    with pytest.raises(UnreadableFile, match=r"UTF-16.*另存为编码 UTF-8"):
        read_bytes(zipped(folder), "a.zip")


def test_the_encoding_comes_with_confidence_and_candidates(
    tmp_path: Path, read_bytes: Read
) -> None:
    folder = shapefile(tmp_path, encoding="GBK")
    found = read_bytes(zipped(folder, without=(".cpg",)), "a.zip").encoding_found
    assert found is not None
    assert found.shown == "GBK"
    assert found.confidence > 0.9
    assert {name for name, _, _ in found.candidates} >= {"GBK", "UTF-8"}


def test_names_of_ten_bytes_and_long_values_survive(tmp_path: Path, read_bytes: Read) -> None:
    long = "韶关市武江区西联镇芙蓉东路" * 6
    frame = COUNTY.assign(排污口名称=[long, "短"])
    folder = tmp_path / "parts"
    folder.mkdir()
    with pytest.warns(RuntimeWarning):
        pyogrio.write_dataframe(frame, folder / "data.shp", encoding="UTF-8")
    reading = read_bytes(zipped(folder), "a.zip")
    assert any(
        value in {long, long[:84]} for value in reading.frame.iloc[0] if isinstance(value, str)
    )
