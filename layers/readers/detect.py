"""Which kind of file an upload is, by its content; its name only decides between texts."""

from __future__ import annotations

import re
import struct
import zipfile
from enum import Enum, auto
from typing import NoReturn

from layers.errors import UnreadableFile
from layers.readers.contracts import Upload
from layers.readers.encoding import utf16_without_mark

_HEAD = 64 * 1024


class Kind(Enum):
    """The kinds of files that are read."""

    GEOJSON = auto()
    SHAPEFILE = auto()
    GEOPACKAGE = auto()
    FILEGDB = auto()
    KML = auto()
    FLATGEOBUF = auto()
    PARQUET = auto()
    MAPINFO = auto()
    CSV = auto()
    EXCEL = auto()
    RASTER = auto()
    ZIP = auto()


_SAVE_AS = "请用 QGIS 等软件另存为 GeoJSON、GeoPackage 或打包成 zip 的 Shapefile"
_SHP_PARTS = (".shp", ".shx", ".dbf", ".prj")
_LOOSE_PARTS = {*_SHP_PARTS, ".cpg", ".sbn", ".sbx", ".qix"}
_MAPINFO_PACK = "请把同名的 .tab、.map、.dat、.id(或 .mif、.mid)打成一个 zip 再导入"
_CAD = "请在 CAD 或 QGIS 中另存为 GeoPackage 或 Shapefile(zip),并注明坐标系"

# The first bytes of what people try to upload, and what to tell them.
_REFUSED_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"7z\xbc\xaf\x27\x1c", " 7z 压缩包", "请解压后重新打成 zip"),
    (b"Rar!", " RAR 压缩包", "请解压后重新打成 zip"),
    (b"\x1f\x8b", " gzip 压缩包", "请解压后再导入,或改打成 zip"),
    (b"BZh", " bzip2 压缩包", "请解压后再导入,或改打成 zip"),
    (b"\xfd7zXZ\x00", " xz 压缩包", "请解压后再导入,或改打成 zip"),
    (b"PMTiles", "地图瓦片包", "请导入原始数据,而不是切好的瓦片"),
    (b"%PDF", " PDF 文件", "请导入原始数据文件,而不是文档"),
    (b"\x89PNG", "图片", "请导入矢量数据,而不是图片"),
    (b"\xff\xd8\xff", "图片", "请导入矢量数据,而不是图片"),
    (b"AC10", " AutoCAD DWG 文件", _CAD),
    (b"\x00\x00\x00\x0e\n\tOSMHeader", " OpenStreetMap 的 PBF 文件", _SAVE_AS),
    (b"\x00\x00\x00\r\n\tOSMHeader", " OpenStreetMap 的 PBF 文件", _SAVE_AS),
)
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"SQLite format 3\x00", Kind.GEOPACKAGE),
    (b"fgb", Kind.FLATGEOBUF),
    (b"PAR1", Kind.PARQUET),
    (b"\xd0\xcf\x11\xe0", Kind.EXCEL),
    # TIFF and BigTIFF in both byte orders, NetCDF 3, HDF5 (NetCDF 4).
    (b"II*\x00", Kind.RASTER),
    (b"MM\x00*", Kind.RASTER),
    (b"II+\x00", Kind.RASTER),
    (b"MM\x00+", Kind.RASTER),
    (b"CDF\x01", Kind.RASTER),
    (b"CDF\x02", Kind.RASTER),
    (b"CDF\x05", Kind.RASTER),
    (b"\x89HDF\r\n\x1a\n", Kind.RASTER),
)
_REFUSED_SUFFIX = {
    ".dxf": (" AutoCAD DXF 文件", _CAD),
    ".dwg": (" AutoCAD DWG 文件", _CAD),
    ".gml": (" GML 文件", _SAVE_AS),
    ".osm": (" OpenStreetMap 文件", _SAVE_AS),
    ".pbf": (" OpenStreetMap 的 PBF 文件", _SAVE_AS),
    ".mdb": ("个人地理数据库(.mdb)", "请在 ArcGIS 中导出为 Shapefile 或 FileGDB"),
    ".vrt": (" GDAL 虚拟文件(只是指向别处的链接)", "请导入数据文件本身"),
    ".gdbtable": (" FileGDB 的一部分", "请把整个 .gdb 文件夹打成一个 zip"),
    ".js": ("网页脚本(如 ECharts 地图)", "请只保留其中的 JSON 后再导入"),
    ".cdl": (" NetCDF 的文字描述", "请转成 .nc 文件后再导入"),
    ".csvt": (" CSV 的列类型说明", "请导入 .csv 文件本身"),
    ".pmtiles": ("地图瓦片包", "请导入原始数据,而不是切好的瓦片"),
    ".mbtiles": ("地图瓦片包", "请导入原始数据,而不是切好的瓦片"),
    ".tab": ("单独的 MapInfo 文件", _MAPINFO_PACK),
    ".mif": ("单独的 MapInfo 文件", _MAPINFO_PACK),
    ".mid": ("单独的 MapInfo 文件", _MAPINFO_PACK),
    ".map": ("单独的 MapInfo 文件", _MAPINFO_PACK),
    ".id": ("单独的 MapInfo 文件", _MAPINFO_PACK),
}
_ROOT = re.compile(r"<([a-z][\w:.\-]*)")
_POINTERS = {"ogrvrtdatasource", "vrtdataset", "gdaltileindexdataset", "gdal_wms", "wms_tms"}
_READABLE = "可导入 GeoJSON、Shapefile(zip)、GeoPackage、KML、Excel、CSV"


