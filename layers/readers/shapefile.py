"""A Shapefile laid out in a folder of its own: its parts checked against each other, then read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.dbf import encoding_found
from layers.readers.dbf_mend import mend
from layers.readers.detect import refuse
from layers.readers.encoding import Encoding
from layers.readers.gdal import attributes_of, open_layer
from layers.readers.shapefile_parts import count_records, count_rows
from layers.readers.tally import Tally

_WHAT = "Shapefile"
_DAMAGED = "文件可能没有打包完整;请用 QGIS 打开检查后重新导出"
_USUAL = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of one Shapefile under one plain stem."""

    shp: Path

    def path(self, suffix: str) -> Path:
        return self.shp.with_suffix(suffix)

    def text(self, suffix: str) -> str:
        """The part's text; "" when there is none."""
        path = self.path(suffix)
        return path.read_bytes().decode("utf-8-sig", "replace").strip() if path.exists() else ""

    def inventory(self) -> str:
        """Which parts came along and which are missing, in words."""
        there = [suffix for suffix in _USUAL if self.path(suffix).exists()]
        missing = [suffix for suffix in _USUAL if suffix not in there]
        return f"{' '.join(there)} 齐全" + (f";缺 {' '.join(missing)}" if missing else "")


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of the Shapefile whose .shp is `upload.path`; raises UnreadableFile."""
    parts = _Parts(upload.path)
    tally = Tally()
    evidence: list[str] = []
    inventory = parts.inventory()  # before the missing ones are made
    expected = _expected(upload, parts, evidence)
    chosen = _encoding(upload, parts, options.encoding)
    if chosen:
        evidence.append(chosen.evidence)
    declared = _declared(parts, tally, evidence)
    opened = open_layer(upload, parts.shp, None, _WHAT, expected=expected)
    return assemble(
        upload,
        attributes_of(opened.frame),
        opened.frame.geometry.to_numpy(),
        np.asarray(opened.frame.index, dtype=np.int64) + 1,
        tally,
        edits=options.edits,
        format=_WHAT,
        encoding=chosen.shown if chosen else None,
        encoding_found=chosen.found if chosen else None,
        declared=declared,
        evidence=tuple(evidence),
        notes={"format": inventory},
    )


def _expected(upload: Upload, parts: _Parts, evidence: list[str]) -> int:
    """How many features there must be; raises where geometry and attributes do not match."""
    counted = count_records(upload, parts.shp)
    if counted.restored:
        evidence.append(".shx 缺失或已损坏,已按 .shp 重建")
    if counted.records == 0:
        refuse(upload, "没有要素", "请确认导出时选中了要素")
    if not parts.path(".dbf").exists():
        evidence.append("没有 .dbf,只有几何,没有属性")
        return counted.records
    rows, deleted = count_rows(upload, parts.path(".dbf"))
    if rows != counted.records:
        refuse(
            upload,
            f".shp 有 {counted.records} 个要素,.dbf 有 {rows} 行,对不上",
            "属性可能张冠李戴;请用原软件重新导出,不要单独改动 .dbf",
        )
    if deleted:
        evidence.append(f".dbf 里有 {deleted} 行已标记删除,未读取")
    return rows - deleted


def _encoding(upload: Upload, parts: _Parts, wanted: str) -> Encoding | None:
    """The encoding of the .dbf, written into its .cpg for GDAL; None without a .dbf."""
    cpg = parts.text(".cpg")
    parts.path(".cpg").unlink(missing_ok=True)
    if not parts.path(".dbf").exists():
        return None
    chosen = encoding_found(parts.path(".dbf"), file=upload.name, cpg=cpg, wanted=wanted)
    parts.path(".cpg").write_text(chosen.codec.upper())
    mend(parts.path(".dbf"), chosen.codec)
    return chosen


def _declared(parts: _Parts, tally: Tally, evidence: list[str]) -> str | None:
    """The text of the .prj where it is a coordinate system."""
    prj = parts.text(".prj")
    if not prj:
        evidence.append("没有 .prj,文件没有声明坐标系")
        return None
    try:
        CRS.from_user_input(prj)
    except CRSError:
        tally.add(None, ".prj", "内容不是坐标系定义,未采用", "用 --crs 指明坐标系")
        return None
    return prj
