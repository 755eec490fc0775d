"""Which kind of file an upload is, by its content; its name only decides between texts."""

from __future__ import annotations

import zipfile
from enum import Enum, auto
from typing import NoReturn

from layers.errors import UnreadableFile
from layers.readers.contracts import Upload

_HEAD = 64 * 1024


class Kind(Enum):
    """The kinds of files that are read."""

    GEOJSON = auto()
    SHAPEFILE = auto()
    GEOPACKAGE = auto()
    CSV = auto()
    EXCEL = auto()
    RASTER = auto()


_SAVE_AS = "请用 QGIS 等软件另存为 GeoJSON、GeoPackage 或打包成 zip 的 Shapefile"
_PACK = "请把同名的 .shp、.shx、.dbf、.prj(有 .cpg 也带上)打成一个 zip 再导入"

# The first bytes of what people try to upload, and what to tell them.
_REFUSED_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", "请解压后重新打成 zip"),
    (b"Rar!", "RAR 压缩包", "请解压后重新打成 zip"),
    (b"\x1f\x8b", "gzip 压缩包", "请解压后再导入,或改打成 zip"),
    (b"\x00\x00\x27\x0a", "单独的 .shp 文件", _PACK),
    (b"PAR1", "Parquet 文件", _SAVE_AS),
    (b"fgb\x03", "FlatGeobuf 文件", _SAVE_AS),
    (b"%PDF", "PDF 文件", "请导入原始数据文件,而不是文档"),
    (b"\x89PNG", "图片", "请导入矢量数据,而不是图片"),
    (b"\xff\xd8\xff", "图片", "请导入矢量数据,而不是图片"),
    (b"AC10", "AutoCAD DWG 文件", _SAVE_AS),
)
_EXCEL_OF_OLD = b"\xd0\xcf\x11\xe0"
# TIFF and BigTIFF in both byte orders, NetCDF 3, HDF5 (NetCDF 4).
_RASTER_MAGIC = (
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
    b"CDF\x01",
    b"CDF\x02",
    b"CDF\x05",
    b"\x89HDF\r\n\x1a\n",
)
_LOOSE_PARTS = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"}
_OTHER_SUFFIXES = {".dxf", ".mif", ".mid", ".tab", ".map", ".dat", ".gml", ".kml", ".osm"}


def detect(upload: Upload) -> Kind:
    """The kind of the upload; raises UnreadableFile with the remedy for kinds that are not read."""
    with upload.path.open("rb") as handle:
        head = handle.read(_HEAD)
    if not head.strip():
        refuse(upload, "是空文件", "请重新导出或重新下载后再导入")
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _archive(upload)
    if head.startswith(b"SQLite format 3\x00"):
        return Kind.GEOPACKAGE
    if head.startswith(_EXCEL_OF_OLD):
        return Kind.EXCEL
    if head.startswith(_RASTER_MAGIC):
        return Kind.RASTER
    for magic, what, remedy in _REFUSED_MAGIC:
        if head.startswith(magic):
            refuse(upload, f"是{what},不能直接读取", remedy)
    return _text(upload, head)


def refuse(upload: Upload, what: str, remedy: str) -> NoReturn:
    """Raise UnreadableFile that names the file, what is wrong with it and the remedy."""
    raise UnreadableFile(f"{upload.name}:{what};{remedy}")


def _archive(upload: Upload) -> Kind:
    try:
        with zipfile.ZipFile(upload.path) as archive:
            names = [info.filename.lower() for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        refuse(upload, "zip 已损坏,打不开", "请重新打包或重新下载后再导入")
    if not names:
        refuse(upload, "zip 里没有文件", "请确认打包时选中了数据文件")
    if "[content_types].xml" in names:
        return Kind.EXCEL
    if any(name.endswith(".shp") for name in names):
        return Kind.SHAPEFILE
    if any(".gdb/" in name for name in names):
        refuse(upload, "是 FileGDB 压缩包,暂不支持", _SAVE_AS)
    if any(name.endswith((".zip", ".rar", ".7z")) for name in names):
        refuse(upload, "zip 里还有压缩包", "请解压后把数据文件直接打成一个 zip")
    if any(name.endswith((".geojson", ".json", ".gpkg", ".csv")) for name in names):
        refuse(upload, "zip 里是 GeoJSON/GeoPackage/CSV", "请解压后直接导入其中的文件")
    refuse(upload, "zip 里没有 .shp", "请把 .shp、.shx、.dbf、.prj 一起打包")


def _text(upload: Upload, head: bytes) -> Kind:
    start = _start(head)
    if start.startswith("<"):
        _markup(upload, start)
    if start.startswith(("{", "[", "\x1e")):
        return Kind.GEOJSON
    if upload.suffix in _LOOSE_PARTS:
        refuse(upload, "只是 Shapefile 的一部分", _PACK)
    if upload.suffix in _OTHER_SUFFIXES:
        refuse(upload, f"是 {upload.suffix[1:].upper()} 文件,暂不支持", _SAVE_AS)
    if upload.suffix in {".json", ".geojson"}:
        refuse(upload, "内容不是 JSON", "请确认导出格式是 GeoJSON 后重新导出")
    if upload.suffix in {".gpkg", ".zip", ".shp"}:
        refuse(upload, f"内容不是 {upload.suffix[1:]} 文件", "请重新导出或重新下载后再导入")
    if "\x00" in start:
        refuse(upload, "不是能识别的数据文件", "可导入 GeoJSON、Shapefile(zip)、GeoPackage、CSV")
    return Kind.CSV


def _markup(upload: Upload, start: str) -> NoReturn:
    lower = start[:2000].lower()
    if "<html" in lower or "<!doctype html" in lower:
        refuse(upload, "内容是网页,不是数据", "下载时可能需要登录或链接已失效;请重新下载数据文件")
    if "<kml" in lower:
        refuse(upload, "是 KML 文件,暂不支持", _SAVE_AS)
    refuse(upload, "是 XML 文件,暂不支持", _SAVE_AS)


def _start(head: bytes) -> str:
    """The first characters, in whatever encoding their byte order mark names."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        text = head.decode("utf-8-sig", errors="replace")
    return text.lstrip()
