"""GeoJSON, also bare, as lines, with an old `crs` member or in ECharts encoding; and TopoJSON."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import orjson
import pandas as pd

from layers.readers import echarts, topojson
from layers.readers.assemble import assemble
from layers.readers.choose import choose
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.coordinates import locate
from layers.readers.detect import refuse
from layers.readers.encoding import decide
from layers.readers.geojson_geometry import geometries_of, kind_of
from layers.readers.tally import Tally

# A comma before a closing bracket, outside of texts: hand-edited files have it.
_SPARE_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_REPAIR = "按 GeoJSON 规范改正后重新导入;其余要素已读取"
_BROKEN = "坐标写法不对(如缺坐标、非数字、点数不够)"


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of a GeoJSON or TopoJSON text; raises UnreadableFile."""
    content = upload.path.read_bytes()
    chosen = decide(content, options.encoding, upload.name)
    text = chosen.decode(content).removeprefix("\ufeff")
    del content
    document, how = _parse(upload, text)
    del text
    about: dict[str, Any] = {
        "format": "GeoJSON",
        "encoding": chosen.shown,
        "encoding_found": chosen.found,
        "evidence": (chosen.evidence, *how),
        "edits": options.edits,
    }
    if _is_table(document):
        return _table(upload, document, about)
    tally = Tally()
    if isinstance(document, dict) and document.get("type") == "Topology":
        return _topology(upload, document, options.part, tally, about)
    if isinstance(document, dict) and echarts.is_encoded(document):
        document = echarts.decode(document)
        tally.add(None, "坐标", "是 ECharts 压缩编码,精度约 100 米", "需要准确边界时请改用原始数据")
    features = _list(upload, document)
    return _features(upload, features, tally, {**about, "declared": _declared(document)})


def _parse(upload: Upload, text: str) -> tuple[Any, tuple[str, ...]]:
    """The document, and what had to be overlooked to read it."""
    try:
        return orjson.loads(text), ()
    except orjson.JSONDecodeError as wrong:
        lines = [line.strip("\x1e \t") for line in text.splitlines()]
        if wrong.lineno > 1 or text.startswith("\x1e"):
            try:
                return [orjson.loads(line) for line in lines if line], ("每行一个要素",)
            except orjson.JSONDecodeError:
                pass  # not one document per line either
        try:
            # This parser takes NaN and Infinity, as some programs write them.
            document = json.loads(_SPARE_COMMA.sub(lambda found: found[1] or "", text))
            return document, ("不是标准的 JSON(有多余的逗号,或 NaN、Infinity),已略过",)
        except (ValueError, RecursionError):
            pass  # report where the one document breaks
        refuse(
            upload,
            f"JSON 在第 {wrong.lineno} 行第 {wrong.colno} 列中断",
            "文件可能没有下载完整或被手工改坏;请重新导出",
        )


def _is_table(document: Any) -> bool:
    """A list of plain records: rows with coordinates in two of their members."""
    return (
        isinstance(document, list)
        and bool(document)
        and all(isinstance(one, dict) and "geometry" not in one for one in document[:100])
        and not any(kind_of(one) for one in document[:100])
    )


def _table(upload: Upload, records: list[Any], about: dict[str, Any]) -> Reading:
    wrong = [number for number, one in enumerate(records, 1) if not isinstance(one, dict)]
    if wrong:
        refuse(upload, f"第 {wrong[0]} 项不是记录", "数组里的每一项都应是 {…}")
    frame = pd.DataFrame.from_records(records)
    tally = Tally()
    rows = np.arange(1, len(frame) + 1)
    place = locate(upload, frame, rows, tally)
    about = about | {"evidence": (*about["evidence"], *place.evidence)}
    return assemble(
        upload,
        frame.drop(columns=list(place.columns)),
        place.geometries,
        rows,
        tally,
        declared=place.declared,
        reported=place.reported,
        **about,
    )


def _topology(
    upload: Upload,
    document: dict[str, Any],
    wanted: str | None,
    tally: Tally,
    about: dict[str, Any],
) -> Reading:
    try:
        parts = topojson.parts_of(document)
        if not parts:
            refuse(upload, "TopoJSON 里没有对象", "请确认导出时选中了要素")
        part = choose(upload, parts, wanted, "对象")
        features = topojson.features_of(document, part.name)
    except topojson.BadTopology as wrong:
        refuse(upload, f"TopoJSON 读不通({wrong})", "请用 QGIS 或 mapshaper 重新导出")
    named = {"format": "TopoJSON", "parts": parts, "part": part.name}
    return _features(upload, features, tally, {**about, **named, "declared": _declared(document)})


def _features(upload: Upload, features: list[Any], tally: Tally, about: dict[str, Any]) -> Reading:
    if not features:
        refuse(upload, "没有要素", "请确认导出时选中了要素")
    rows = np.arange(1, len(features) + 1)
    members = [_member(one) for one in features]
    reported = np.array([one is None for one in members])
    tally.add(rows[reported], "要素", "不是 GeoJSON 要素", _REPAIR)
    made = geometries_of([None if one is None else one[0] for one in members])
    tally.add(rows[made.broken], "几何", _BROKEN, _REPAIR)
    for words, which in made.repaired.items():
        tally.add(rows[which], "几何", words, "请核对;这些要素已读取")
    properties = [{} if one is None else one[1] for one in members]
    return assemble(
        upload,
        pd.DataFrame.from_records(properties, index=range(len(properties))),
        made.geometries,
        rows,
        tally,
        reported=reported | made.broken,
        **about,
    )


def _list(upload: Upload, document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        refuse(upload, "是 JSON,但不是 GeoJSON", "最外层应是 FeatureCollection")
    kind = kind_of(document)
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return list(document["features"])
    if kind == "GeometryCollection" and isinstance(document.get("geometries"), list):
        return list(document["geometries"])
    if kind and kind != "FeatureCollection":
        return [document]
    if "geometryType" in document and "features" in document:
        refuse(upload, "是 Esri JSON", "请在导出时选择 GeoJSON")
    refuse(upload, "是 JSON,但不是 GeoJSON", "最外层应是 FeatureCollection,且有 features 数组")


def _member(one: Any) -> tuple[Any, dict[str, Any]] | None:
    """The geometry and the properties of one feature; None for something else."""
    if not isinstance(one, dict):
        return None
    kind = kind_of(one)
    if kind not in {"", "Feature", "FeatureCollection"}:
        return one, {}
    if kind != "Feature" or "geometry" not in one:
        return None
    properties = one.get("properties")
    properties = {} if properties is None else properties
    if not isinstance(properties, dict):
        return None
    if "id" in one and "id" not in properties:
        properties = {"id": one["id"], **properties}
    return one["geometry"], properties


def _declared(document: Any) -> str | None:
    """The name in an old `crs` member; a link is never followed."""
    crs = document.get("crs") if isinstance(document, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) and name else None
