"""KML of any version: placemarks, folders, extended data, balloons; nothing outside is read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pandas as pd
import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from layers.errors import UnreadableFile
from layers.readers.assemble import assemble
from layers.readers.balloon import attributes_in, text_in
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.detect import refuse
from layers.readers.encoding import Encoding, decide, decodes, named
from layers.readers.kml_geometry import BadGeometry, local, made_from
from layers.readers.tally import Tally

_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.\-]+)["']""")
_PROLOG = re.compile(r"^\s*<\?xml.*?\?>", re.S)
_FOLDERS = {"Folder", "Document"}
_ELSEWHERE = {
    "NetworkLink": "链接到别处的数据",
    "GroundOverlay": "是贴图",
    "PhotoOverlay": "是贴图",
    "ScreenOverlay": "是贴图",
}
_PLAIN = {"name": "名称", "address": "地址", "phoneNumber": "电话"}
_TIMES = {"when": "时间", "begin": "开始时间", "end": "结束时间"}
_WHOLE = {"int", "uint", "short", "ushort"}
_REAL = {"float", "double"}
_MOST_COLUMNS = 2_000


@dataclass(slots=True)
class _Found:
    """What the text holds, in its order."""

    attributes: list[dict[str, Any]] = field(default_factory=list)
    geometries: list[shapely.Geometry | None] = field(default_factory=list)
    broken: list[bool] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, int] = field(default_factory=dict)


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The placemarks; raises UnreadableFile for a broken text or one that reaches outside."""
    content = upload.path.read_bytes()
    chosen = _encoding(content, options.encoding, upload.name)
    text = _PROLOG.sub("", chosen.decode(content).removeprefix("\ufeff"), count=1)
    del content
    found = _found(upload, text)
    if not found.attributes:
        what = "、".join(f"{kind}({_ELSEWHERE[kind]})" for kind in found.elsewhere)
        refuse(upload, "没有地标(Placemark)" + (f",只有 {what}" if what else ""), "请导出地标本身")
    tally = Tally()
    rows = np.arange(1, len(found.attributes) + 1)
    broken = np.array(found.broken)
    tally.add(rows[broken], "几何", "坐标读不通", "改正后重新导入;其余地标已读取")
    for kind, count in found.elsewhere.items():
        for _ in range(count):
            tally.add(None, kind, f"{_ELSEWHERE[kind]},未读取", "需要时请单独导入其数据")
    return assemble(
        upload,
        _typed(pd.DataFrame.from_records(found.attributes, index=range(len(rows))), found.types),
        np.array(found.geometries, dtype=object),
        rows,
        tally,
        edits=options.edits,
        reported=broken,
        format="KML",
        encoding=chosen.shown,
        encoding_found=chosen.found,
        declared="EPSG:4326",
        evidence=(chosen.evidence, "KML 规定用 WGS-84 经纬度"),
    )


def _encoding(content: bytes, wanted: str, file: str) -> Encoding:
    """What the declaration says where the text reads in it, else what the text looks like."""
    declared = _DECLARATION.match(content[:400])
    if wanted.lower() == "auto" and declared:
        try:
            codec = named(declared[1].decode())
        except UnreadableFile:
            codec = ""
        if codec and "+" not in codec and decodes(content, codec):
            return Encoding(codec, f"XML 声明编码为 {declared[1].decode()},内容相符")
    return decide(content, wanted, file)


def _found(upload: Upload, text: str) -> _Found:
    """Everything of interest; the text is taken apart without DTD, entities or references."""
    found = _Found()
    try:
        for placemark, folders in _placemarks(text, found):
            _add(found, placemark, folders)
            if len(found.columns) > _MOST_COLUMNS:
                refuse(upload, f"属性多于 {_MOST_COLUMNS} 种,多得不正常", "请核实来源")
    except DefusedXmlException:
        refuse(upload, "含有 DTD、实体或外部引用,可能带有恶意内容", "请核实来源后用 QGIS 重新导出")
    except ParseError as wrong:
        line, column = wrong.position
        refuse(
            upload,
            f"XML 在第 {line} 行第 {column + 1} 列中断",
            "文件可能没有下载完整或被手工改坏;请重新导出",
        )
    return found


def _placemarks(text: str, found: _Found) -> Iterator[tuple[Element, list[str]]]:
    """Each placemark with the names of the folders it is in."""
    folders: list[Element] = []
    stream = io.BytesIO(text.encode())
    events = iterparse(
        stream, ("start", "end"), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    for event, one in events:
        kind = local(one.tag)
        if event == "start":
            if kind in _FOLDERS:
                folders.append(one)
            continue
        if kind == "Placemark":
            yield one, [_text(folder, "name") for folder in folders]
            one.clear()
        elif kind in _FOLDERS:
            folders.pop()
            one.clear()
        elif kind in _ELSEWHERE:
            found.elsewhere[kind] = found.elsewhere.get(kind, 0) + 1
        elif kind == "SimpleField":
            found.types[one.get("name", "")] = one.get("type", "")


def _add(found: _Found, placemark: Element, folders: list[str]) -> None:
    attributes = _attributes(placemark)
    path = "/".join(name for name in folders if name)
    if path:
        attributes["文件夹"] = path
    found.columns.update(attributes)
    found.attributes.append(attributes)
    try:
        found.geometries.append(made_from(placemark))
    except BadGeometry:
        found.geometries.append(None)
        found.broken.append(True)
    else:
        found.broken.append(False)


def _attributes(placemark: Element) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for child in placemark:
        kind = local(child.tag)
        if kind in _PLAIN:
            attributes[_PLAIN[kind]] = (child.text or "").strip() or None
        elif kind == "description":
            attributes |= _described(child)
        elif kind in {"ExtendedData", "Metadata"}:
            attributes |= _extended(child)
        elif kind in {"TimeStamp", "TimeSpan"}:
            for one in child:
                if local(one.tag) in _TIMES:
                    attributes[_TIMES[local(one.tag)]] = one.text
    whens = [one.text for one in placemark.iter() if local(one.tag) == "when"]
    if len(whens) > 1:
        attributes["开始时间"], attributes["结束时间"] = whens[0], whens[-1]
    return attributes


def _described(one: Element) -> dict[str, Any]:
    """The rows of a balloon's table as columns, or its text."""
    html = "".join(one.itertext())
    rows = attributes_in(html) if "<" in html else {}
    return dict(rows) if rows else {"描述": text_in(html) or None}


def _extended(one: Element) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for child in one.iter():
        name = child.get("name")
        if not name:
            continue
        if local(child.tag) == "Data":
            attributes[name] = _text(child, "value") or None
        elif local(child.tag) == "SimpleData":
            attributes[name] = (child.text or "").strip() or None
    return attributes


def _text(one: Element, name: str) -> str:
    """The text of a child; "" without any."""
    return next(((child.text or "").strip() for child in one if local(child.tag) == name), "")


def _typed(frame: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    """Numbers where the schema says so and every value is one."""
    for column in frame.columns:
        if types.get(column) not in _WHOLE | _REAL:
            continue
        numbers = pd.to_numeric(frame[column], errors="coerce")
        if numbers.notna().equals(frame[column].notna()):
            whole = types[column] in _WHOLE and (numbers.dropna() % 1 == 0).all()
            frame[column] = numbers.astype("Int64") if whole else numbers
    return frame
