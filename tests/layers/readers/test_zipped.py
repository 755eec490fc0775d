"""A zip is read for what is in it: one thing is read, of several one is asked for, none is lost."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions
from tests.layers.readers.shapes import COUNTY, STATIONS, shapefile

Read = Callable[..., Reading]
POINT = b'{"type":"Point","coordinates":[113.6,24.8]}'
KML = (
    b'<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>a</name>'
    b"<Point><coordinates>113.6,24.8</coordinates></Point></Placemark></kml>"
)


def pack(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parts(folder: Path, stem: str) -> dict[str, bytes]:
    return {f"{stem}{one.suffix}": one.read_bytes() for one in shapefile(folder).iterdir()}


def geopackage(path: Path, *layers: str) -> bytes:
    for name in layers:
        pyogrio.write_dataframe(COUNTY, path, layer=name, append=path.exists())
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("数据/站点.geojson", POINT, "GeoJSON"),
        ("data.json", POINT, "GeoJSON"),
        ("a/b/c/点.kml", KML, "KML"),
        ("点.csv", "名称,经度,纬度\n甲,113.6,24.8\n".encode("gbk"), "CSV"),
        ("点.kmz", pack({"doc.kml": KML}), "KML"),
    ],
)
def test_the_only_file_of_a_zip_is_read(
    read_bytes: Read, name: str, content: bytes, format_: str
) -> None:
    reading = read_bytes(pack({name: content, "说明.txt": b"x", "图.png": b"x"}), "包.zip")
    assert reading.format == format_
    assert len(reading.frame) == 1


def test_one_of_several_shapefiles_is_read_by_its_name(tmp_path: Path, read_bytes: Read) -> None:
    content = pack(parts(tmp_path, "甲/县界") | {"乙/点.geojson": POINT})
    with pytest.raises(NeedsAnswer) as asked:
        read_bytes(content, "两个.zip")
    assert asked.value.question is not None
    assert {one.value: one.detail for one in asked.value.question.options} == {
        "乙/点.geojson": "多种几何",
        "甲/县界.shp": "面,2 个要素",
    }
    reading = read_bytes(content, "两个.zip", ReadOptions(part="甲/县界.shp"))
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]
    assert reading.part == "甲/县界.shp"
    assert len(reading.parts) == 2


def test_a_layer_of_one_of_several_files_is_named_with_its_file(
    tmp_path: Path, read_bytes: Read
) -> None:
    content = pack({"a.gpkg": geopackage(tmp_path / "x.gpkg", "县", "镇"), "b.geojson": POINT})
    with pytest.raises(NeedsAnswer) as asked:
        read_bytes(content, "a.zip", ReadOptions(part="a.gpkg"))
    assert asked.value.question is not None
    assert [one.value for one in asked.value.question.options] == ["a.gpkg|县", "a.gpkg|镇"]
    assert read_bytes(content, "a.zip", ReadOptions(part="a.gpkg|镇")).part == "a.gpkg|镇"


def test_a_layer_of_the_only_file_is_named_alone(tmp_path: Path, read_bytes: Read) -> None:
    content = pack({"a.gpkg": geopackage(tmp_path / "x.gpkg", "县", "镇")})
    reading = read_bytes(content, "a.zip", ReadOptions(part="镇"))
    assert reading.part == "镇"
    assert [part.name for part in reading.parts] == ["县", "镇"]


def test_a_part_that_is_not_there_is_refused(read_bytes: Read) -> None:
    content = pack({"a.geojson": POINT, "b.geojson": POINT})
    with pytest.raises(UnreadableFile, match=r"没有数据“c.geojson”.*a\.geojson、b\.geojson"):
        read_bytes(content, "a.zip", ReadOptions(part="c.geojson"))


def test_a_table_beside_a_map_file_is_left_and_told(tmp_path: Path, read_bytes: Read) -> None:
    content = pack(parts(tmp_path, "县界") | {"字段说明.xlsx": b"x"})
    reading = read_bytes(content, "a.zip")
    assert reading.format == "Shapefile"
    assert "zip 里另有 字段说明.xlsx,未读取" in reading.evidence
    assert reading.notes["unread"] == ("字段说明.xlsx",)


def test_a_kmz_reads_its_main_file(read_bytes: Read) -> None:
    content = pack({"doc.kml": KML, "files/more.kml": KML, "files/a.png": b"x"})
    reading = read_bytes(content, "点.kmz")
    assert reading.format == "KML"
    assert not any("扩展名" in one for one in reading.evidence)


def test_archives_inside_archives_are_refused(read_bytes: Read) -> None:
    for inner in ("b.zip", "b.rar", "b.7z", "b.tar.gz"):
        with pytest.raises(UnreadableFile, match=f"还有压缩包 {inner}"):
            read_bytes(pack({"a.geojson": POINT, inner: b"x"}), "a.zip")


def test_a_zip_that_calls_itself_otherwise_is_no_way_to_nest(read_bytes: Read) -> None:
    for name in ("inner.json", "inner.csv"):
        with pytest.raises(UnreadableFile, match="压缩包里的压缩包"):
            read_bytes(pack({name: pack({"a.geojson": POINT})}), "a.zip")
    with pytest.raises(UnreadableFile, match="还有压缩包"):
        read_bytes(pack({"a.kmz": pack({"b.zip": b"x"})}), "a.zip")


def test_a_kmz_in_a_kmz_in_a_zip_is_too_deep(read_bytes: Read) -> None:
    inner = pack({"a.kmz": pack({"b.kmz": pack({"doc.kml": KML})})})
    with pytest.raises(UnreadableFile, match="压缩包里的压缩包"):
        read_bytes(inner, "a.zip")


def test_links_in_a_zip_are_refused(read_bytes: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("a.geojson")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(UnreadableFile, match="指向别处的链接"):
        read_bytes(buffer.getvalue(), "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(read_bytes: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.geojson", POINT)
        archive.writestr("./a.geojson", POINT)
    with pytest.raises(UnreadableFile, match="两个同名文件"):
        read_bytes(buffer.getvalue(), "a.zip")


def test_too_many_files_are_refused(read_bytes: Read) -> None:
    with pytest.raises(UnreadableFile, match="10001 个文件"):
        read_bytes(pack({f"{n}.txt": b"" for n in range(10_001)}), "a.zip")


@pytest.mark.parametrize(
    "name",
    ["!", "a!b.geojson", "x" * 300 + ".geojson", "县\n界.geojson", "-rf.geojson", "a b.geojson"],
)
def test_odd_names_in_and_of_a_zip_do_no_harm(read_bytes: Read, name: str) -> None:
    inner = name if name.endswith(".geojson") else name + ".geojson"
    assert len(read_bytes(pack({inner: POINT}), name + ".zip").frame) == 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.dbf": b"x", "a.prj": b"x"}, r"只有 \.dbf、\.prj,没有 \.shp"),
        ({"a.dxf": b"x"}, "a.dxf:是 AutoCAD DXF"),
        ({"a.gml": b"x"}, "a.gml:是 GML 文件"),
        ({"a.txt": b"x"}, "没有 .shp"),
        ({"a.tab": b"!table"}, r"MapInfo 表缺 \.map、\.dat、\.id"),
    ],
)
def test_a_zip_without_readable_data_says_what_is_missing(
    read_bytes: Read, files: dict[str, bytes], words: str
) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_bytes(pack(files), "a.zip")


def test_a_file_geodatabase_is_read_layer_by_layer(tmp_path: Path, read_bytes: Read) -> None:
    folder = tmp_path / "数据.gdb"
    pyogrio.write_dataframe(COUNTY, folder, layer="county", driver="OpenFileGDB")
    pyogrio.write_dataframe(
        STATIONS.set_crs(4490).drop(columns="n"),
        folder,
        layer="stations",
        driver="OpenFileGDB",
        append=True,
        geometry_type="Point",
    )
    content = pack({f"某局/数据.gdb/{one.name}": one.read_bytes() for one in folder.iterdir()})
    with pytest.raises(NeedsAnswer, match="2 个图层"):
        read_bytes(content, "数据.gdb.zip")
    reading = read_bytes(content, "数据.gdb.zip", ReadOptions(part="county"))
    assert reading.format == "FileGDB"
    assert reading.declared == "EPSG:4490"
    assert list(reading.frame["名称"]) == ["武江区", "浈江区"]


def mapinfo(folder: Path, suffix: str, encoding: str) -> Path:
    folder.mkdir()
    pyogrio.write_dataframe(
        COUNTY.to_crs(4326).rename(columns={"名称": "name"}),
        folder / f"x{suffix}",
        driver="MapInfo File",
        layer_options={"ENCODING": encoding},
        dataset_options={"FORMAT": "MIF"} if suffix == ".mif" else {},
    )
    return folder


@pytest.mark.parametrize("suffix", [".tab", ".mif"])
@pytest.mark.parametrize("encoding", ["UTF-8", "CP936"])
def test_a_mapinfo_table_is_read_in_its_encoding(
    tmp_path: Path, read_bytes: Read, suffix: str, encoding: str
) -> None:
    folder = mapinfo(tmp_path / "parts", suffix, encoding)
    content = pack({f"镇/县界{one.suffix}": one.read_bytes() for one in folder.iterdir()})
    reading = read_bytes(content, "县界.zip")
    assert reading.format == "MapInfo"
    assert reading.encoding == {"UTF-8": "UTF-8", "CP936": "GBK"}[encoding]
    assert list(reading.frame["name"]) == ["武江区", "浈江区"]


def test_a_mapinfo_table_without_charset_is_read_as_gbk(tmp_path: Path, read_bytes: Read) -> None:
    folder = mapinfo(tmp_path / "parts", ".tab", "CP936")
    head = (folder / "x.tab").read_bytes().replace(b"WindowsSimpChinese", b"Neutral")
    (folder / "x.tab").write_bytes(head)
    content = pack({f"x{one.suffix}": one.read_bytes() for one in folder.iterdir()})
    reading = read_bytes(content, "x.zip")
    assert list(reading.frame["name"]) == ["武江区", "浈江区"]
    assert reading.encoding == "GBK"


MIF = """Version 300
Charset "Neutral"
Delimiter ","
CoordSys Earth Projection 1, 104
Columns 1
  名称 Char(20)
Data

Point 113.6 24.8
"""


def test_a_mif_with_chinese_columns_and_no_charset_is_read_as_gbk(read_bytes: Read) -> None:
    content = pack({"点.mif": MIF.encode("gbk"), "点.mid": '"武江区"\n'.encode("gbk")})
    assert read_bytes(content, "点.zip").frame["名称"].tolist() == ["武江区"]


def test_a_mapinfo_table_that_points_elsewhere_is_refused(read_bytes: Read) -> None:
    head = b'!table\n!version 300\nOpen Table "/etc/passwd" Hide\nCreate View x As Select *'
    files = {f"a{ending}": head for ending in (".tab", ".map", ".dat", ".id")}
    with pytest.raises(UnreadableFile, match="只是指向别的文件"):
        read_bytes(pack(files), "a.zip")
