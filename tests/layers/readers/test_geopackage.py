"""GeoPackage: one layer of it; what could reach outside is refused."""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from layers.contracts import Choice
from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions
from tests.layers.readers.shapes import COUNTY

Read = Callable[..., Reading]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.gpkg"


def test_the_only_layer_is_read_with_its_declared_system(path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY, path, layer="县界")
    reading = read_bytes(path.read_bytes(), "县!界.gpkg")
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]
    assert reading.declared == "EPSG:4490"


def two_layers(path: Path) -> bytes:
    for name in ("县界", "镇界"):
        pyogrio.write_dataframe(COUNTY, path, layer=name, append=path.exists())
    return path.read_bytes()


def test_which_of_two_layers_is_asked_with_what_they_hold(path: Path, read_bytes: Read) -> None:
    with pytest.raises(NeedsAnswer, match=r"2 个图层.*县界、镇界") as asked:
        read_bytes(two_layers(path), "两个.gpkg")
    assert asked.value.question is not None
    assert asked.value.question.kind == "part"
    assert asked.value.question.options[1] == Choice("镇界", "镇界", "面,2 个要素")


def test_the_named_layer_is_read_and_the_others_are_listed(path: Path, read_bytes: Read) -> None:
    reading = read_bytes(two_layers(path), "两个.gpkg", ReadOptions(part="镇界"))
    assert reading.part == "镇界"
    assert [part.name for part in reading.parts] == ["县界", "镇界"]


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(
    path: Path, read_bytes: Read
) -> None:
    with pytest.raises(UnreadableFile, match=r"没有图层“村界”.*县界、镇界"):
        read_bytes(two_layers(path), "两个.gpkg", ReadOptions(part="村界"))


def test_an_empty_layer_beside_a_filled_one_is_no_choice(path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY, path, layer="县界")
    pyogrio.write_dataframe(COUNTY.iloc[:0], path, layer="空", geometry_type="Polygon", append=True)
    assert read_bytes(path.read_bytes(), "a.gpkg").part == "县界"


def changed(path: Path, *statements: str) -> bytes:
    pyogrio.write_dataframe(COUNTY, path, layer="县界")
    with closing(sqlite3.connect(path)) as database:
        for one in statements:
            database.execute(one)
        database.commit()
    return path.read_bytes()


def test_a_stale_feature_count_is_not_believed(path: Path, read_bytes: Read) -> None:
    content = changed(path, "UPDATE gpkg_ogr_contents SET feature_count = 9223372036854775807")
    assert len(read_bytes(content, "a.gpkg").frame) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW v AS SELECT ogr_geocode('x')",
        "CREATE VIEW v AS SELECT * FROM 县界 WHERE code = '/vsicurl/x'",
        "CREATE VIEW v AS SELECT load_extension('/tmp/x')",
    ],
)
def test_views_that_reach_outside_are_refused(path: Path, read_bytes: Read, statement: str) -> None:
    with pytest.raises(UnreadableFile, match="“v”会去读别的文件或网络"):
        read_bytes(changed(path, statement), "a.gpkg")


def test_virtual_tables_of_other_modules_are_refused(path: Path, read_bytes: Read) -> None:
    content = changed(
        path,
        "PRAGMA writable_schema=ON",
        "INSERT INTO sqlite_master VALUES('table','evil','evil',0,"
        "'CREATE VIRTUAL TABLE evil USING VirtualOGR(''/vsicurl/x'')')",
    )
    with pytest.raises(UnreadableFile, match="“evil”会去读别的文件或网络"):
        read_bytes(content, "a.gpkg")


def test_whole_numbers_stay_exact_beside_empty_cells(path: Path, read_bytes: Read) -> None:
    codes = pd.array([440203001001000123, None], dtype="Int64")
    pyogrio.write_dataframe(COUNTY.assign(n=codes), path)
    assert read_bytes(path.read_bytes(), "a.gpkg").frame["n"][0] == 440203001001000123


def test_an_empty_layer_is_refused(path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY.iloc[:0], path, layer="县界", geometry_type="Polygon")
    with pytest.raises(UnreadableFile, match="没有要素"):
        read_bytes(path.read_bytes(), "空.gpkg")


def test_a_truncated_file_is_refused(path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY, path, layer="县界")
    with pytest.raises(UnreadableFile, match="GeoPackage"):
        read_bytes(path.read_bytes()[:5000], "断.gpkg")


def test_arcs_become_short_lines(path: Path, read_bytes: Read) -> None:
    # A circular string from (0, 0) by (1, 1) to (2, 0), after the head of a GeoPackage geometry.
    arc = struct.pack("<2sBBi", b"GP", 0, 1, 4490)
    arc += struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    pyogrio.write_dataframe(COUNTY, path, layer="a", geometry_type="Unknown")
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE a SET geom = ?", [arc])
        database.commit()
    made = read_bytes(path.read_bytes(), "a.gpkg").frame.geometry[0]
    assert made.geom_type == "LineString"
    assert made.length == pytest.approx(math.pi, rel=0.001)