def detect(upload: Upload) -> Kind:
    """The kind of the upload; raises UnreadableFile with the remedy for kinds that are not read."""
    with upload.path.open("rb") as handle:
        head = handle.read(_HEAD)
    if not head.strip():
        refuse(upload, "是空文件", "请重新导出或重新下载后再导入")
    if head.startswith(b"\x00\x00\x27\x0a"):
        _refuse_loose(upload, ".shx" if upload.suffix == ".shx" else ".shp")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _archive(upload) if kind is Kind.ZIP else kind
    for magic, what, remedy in _REFUSED_MAGIC:
        if head.startswith(magic):
            refuse(upload, f"是{what},不能直接读取", remedy)
    return _text(upload, head)


def refuse(upload: Upload, what: str, remedy: str) -> NoReturn:
    """Raise UnreadableFile that names the file, what is wrong with it and the remedy."""
    raise UnreadableFile(f"{upload.name}:{what};{remedy}")


def refuse_by_suffix(upload: Upload) -> None:
    """Raise UnreadableFile when the name's ending alone says that the file is not read."""
    if upload.suffix in _REFUSED_SUFFIX:
        what, remedy = _REFUSED_SUFFIX[upload.suffix]
        refuse(upload, f"是{what},不能直接读取", remedy)


def _archive(upload: Upload) -> Kind:
    """An Office file or an ordinary zip; what a zip holds is for its reader to find out."""
    try:
        with zipfile.ZipFile(upload.path) as archive:
            names = {info.filename.lower() for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        refuse(upload, "zip 已损坏,打不开", "请重新打包或重新下载后再导入")
    if "[content_types].xml" not in names:
        return Kind.ZIP
    if any(name.startswith("word/") for name in names):
        refuse(upload, "是 Word 文档", "请把其中的表另存为 Excel 或 CSV")
    if any(name.startswith("ppt/") for name in names):
        refuse(upload, "是演示文稿", "请把其中的表另存为 Excel 或 CSV")
    return Kind.EXCEL


def _refuse_loose(upload: Upload, part: str) -> NoReturn:
    missing = "、".join(one for one in _SHP_PARTS if one != part)
    refuse(
        upload,
        f"是单独的 {part} 文件,缺 {missing}",
        "请把同名的 .shp、.shx、.dbf、.prj(有 .cpg 也带上)打成一个 zip 再导入",
    )


def _text(upload: Upload, head: bytes) -> Kind:
    start = _start(head)
    if start.startswith("<"):
        return _markup(upload, start)
    if start.startswith(("{", "[", "\x1e")):
        return Kind.GEOJSON
    if upload.suffix in _LOOSE_PARTS:
        _refuse_loose(upload, upload.suffix)
    refuse_by_suffix(upload)
    if upload.suffix in {".json", ".geojson", ".topojson"}:
        refuse(upload, "内容不是 JSON", "请确认导出格式是 GeoJSON 后重新导出")
    if upload.suffix in {".gpkg", ".zip", ".kml", ".kmz", ".fgb", ".parquet", ".xlsx"}:
        refuse(upload, f"内容不是 {upload.suffix[1:]} 文件", "请重新导出或重新下载后再导入")
    if "\x00" in start and not utf16_without_mark(head):
        refuse(upload, "不是能识别的数据文件", _READABLE)
    return Kind.CSV


def _markup(upload: Upload, start: str) -> Kind:
    lower = start[:4000].lower()
    root = _ROOT.search(lower)
    name = root[1].rsplit(":", 1)[-1] if root else ""
    if name == "html" or "<!doctype html" in lower:
        refuse(upload, "内容是网页,不是数据", "下载时可能需要登录或链接已失效;请重新下载数据文件")
    if name == "kml" or upload.suffix == ".kml":
        return Kind.KML
    if name in _POINTERS:
        refuse(upload, "是 GDAL 虚拟文件(只是指向别处的链接),不能读取", "请导入数据文件本身")
    if "opengis.net/gml" in lower or upload.suffix == ".gml":
        refuse(upload, "是 GML 文件,不能直接读取", _SAVE_AS)
    if name == "osm":
        refuse(upload, "是 OpenStreetMap 文件,不能直接读取", _SAVE_AS)
    refuse(upload, "是 XML 文件,不能直接读取", _SAVE_AS)


def _start(head: bytes) -> str:
    """The first characters, in whatever encoding their byte order mark names."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    else:
        text = head.decode("utf-8-sig", errors="replace")
    return text.lstrip()
