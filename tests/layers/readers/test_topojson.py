"""TopoJSON: quantised arcs, shared borders, several objects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions

Read = Callable[..., Reading]

# Two squares that share a border: arc 1 is used by one forwards, by the other backwards.
SQUARES = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.25], "translate": [113, 24]},
    "arcs": [
        [[2, 4], [-2, 0], [0, -4], [2, 0]],
        [[2, 0], [0, 4]],
        [[2, 0], [2, 0], [0, 4], [-2, 0]],
    ],
    "objects": {
        "counties": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"名称": "左"}, "id": 7},
                {"type": "MultiPolygon", "arcs": [[[2, -2]]], "properties": {"名称": "右"}},
            ],
        }
    },
}


def topology(**changes: Any) -> bytes:
    return json.dumps(SQUARES | changes).encode()


def test_quantised_arcs_become_polygons_with_their_properties(read_bytes: Read) -> None:
    reading = read_bytes(topology(), "县.topojson")
    assert reading.format == "TopoJSON"
    assert reading.frame.geometry[0].equals(shapely.box(113, 24, 114, 25))
    assert reading.frame.geometry[1].equals(shapely.box(114, 24, 115, 25))
    assert reading.frame["名称"].tolist() == ["左", "右"]


def test_the_shared_border_is_shared_exactly(read_bytes: Read) -> None:
    left, right = read_bytes(topology(), "县.json").frame.geometry
    assert left.intersection(right).equals(shapely.LineString([(114, 24), (114, 25)]))


def test_arcs_without_transform_are_positions(read_bytes: Read) -> None:
    lines = {"a": {"type": "LineString", "arcs": [0]}}
    document = {"type": "Topology", "arcs": [[[1, 2], [3, 4]]], "objects": lines}
    reading = read_bytes(json.dumps(document).encode(), "a.json")
    assert reading.frame.geometry[0] == shapely.LineString([(1, 2), (3, 4)])


def test_points_are_transformed_but_are_no_steps(read_bytes: Read) -> None:
    points = {"p": {"type": "MultiPoint", "coordinates": [[2, 4], [2, 4]]}}
    reading = read_bytes(topology(objects=points), "a.json")
    assert shapely.get_coordinates(reading.frame.geometry[0]).tolist() == [[114, 25], [114, 25]]


def test_which_of_several_objects_is_asked_and_read(read_bytes: Read) -> None:
    objects = {**SQUARES["objects"], "rivers": {"type": "LineString", "arcs": [1]}}  # type: ignore[dict-item]
    with pytest.raises(NeedsAnswer, match="2 个对象") as asked:
        read_bytes(topology(objects=objects), "a.json")
    assert asked.value.question is not None
    assert [one.detail for one in asked.value.question.options] == ["面,2 个要素", "线,1 个要素"]
    reading = read_bytes(topology(objects=objects), "a.json", ReadOptions(part="rivers"))
    assert reading.frame.geometry[0] == shapely.LineString([(114, 24), (114, 25)])


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "LineString", "arcs": [99]},
        {"type": "LineString", "arcs": [-99]},
        {"type": "LineString", "arcs": "null"},
        {"type": "LineString", "arcs": []},
        {"type": "LineString"},
        {"type": "Point", "coordinates": [0]},
        {"type": "Polygon", "arcs": [1]},
        {"type": "Circle"},
        5,
    ],
)
def test_what_cannot_be_made_is_left_out_with_its_reason(read_bytes: Read, broken: Any) -> None:
    good = {"type": "LineString", "arcs": [1]}
    objects = {"a": {"type": "GeometryCollection", "geometries": [good, broken]}}
    reading = read_bytes(topology(objects=objects), "a.json")
    assert reading.rows.tolist() == [1]
    assert reading.left_out is not None
    assert reading.left_out["_row"].tolist() == [2]


@pytest.mark.parametrize(
    "changes",
    [{"objects": None}, {"objects": {}}, {"arcs": 5}, {"transform": {"scale": [1]}}],
)
def test_a_topology_that_is_none_is_refused(read_bytes: Read, changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableFile, match="TopoJSON"):
        read_bytes(topology(**changes), "a.json")
