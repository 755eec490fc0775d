"""FlatGeobuf: read as announced, refused where it announces what it does not hold."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from layers.errors import UnreadableFile
from layers.readers import Reading
from tests.layers.readers.shapes import COUNTY

Read = Callable[..., Reading]


def written(path: Path, count: int = 2, *, index: bool = True) -> bytes:
    points = shapely.points(np.random.default_rng(1).uniform((113, 24), (114, 25), (count, 2)))
    frame = gpd.GeoDataFrame({"n": range(count)}, geometry=points, crs=4490)
    options = {"SPATIAL_INDEX": "YES" if index else "NO"}
    pyogrio.write_dataframe(frame, path, driver="FlatGeobuf", layer_options=options)
    return path.read_bytes()


def claim(content: bytes, features: int) -> bytes:
    """The same file with another number of features in its head."""
    table = 12 + struct.unpack_from("<I", content, 12)[0]
    names = table - struct.unpack_from("<i", content, table)[0]
    at = table + struct.unpack_from("<H", content, names + 4 + 2 * 8)[0]
    return content[:at] + struct.pack("<Q", features) + content[at + 8 :]


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 257, 5000])
@pytest.mark.parametrize("index", [True, False])
def test_any_number_of_features_is_read(
    tmp_path: Path, read_bytes: Read, count: int, index: bool
) -> None:
    reading = read_bytes(written(tmp_path / "a.fgb", count, index=index), "点.fgb")
    assert sorted(reading.frame["n"]) == list(range(count))
    assert reading.rows.tolist() == list(range(1, count + 1))
    assert reading.declared == "EPSG:4490"


def test_chinese_names_and_values_are_read(tmp_path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY, tmp_path / "a.fgb")
    assert "武江区" in list(read_bytes((tmp_path / "a.fgb").read_bytes(), "a.fgb").frame["名称"])


@pytest.mark.parametrize("features", [3, 2_105_376, 2**63, 2**64 - 1])
@pytest.mark.parametrize("index", [True, False])
def test_features_that_are_only_claimed_are_refused(
    tmp_path: Path, read_bytes: Read, features: int, index: bool
) -> None:
    content = claim(written(tmp_path / "a.fgb", index=index), features)
    with pytest.raises(UnreadableFile, match="FlatGeobuf 已损坏"):
        read_bytes(content, "a.fgb")


def test_fewer_claimed_features_than_there_are_are_refused(
    tmp_path: Path, read_bytes: Read
) -> None:
    content = claim(written(tmp_path / "a.fgb", index=False), 1)
    with pytest.raises(UnreadableFile, match="声称有 1 个要素,实有 2 个"):
        read_bytes(content, "a.fgb")


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    content = written(tmp_path / "a.fgb")
    for end in range(8, len(content), 7):
        with pytest.raises(UnreadableFile, match=r"a\.fgb:"):
            read_bytes(content[:end], "a.fgb")


def test_a_head_of_noise_is_refused(read_bytes: Read) -> None:
    noise = np.random.default_rng(2)
    for length in (0, 4, 40, 400):
        content = b"fgb\x03fgb\x00" + struct.pack("<I", length) + noise.bytes(length)
        with pytest.raises(UnreadableFile, match=r"a\.fgb:"):
            read_bytes(content, "a.fgb")


def test_a_file_without_features_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    pyogrio.write_dataframe(COUNTY.iloc[:0], tmp_path / "a.fgb", geometry_type="Polygon")
    with pytest.raises(UnreadableFile, match="没有要素"):
        read_bytes((tmp_path / "a.fgb").read_bytes(), "a.fgb")
