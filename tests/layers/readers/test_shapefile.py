"""Zipped Shapefiles as they come from Windows machines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading
from tests.layers.readers.shapes import shapefile, zipped

Read = Callable[..., Reading]


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def test_a_shapefile_in_a_folder_with_a_chinese_name_is_read(
    tmp_path: Path, read_bytes: Read
) -> None:
    reading = read_bytes(zipped(shapefile(tmp_path)), "县界.zip")
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]
    assert reading.declared is not None
    assert "China" in reading.declared


def test_gbk_without_cpg_is_found_by_content(tmp_path: Path, read_bytes: Read) -> None:
    parts = shapefile(tmp_path, encoding="GBK")
    dbf = bytearray((parts / "data.dbf").read_bytes())
    dbf[29] = 0
    (parts / "data.dbf").write_bytes(dbf)
    reading = read_bytes(zipped(parts, without=(".cpg",)), "县界.zip")
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]
    assert reading.encoding == "GB18030"


def test_the_cpg_is_honoured(tmp_path: Path, read_bytes: Read) -> None:
    reading = read_bytes(zipped(shapefile(tmp_path, encoding="UTF-8")), "县界.zip")
    assert reading.encoding == "UTF-8"
    assert ".cpg" in reading.evidence[0]


def test_a_lying_cpg_gives_way_to_the_content(tmp_path: Path, read_bytes: Read) -> None:
    parts = shapefile(tmp_path, encoding="GBK")
    (parts / "data.cpg").write_text("UTF-8")
    reading = read_bytes(zipped(parts), "县界.zip")
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]
    assert "读不通" in reading.evidence[0]


def test_an_encoding_that_was_named_wrongly_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    parts = shapefile(tmp_path, encoding="GBK")
    with pytest.raises(UnreadableFile, match="UTF-8 读不通"):
        read_bytes(zipped(parts), "县界.zip", "utf-8")


def test_without_prj_nothing_is_declared(tmp_path: Path, read_bytes: Read) -> None:
    reading = read_bytes(zipped(shapefile(tmp_path), without=(".prj",)), "县界.zip")
    assert reading.declared is None
    assert "没有 .prj,文件没有声明坐标系" in reading.evidence


def test_an_index_that_is_missing_is_made_good(tmp_path: Path, read_bytes: Read) -> None:
    assert len(read_bytes(zipped(shapefile(tmp_path), without=(".shx",)), "县界.zip").frame) == 2


def test_without_dbf_the_shapes_are_read(tmp_path: Path, read_bytes: Read) -> None:
    assert len(read_bytes(zipped(shapefile(tmp_path), without=(".dbf",)), "县界.zip").frame) == 2


def test_file_names_written_in_gbk_by_windows_are_read(tmp_path: Path, read_bytes: Read) -> None:
    content = zipped(shapefile(tmp_path), stem="XXXX")
    content = content.replace(b"XXXX", "县界".encode("gbk"))
    assert len(read_bytes(content, "县界.zip").frame) == 2


def test_an_entry_without_a_name_is_passed_over(tmp_path: Path, read_bytes: Read) -> None:
    buffer = io.BytesIO(zipped(shapefile(tmp_path)))
    with zipfile.ZipFile(buffer, "a") as opened:
        opened.writestr(".", b"x")
    assert len(read_bytes(buffer.getvalue(), "县界.zip").frame) == 2


def test_a_damaged_lzma_entry_is_refused_as_damaged(read_bytes: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as opened:
        opened.writestr("a.shp", bytes(range(256)) * 20)
    content = bytearray(buffer.getvalue())
    content[60:120] = b"\xff" * 60
    with pytest.raises(UnreadableFile, match="已损坏"):
        read_bytes(bytes(content), "坏.zip")


def test_which_of_two_shapefiles_is_asked_by_name(read_bytes: Read) -> None:
    with pytest.raises(NeedsAnswer, match=r"2 个数据.*a\.shp、b\.shp"):
        read_bytes(archive(**{"a.shp": b"x", "b.shp": b"x"}), "两个.zip")


@pytest.mark.parametrize("path", ["../../data.shp", "/etc/data.shp", "C:/data.shp", "..\\data.shp"])
def test_paths_that_climb_out_are_refused(read_bytes: Read, path: str) -> None:
    with pytest.raises(UnreadableFile, match="压缩包之外"):
        read_bytes(archive(**{path: b"x"}), "坏.zip")


def test_a_bomb_is_refused_before_it_is_unpacked(read_bytes: Read) -> None:
    with pytest.raises(UnreadableFile, match="大得不正常"):
        read_bytes(archive(**{"a.shp": b"\0" * (80 << 20)}), "炸弹.zip")


def test_a_truncated_shapefile_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    parts = shapefile(tmp_path)
    (parts / "data.shp").write_bytes((parts / "data.shp").read_bytes()[:150])
    with pytest.raises(UnreadableFile):
        read_bytes(zipped(parts), "断.zip")


def test_a_prj_that_is_a_web_page_is_told_and_not_used(tmp_path: Path, read_bytes: Read) -> None:
    parts = shapefile(tmp_path)
    (parts / "data.prj").write_text("<html>404</html>")
    reading = read_bytes(zipped(parts), "县界.zip")
    assert reading.declared is None
    assert reading.problems[0].item == ".prj"


def test_a_mended_index_changes_nothing_for_what_is_read_afterwards(
    tmp_path: Path, read_bytes: Read
) -> None:
    parts = shapefile(tmp_path)
    reading = read_bytes(zipped(parts, without=(".shx",)), "县界.zip")
    assert ".shx 缺失" in "".join(reading.evidence)
    assert pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX") is None
    later = tmp_path / "later.zip"
    later.write_bytes(zipped(parts, stem="data"))
    assert len(pyogrio.read_dataframe(f"/vsizip/{later}/data.shp")) == 2
