"""What is no map data is refused in words that name the file and the remedy."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from layers.errors import UnreadableFile
from layers.readers import Upload, read

HTML = b"<!DOCTYPE html><html><body>\xe8\xaf\xb7\xe7\x99\xbb\xe5\xbd\x95</body></html>"


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.geojson", b"", "空文件"),
        ("空白.csv", b" \n\n ", "空文件"),
        ("边界.geojson", HTML, "网页"),
        ("边界.zip", HTML, "网页"),
        ("边界.kml", b"<?xml version='1.0'?><kml></kml>", "Placemark"),
        ("边界.7z", b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        ("边界.rar", b"Rar!\x1a\x07\x00", "RAR"),
        ("边界.gz", b"\x1f\x8b\x08", "gzip"),
        ("边界.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, "zip"),
        ("边界.dbf", b"\x03_______________________________", "打成一个 zip"),
        ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        ("表.xlsx", packed(**{"[Content_Types]__xml": b"<x/>"}), "Excel"),
        ("数据.zip", packed(), "没有文件"),
        ("数据.zip", packed(readme__txt=b"hello"), "没有 .shp"),
        ("数据.zip", packed(inner__zip=b"PK"), "还有压缩包"),
        ("数据.zip", packed(a__geojson=b"{}"), "a.geojson:是 JSON,但不是 GeoJSON"),
        ("数据.zip", b"PK\x03\x04 broken", "损坏"),
        ("边界.geojson", b"a,b\n1,2\n", "不是 JSON"),
        ("边界.gpkg", b"a,b\n1,2\n", "不是 gpkg"),
        ("图.png", b"\x89PNG\r\n", "图片"),
        ("什么.bin", b"ab\x00\x01\x02cd", "不是能识别"),
    ],
)
def test_what_is_no_map_data_is_refused_naming_file_and_remedy(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=words) as refused:
        read(Upload(path, name))
    assert str(refused.value).startswith(name)
    assert ";" in str(refused.value)


def test_content_decides_when_the_ending_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b'{"type":"Point","coordinates":[113.6,24.8]}')
    reading = read(Upload(path, "站点.csv"))
    assert reading.format == "GeoJSON"
    assert "扩展名是 .csv" in reading.evidence[0]
