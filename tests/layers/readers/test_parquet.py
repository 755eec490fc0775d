"""GeoParquet as the standard has it, as others write it, and plain tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from layers.errors import UnreadableFile
from layers.readers import Reading
from tests.layers.readers.shapes import COUNTY

Read = Callable[..., Reading]
WKB = [shapely.to_wkb(shapely.Point(113.5 + n / 10, 24.8)) for n in range(3)]


def stored(path: Path, table: pa.Table, geo: Any = None) -> bytes:
    if geo is not None:
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path)
    return path.read_bytes()


def geo(**about: Any) -> dict[str, Any]:
    column = {"encoding": "WKB", "geometry_types": [], **about}
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.parquet"


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
@pytest.mark.parametrize("crs", [4490, 4526])
def test_both_encodings_and_their_crs_are_read(
    path: Path, read_bytes: Read, encoding: str, crs: int
) -> None:
    frame = COUNTY.to_crs(crs)
    frame.to_parquet(path, geometry_encoding=encoding)
    reading = read_bytes(path.read_bytes(), "县界.parquet")
    assert reading.format == "GeoParquet"
    assert reading.declared == f"EPSG:{crs}"
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]
    assert reading.frame.geometry.geom_equals_exact(
        frame.geometry.set_crs(None, allow_override=True), 0
    ).all()


def test_no_crs_member_means_longitude_and_latitude(path: Path, read_bytes: Read) -> None:
    reading = read_bytes(stored(path, pa.table({"geometry": WKB}), geo()), "a.parquet")
    assert reading.declared == "EPSG:4326"
    assert "GeoParquet 没有写明坐标系,按标准是经纬度" in reading.evidence


def test_a_crs_of_null_declares_nothing(path: Path, read_bytes: Read) -> None:
    content = stored(path, pa.table({"geometry": WKB}), geo(crs=None))
    assert read_bytes(content, "a.parquet").declared is None


def test_a_wkb_column_without_metadata_is_found_by_its_name(path: Path, read_bytes: Read) -> None:
    reading = read_bytes(stored(path, pa.table({"n": [1, 2, 3], "geom": WKB})), "a.parquet")
    assert reading.frame.geometry[2] == shapely.Point(113.7, 24.8)
    assert reading.declared is None


def test_nested_values_become_json_and_numbers_stay_exact(path: Path, read_bytes: Read) -> None:
    table = pa.table(
        {
            "geometry": WKB,
            "名": pa.array([{"a": [1, 2]}, None, {"a": []}]),
            "code": pa.array([440203001001000123, None, 1], pa.int64()),
            "钱": pa.array([None, "1.50", "2.25"]).cast(pa.decimal128(9, 2)),
            "时": pa.array([1, 2, None], pa.time64("ns")),
            "类": pa.array(["甲", "乙", "甲"]).dictionary_encode(),
        }
    )
    frame = read_bytes(stored(path, table, geo()), "a.parquet").frame
    assert frame["名"].tolist() == ['{"a":[1,2]}', None, '{"a":[]}']
    assert frame["code"][0] == 440203001001000123
    assert frame["钱"].tolist()[1:] == [1.5, 2.25]
    assert frame["类"].tolist() == ["甲", "乙", "甲"]


def test_broken_and_empty_cells_are_left_out_with_their_reason(
    path: Path, read_bytes: Read
) -> None:
    content = stored(path, pa.table({"geometry": [WKB[0], b"\x01\x02", None]}), geo())
    left = read_bytes(content, "a.parquet").left_out
    assert left is not None
    assert left["_reason"].tolist() == ["几何不是有效的 WKB", "几何没有位置"]


def test_the_primary_column_is_read_and_the_other_told(path: Path, read_bytes: Read) -> None:
    about = geo()
    about["columns"]["center"] = {"encoding": "WKB", "geometry_types": []}
    content = stored(path, pa.table({"geometry": WKB, "center": WKB[::-1]}), about)
    reading = read_bytes(content, "a.parquet")
    assert reading.frame.geometry[0] == shapely.Point(113.5, 24.8)
    assert "center" not in reading.frame
    assert any("center 未读取" in one for one in reading.evidence)


def test_a_plain_table_is_placed_by_its_columns(path: Path, read_bytes: Read) -> None:
    content = stored(path, pa.table({"经度": [113.5, 113.6], "纬度": [24.8, 24.9], "n": [1, 2]}))
    reading = read_bytes(content, "a.parquet")
    assert reading.format == "Parquet"
    assert reading.frame.geometry[1] == shapely.Point(113.6, 24.9)


@pytest.mark.parametrize(
    ("table", "about", "words"),
    [
        (pa.table({"geometry": pa.array([], pa.binary())}), geo(), "没有要素"),
        (pa.table({"n": [1]}), geo(), "几何列“geometry”不在文件里"),
        (pa.table({"geometry": [1, 2]}), geo(), "不是 WKB"),
        (pa.table({"geometry": [1, 2]}), geo(encoding="point"), "写法读不懂"),
    ],
)
def test_metadata_that_lie_are_refused(
    path: Path, read_bytes: Read, table: pa.Table, about: Any, words: str
) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_bytes(stored(path, table, about), "a.parquet")


def test_metadata_that_are_none_are_passed_over(path: Path, read_bytes: Read) -> None:
    for about in ([], {"columns": {}}, {"columns": 5}):
        assert (
            len(read_bytes(stored(path, pa.table({"geometry": WKB}), about), "a.parquet").frame)
            == 3
        )


def test_a_file_cut_off_is_refused(path: Path, read_bytes: Read) -> None:
    content = stored(path, pa.table({"geometry": WKB}), geo())
    for end in (5, len(content) // 2, len(content) - 1):
        with pytest.raises(UnreadableFile, match=r"a\.parquet:Parquet 读不出"):
            read_bytes(content[:end], "a.parquet")


def test_a_bomb_is_refused_before_it_is_unpacked(path: Path, read_bytes: Read) -> None:
    rows = pa.table({"n": pa.nulls(60_000_000, pa.int8())})
    with pytest.raises(UnreadableFile, match="大得不正常"):
        read_bytes(stored(path, rows), "a.parquet")
