"""GeoJSON as bureaus deliver it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from layers.errors import UnreadableFile
from layers.readers import Reading

Read = Callable[..., Reading]
POINT = {"type": "Point", "coordinates": [113.6, 24.8]}


def feature(geometry: Any = POINT, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: Any, **members: Any) -> bytes:
    document = {"type": "FeatureCollection", "features": list(features), **members}
    return json.dumps(document, ensure_ascii=False).encode()


def test_a_bare_array_of_features_is_read(read_bytes: Read) -> None:
    reading = read_bytes(json.dumps([feature(名称="甲"), feature(名称="乙")]).encode(), "a.json")
    assert list(reading.frame["名称"]) == ["甲", "乙"]


def test_a_bare_array_of_records_with_coordinates_is_read(read_bytes: Read) -> None:
    records = [{"name": "甲", "lng": 113.6, "lat": 24.8}, {"name": "乙", "lng": 113.7, "lat": 24.9}]
    reading = read_bytes(json.dumps(records).encode(), "a.json")
    assert shapely.get_x(reading.frame.geometry).tolist() == [113.6, 113.7]


def test_one_document_per_line_is_read(read_bytes: Read) -> None:
    lines = "\n".join(json.dumps(feature(n=n)) for n in range(3))
    assert list(read_bytes(lines.encode(), "a.geojsonl").frame["n"]) == [0, 1, 2]


def test_the_old_crs_member_is_taken_as_the_declaration(read_bytes: Read) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    assert (
        read_bytes(collection(feature(), crs=crs), "a.json").declared == crs["properties"]["name"]
    )


def test_a_gbk_document_is_read_as_gbk(read_bytes: Read) -> None:
    reading = read_bytes(collection(feature(名称="韶关")).decode().encode("gbk"), "a.json")
    assert reading.frame["名称"][0] == "韶关"
    assert reading.encoding == "GB18030"


def test_echarts_coordinates_are_decoded_and_their_coarseness_told(read_bytes: Read) -> None:
    ring = [(116326, 25395), (116336, 25395), (116336, 25405), (116326, 25395)]
    encoded, (x, y) = "", ring[0]
    for px, py in ring:
        for step in (px - x, py - y):
            encoded += chr(((step << 1) ^ (step >> 63)) + 64)
        x, y = px, py
    shape = {"type": "Polygon", "coordinates": [encoded], "encodeOffsets": [list(ring[0])]}
    reading = read_bytes(collection(feature(shape), UTF8Encoding=True), "map.json")
    assert reading.frame.geometry[0].exterior.coords[1] == pytest.approx(
        (336 / 1024 + 113.28125, 24.799805), abs=1
    )
    assert reading.frame.geometry[0].exterior.coords[0] == (116326 / 1024, 25395 / 1024)
    assert reading.problems[0].problem.startswith("是 ECharts")


def test_features_without_a_place_are_counted_and_named(read_bytes: Read) -> None:
    reading = read_bytes(collection(feature(), feature(None), feature(None)), "a.json")
    assert len(reading.frame) == 1
    assert (reading.problems[0].row, reading.problems[0].count) == (2, 2)


def test_broken_coordinates_are_named_by_row_and_the_rest_is_read(read_bytes: Read) -> None:
    short = {"type": "Polygon", "coordinates": [[[113, 24], [114, 24]]]}
    reading = read_bytes(
        collection(feature(), feature(short), feature({"type": "Point", "coordinates": ["a"]})),
        "a.json",
    )
    assert list(reading.rows) == [1]
    assert (reading.problems[0].row, reading.problems[0].count) == (2, 2)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "FeatureCollection", "features": []}, "没有要素"),
        ({"type": "Topology", "objects": {}}, "TopoJSON"),
        ({"geometryType": "esriGeometryPoint", "features": []}, "Esri JSON"),
        ({"type": {"a": 1}}, "不是 GeoJSON"),
        ({"code": 200, "data": []}, "不是 GeoJSON"),
    ],
)
def test_other_json_is_refused_by_its_name(read_bytes: Read, document: Any, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_bytes(json.dumps(document).encode(), "a.json")


def test_broken_json_names_line_and_column(read_bytes: Read) -> None:
    with pytest.raises(UnreadableFile, match="第 2 行第"):
        read_bytes(b'{"type":"FeatureCollection",\n"features":[}', "a.json")


def test_an_encoding_that_does_not_fit_names_the_line(read_bytes: Read) -> None:
    with pytest.raises(UnreadableFile, match="第 1 行"):
        read_bytes(collection(feature(名称="韶关")).decode().encode("gbk"), "a.json", "utf-8")


def test_an_unknown_encoding_is_refused_with_the_choices(read_bytes: Read) -> None:
    with pytest.raises(UnreadableFile, match="不认识的编码"):
        read_bytes(collection(feature()), "a.json", "klingon")
