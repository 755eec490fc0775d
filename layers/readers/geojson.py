"""GeoJSON, also as a bare array, as lines, with an old `crs` member, or in ECharts encoding."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely

from layers.readers import echarts
from layers.readers.assemble import assemble
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.readers.coordinates import locate
from layers.readers.detect import refuse
from layers.readers.encoding import decide
from layers.readers.tally import Tally

_GEOMETRIES = {
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}
_REPAIR = "按 GeoJSON 规范改正后重新导入;其余要素已读取"


def read(upload: Upload, options: ReadOptions = ReadOptions()) -> Reading:
    """The features of a GeoJSON text; raises UnreadableFile."""
    content = upload.path.read_bytes()
    chosen = decide(content, options.encoding, upload.name)
    text = content.decode(chosen.codec)
    del content
    document = _parse(upload, text)
    del text
    about: dict[str, Any] = {
        "format": "GeoJSON",
        "encoding": chosen.shown,
        "evidence": (chosen.evidence,),
        "edits": options.edits,
    }
    if _is_table(document):
        return _table(upload, document, about)
    tally = Tally()
    if isinstance(document, dict) and document.get("UTF8Encoding"):
        document = echarts.decode(document)
        tally.add(None, "坐标", "是 ECharts 压缩编码,精度约 100 米", "需要准确边界时请改用原始数据")
    return _features(upload, document, tally, about)


def _parse(upload: Upload, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        lines = [line.strip("\x1e \t") for line in text.splitlines()]
        if wrong.lineno > 1 or text.startswith("\x1e"):
            try:
                return [orjson.loads(line) for line in lines if line]
            except orjson.JSONDecodeError:
                pass  # not one document per line either: report where the one document breaks
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
        and not any(_kind(one) in _GEOMETRIES | {"Feature"} for one in document[:100])
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


def _features(upload: Upload, document: Any, tally: Tally, about: dict[str, Any]) -> Reading:
    features = _list(upload, document)
    if not features:
        refuse(upload, "没有要素", "请确认导出时选中了要素")
    rows = np.arange(1, len(features) + 1)
    members = [_member(one) for one in features]
    reported = np.array([one is None for one in members])
    tally.add(rows[reported], "要素", "不是 GeoJSON 要素", _REPAIR)
    geometries, broken = _geometries([None if one is None else one[0] for one in members])
    tally.add(rows[broken], "几何", "坐标写法不对(如缺坐标、非数字、环不闭合)", _REPAIR)
    properties = [{} if one is None else one[1] for one in members]
    return assemble(
        upload,
        pd.DataFrame.from_records(properties, index=range(len(properties))),
        geometries,
        rows,
        tally,
        declared=_declared(document),
        reported=reported | broken,
        **about,
    )


def _list(upload: Upload, document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        refuse(upload, "是 JSON,但不是 GeoJSON", "最外层应是 FeatureCollection")
    kind = _kind(document)
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return list(document["features"])
    if kind == "Feature" or kind in _GEOMETRIES:
        return [document]
    if kind == "Topology":
        refuse(upload, "是 TopoJSON", "请用 QGIS 或 mapshaper 转成 GeoJSON 后再导入")
    if "geometryType" in document and "features" in document:
        refuse(upload, "是 Esri JSON", "请在导出时选择 GeoJSON")
    refuse(upload, "是 JSON,但不是 GeoJSON", "最外层应是 FeatureCollection,且有 features 数组")


def _kind(one: dict[str, Any]) -> str:
    kind = one.get("type")
    return kind if isinstance(kind, str) else ""


def _member(one: Any) -> tuple[Any, dict[str, Any]] | None:
    """The geometry and the properties of one feature; None for something else."""
    if not isinstance(one, dict):
        return None
    if _kind(one) in _GEOMETRIES:
        return one, {}
    if _kind(one) != "Feature" or "geometry" not in one:
        return None
    properties = one.get("properties")
    properties = {} if properties is None else properties
    if not isinstance(properties, dict):
        return None
    if "id" in one and "id" not in properties:
        properties = {"id": one["id"], **properties}
    return one["geometry"], properties


def _geometries(members: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Geometries (None where missing or broken) and which of them are broken."""
    if all(_is_point(one) for one in members):
        pairs = np.array([one["coordinates"][:2] for one in members], dtype=float)
        return shapely.points(pairs), np.zeros(len(members), dtype=bool)
    texts = np.array([None if one is None else json.dumps(one) for one in members], dtype=object)
    # GEOS reads "1e999" and text as coordinates of its own making; what it cannot read is None.
    made = shapely.from_geojson(texts, on_invalid="ignore")
    broken = shapely.is_missing(made) & np.array([one is not None for one in members])
    return made, broken


def _is_point(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("type") != "Point":
        return False
    pair = one.get("coordinates")
    return (
        isinstance(pair, list)
        and len(pair) >= 2
        and all(isinstance(value, int | float) and value is not True for value in pair[:2])
    )


def _declared(document: Any) -> str | None:
    """The name in an old `crs` member."""
    crs = document.get("crs") if isinstance(document, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) and name else None
