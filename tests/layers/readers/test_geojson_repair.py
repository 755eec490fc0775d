"""What is written wrongly but plainly meant is repaired and told; what is not meant is left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from layers.readers import Reading
from layers.readers.geojson_geometry import geometries_of, kind_of

Read = Callable[..., Reading]
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def repaired(geometry: dict[str, Any]) -> tuple[Any, list[str]]:
    made = geometries_of([geometry])
    return made.geometries[0], list(made.repaired)


def test_an_open_ring_is_closed_and_told() -> None:
    made, words = repaired({"type": "Polygon", "coordinates": [SQUARE]})
    assert made.equals(shapely.box(0, 0, 1, 1))
    assert words == ["环没有闭合,已闭合"]


def test_open_rings_of_every_polygon_are_closed() -> None:
    made, _ = repaired({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]})
    assert [part.exterior.is_closed for part in made.geoms] == [True, True]


def test_numbers_written_as_text_are_read_and_told() -> None:
    made, words = repaired({"type": "Point", "coordinates": ["113.5", "24.8"]})
    assert made == shapely.Point(113.5, 24.8)
    assert words == ["坐标写成了文本,已转成数"]


def test_types_in_the_wrong_case_are_read_and_told() -> None:
    made, words = repaired({"type": "linestring", "coordinates": [[0, 0], [1, 1]]})
    assert made == shapely.LineString([(0, 0), (1, 1)])
    assert words == ["类型的大小写不合规范,已按规范读取"]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": ["foo", 2]},
        {"type": "Point", "coordinates": [None, 2]},
        {"type": "Point", "coordinates": [True, 2]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point"},
        {"type": "MultiPoint", "coordinates": [0, 0]},
        {"type": "MultiPoint", "coordinates": [[[0, 0], [0, 0]]]},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "LineString", "coordinates": [["a", 0], [1, 1]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "MultiPolygon", "coordinates": [0, 1]},
        {"type": "GeometryCollection", "geometries": [False]},
        {"type": "Feature", "geometry": None},
        {"type": "FooBar"},
        {"type": {}},
        [1, 2],
        "POINT (1 2)",
        10**400,
    ],
)
def test_what_is_no_geometry_is_broken_and_never_becomes_one(geometry: Any) -> None:
    made = geometries_of([geometry, {"type": "Point", "coordinates": [1, 2]}])
    assert made.broken.tolist() == [True, False]
    assert made.geometries[0] is None


def test_a_collection_nested_too_deeply_is_broken() -> None:
    geometry: dict[str, Any] = {"type": "Point", "coordinates": [1, 2]}
    for _ in range(50):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert geometries_of([geometry]).broken.tolist() == [True]


def test_a_bare_collection_gives_a_row_for_each_member(read_bytes: Read) -> None:
    members = [{"type": "Point", "coordinates": [n, n]} for n in range(3)]
    document = {"type": "GeometryCollection", "geometries": members}
    assert len(read_bytes(json.dumps(document).encode(), "a.json").frame) == 3


def test_nan_among_coordinates_is_left_out_with_its_reason(read_bytes: Read) -> None:
    lines = [{"type": "LineString", "coordinates": [[0, 0], [x, 1]]} for x in (1, float("nan"))]
    reading = read_bytes(json.dumps(lines).encode(), "a.json")
    assert reading.rows.tolist() == [1]
    assert reading.left_out is not None
    assert reading.left_out["_reason"].tolist() == ["坐标是 NaN 或无穷大"]


@pytest.mark.parametrize("x", ["Infinity", "-Infinity", "1e999"])
def test_infinite_points_are_left_out(read_bytes: Read, x: str) -> None:
    document = f'[{{"type":"Point","coordinates":[{x},1]}},{{"type":"Point","coordinates":[1,1]}}]'
    reading = read_bytes(document.encode(), "a.json")
    assert reading.rows.tolist() == [2]
    assert np.isfinite(shapely.get_coordinates(reading.frame.geometry)).all()


def test_spare_commas_are_overlooked_and_told_but_not_in_texts(read_bytes: Read) -> None:
    text = '{"type":"Feature","properties":{"名":"甲,}乙,]",},"geometry":'
    reading = read_bytes(f'{text}{{"type":"Point","coordinates":[1,2,]}},}}'.encode(), "a.json")
    assert reading.frame["名"][0] == "甲,}乙,]"
    assert any("多余的逗号" in one for one in reading.evidence)


def test_only_types_of_the_standard_are_types() -> None:
    assert kind_of({"type": "featurecollection"}) == "FeatureCollection"
    assert kind_of({"type": "Topology"}) == kind_of({"type": 1}) == kind_of([]) == ""


def encoded(coordinates: Any, offsets: Any, kind: str = "Polygon") -> bytes:
    geometry = {"type": kind, "coordinates": coordinates, "encodeOffsets": offsets}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature, point]}).encode()


def test_echarts_without_its_mark_is_decoded_too(read_bytes: Read) -> None:
    # From (1024, 1024): one step of +1 is "B", of 0 "@", of -1 "A".
    reading = read_bytes(encoded(["@@B@@BA@@A"], [[1024, 1024]]), "a.json")
    ring = shapely.get_coordinates(reading.frame.geometry[0]) * 1024
    assert ring.tolist() == [[1024, 1024], [1025, 1024], [1025, 1025], [1024, 1025], [1024, 1024]]


@pytest.mark.parametrize(
    ("coordinates", "offsets"),
    [
        (["@@B@@"], [[0, 0]]),
        (["@@B@"], [[0]]),
        (["@@", "@@"], [[0, 0]]),
        (["@@"], "x"),
        ([5], [[1]]),
    ],
)
def test_echarts_that_cannot_be_decoded_is_left_out_and_never_null(
    read_bytes: Read, coordinates: Any, offsets: Any
) -> None:
    reading = read_bytes(encoded(coordinates, offsets), "a.json")
    assert reading.rows.tolist() == [2]
    assert reading.left_out is not None
