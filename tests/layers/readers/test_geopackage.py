"""GeoPackage with one layer; what else a GeoPackage can be is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest

from layers.errors import UnreadableFile
from layers.readers import Reading
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


def test_two_layers_are_refused_by_name(path: Path, read_bytes: Read) -> None:
    for name in ("县界", "镇界"):
        pyogrio.write_dataframe(COUNTY, path, layer=name, append=path.exists())
    with pytest.raises(UnreadableFile, match=r"2 个图层.*县界、镇界"):
        read_bytes(path.read_bytes(), "两个.gpkg")


def test_an_empty_layer_is_refused(path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY.iloc[:0], path, layer="县界", geometry_type="Polygon")
    with pytest.raises(UnreadableFile, match="没有要素"):
        read_bytes(path.read_bytes(), "空.gpkg")


def test_a_truncated_file_is_refused(path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY, path, layer="县界")
    with pytest.raises(UnreadableFile, match="GeoPackage"):
        read_bytes(path.read_bytes()[:5000], "断.gpkg")
