"""A zipped Shapefile: any folder inside, Chinese names, .dbf in UTF-8, GBK or what .cpg says."""

from __future__ import annotations

import struct
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from layers.errors import UnreadableFile
from layers.readers import archive, dbf
from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.encoding import Encoding, named
from layers.readers.tally import Tally

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DAMAGED = "文件可能没有打包完整;请用 QGIS 打开检查后重新导出"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of one Shapefile, laid out under plain names."""

    folder: Path

    def path(self, suffix: str) -> Path:
        return self.folder / f"data{suffix}"

    def text(self, suffix: str) -> str:
        """The part's text; "" when there is none."""
        path = self.path(suffix)
        return path.read_bytes().decode("utf-8-sig", "replace").strip() if path.exists() else ""


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of the only Shapefile in the archive; raises UnreadableFile."""
    with tempfile.TemporaryDirectory(dir=upload.path.parent) as folder:
        parts = _Parts(Path(folder))
        _lay_out(upload, parts)
        chosen = _encoding(upload, parts, options.encoding)
        frame = _open(upload, parts, chosen)
        prj = parts.text(".prj")
    tally = Tally()
    evidence = [chosen.evidence] if chosen else []
    if not prj:
        evidence.append("没有 .prj,文件没有声明坐标系")
    elif "[" not in prj:
        tally.add(None, ".prj", "内容不是坐标系定义,未采用", "用 --crs 指明坐标系")
        prj = ""
    return assemble(
        upload,
        pd.DataFrame(frame.drop(columns="geometry")),
        frame.geometry.to_numpy(),
        np.arange(1, len(frame) + 1),
        tally,
        edits=options.edits,
        format="Shapefile",
        encoding=chosen.shown if chosen else None,
        declared=prj or None,
        evidence=tuple(evidence),
    )


def _lay_out(upload: Upload, parts: _Parts) -> None:
    """Take the one Shapefile out of the archive, leaving .cpg to us rather than to GDAL."""
    try:
        with zipfile.ZipFile(upload.path) as opened:
            found = archive.members(upload, opened)
            shp = [name for name in found if name.lower().endswith(".shp")]
            if len(shp) != 1:
                names = "、".join(PurePosixPath(name).name for name in shp[:8])
                refuse(
                    upload, f"zip 里有 {len(shp)} 个 Shapefile({names})", "请每个单独打成一个 zip"
                )
            stem = shp[0][: -len(".shp")].lower()
            for name, info in found.items():
                path = name.lower()
                if path[:-4] == stem and path[-4:] in _PARTS:
                    archive.extract(upload, opened, info, parts.path(path[-4:]))
    except (zipfile.BadZipFile, OSError) as wrong:
        raise UnreadableFile(f"{upload.name}:zip 已损坏;请重新打包或重新下载") from wrong


def _encoding(upload: Upload, parts: _Parts, wanted: str) -> Encoding | None:
    """The encoding of the .dbf; None without a .dbf."""
    path = parts.path(".dbf")
    if not path.exists():
        return None
    try:
        head = dbf.read_head(path)
    except (ValueError, struct.error):
        refuse(upload, ".dbf 已损坏", _DAMAGED)
    if wanted.lower() != "auto":
        return _told(upload, head, named(wanted))
    cpg = parts.text(".cpg")
    parts.path(".cpg").unlink(missing_ok=True)
    declared, where = _declared(cpg, head)
    if declared and dbf.fits(head.texts, declared):
        return Encoding(declared, f"{where}声明编码为 {Encoding(declared, '').shown}")
    doubt = f"{where}声明的编码读不通内容," if declared else "没有可用的编码声明,"
    if not head.texts:
        return Encoding("utf-8", "属性里只有 ASCII 字符")
    for codec in ("utf-8", "gb18030", "cp950"):
        if dbf.fits(head.texts, codec):
            return Encoding(codec, f"{doubt}内容符合 {Encoding(codec, '').shown}")
    refuse(upload, "认不出 .dbf 的文字编码", "请用 --encoding 指明(如 gbk、big5)")


def _declared(cpg: str, head: dbf.DbfHead) -> tuple[str | None, str]:
    if cpg:
        try:
            return named(cpg), ".cpg "
        except UnreadableFile:
            return head.language, ".dbf 头"  # a .cpg with something else in it says nothing
    return head.language, ".dbf 头"


def _told(upload: Upload, head: dbf.DbfHead, codec: str) -> Encoding:
    if not dbf.fits(head.texts, codec):
        refuse(
            upload,
            f"按指定的编码 {Encoding(codec, '').shown} 读不通 .dbf",
            "请去掉 --encoding 让系统判断,或改用正确的编码",
        )
    return Encoding(codec, "编码由导入者指定")


def _open(upload: Upload, parts: _Parts, chosen: Encoding | None) -> gpd.GeoDataFrame:
    expected = _count(upload, parts)
    if expected == 0:
        refuse(upload, "没有要素", "请确认导出时选中了要素")
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    parts.path(".cpg").unlink(missing_ok=True)
    try:
        with warnings.catch_warnings(action="ignore"):
            frame = pyogrio.read_dataframe(
                parts.path(".shp"), encoding=chosen.codec if chosen else None, on_invalid="ignore"
            )
    except (DataSourceError, DataLayerError, FeatureError, ValueError, OSError) as wrong:
        refuse(upload, f"Shapefile 读不出({wrong})", _DAMAGED)
    if "geometry" not in frame:
        refuse(upload, "读到的是表,没有几何", _DAMAGED)
    if expected is not None and len(frame) != expected:
        refuse(upload, f"应有 {expected} 个要素,只读出 {len(frame)} 个", _DAMAGED)
    return frame


def _count(upload: Upload, parts: _Parts) -> int | None:
    """How many features the index announces; None without one."""
    with parts.path(".shp").open("rb") as handle:
        head = handle.read(100)
    if len(head) < 100 or head[:4] != b"\x00\x00\x27\x0a":
        refuse(upload, ".shp 不是 Shapefile", _DAMAGED)
    shx = parts.path(".shx")
    if not shx.exists():
        return None
    return max(0, (shx.stat().st_size - 100) // 8)
