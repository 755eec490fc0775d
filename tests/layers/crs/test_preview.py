"""The candidates are drawn in one window at one scale, so that a displacement shows."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from layers.contracts import CrsDecision
from layers.crs.decide import decide
from layers.crs.outline import Outline
from layers.crs.preview import line_of, preview
from layers.crs.references import Lines, References
from layers.crs.transform import apply, from_lonlat

RIVER = shapely.LineString([(113.5 + 0.004 * n, 24.6 + 0.0015 * (n % 7)) for n in range(60)])
REFERENCES = References(rivers=Lines(np.array([RIVER])))
CITY = Outline(("440203",), ("甲",), np.array([shapely.box(113.3, 24.3, 113.9, 24.9)]))
OUTFALLS = shapely.line_interpolate_point(
    np.full(612, RIVER), np.linspace(0, 1, 612), normalized=True
)


def drawn(geometries: np.ndarray) -> dict[str, object]:
    found = decide(geometries, wanted="auto", declared=None, outline=CITY, references=REFERENCES)
    return preview(geometries, found, CITY, REFERENCES)


def test_all_candidates_share_one_window_and_it_is_json() -> None:
    shown = drawn(OUTFALLS)
    again = json.loads(json.dumps(shown))
    assert len({tuple(one["bounds"]) for one in again["candidates"]}) == 1
    assert [one["crs"] for one in again["candidates"]] == ["EPSG:4326", "gcj02", "bd09"]
    assert again["candidates"][0]["chosen"]


def test_the_window_is_as_wide_as_it_says() -> None:
    shown = drawn(OUTFALLS)
    west, south, east, north = shown["candidates"][0]["bounds"]
    assert (north - south) * 111_320 == pytest.approx(shown["window_m"][1], rel=1e-3)
    assert (east - west) * 111_320 * np.cos(np.radians((north + south) / 2)) == pytest.approx(
        shown["window_m"][0], rel=1e-3
    )


def test_points_are_thinned_and_the_displaced_candidate_lies_elsewhere() -> None:
    first, second, _ = drawn(OUTFALLS)["candidates"]
    assert 150 < len(first["points"]) <= 400
    moved = np.subtract(second["points"], first["points"]) * 111_320
    assert 450 < np.hypot(moved[:, 0] * 0.91, moved[:, 1]).mean() < 750


def test_the_lines_below_say_what_the_mock_says() -> None:
    first, second, _ = drawn(OUTFALLS)["candidates"]
    assert first["line2"] == "612 / 612 个要素在市域,距河流中位 0 m"
    assert second["line2"].startswith("偏移约 ")
    assert "距河流中位" in second["line2"]


@pytest.mark.parametrize(
    ("candidate", "line"),
    [
        (
            {"count_inside": 610, "total": 612, "river_m": 38.2},
            "610 / 612 个要素在市域,距河流中位 38 m",
        ),
        ({"apart_m": 562.0, "river_m": 541.0}, "偏移约 560 m,距河流中位 540 m"),
        ({"shift_m": 18_950.0, "near": 0.1}, "偏移约 19 km,10% 贴合界线"),
        ({"shift_m": 59.9, "apart_m": 0.0, "count_inside": 1, "total": 1}, "1 / 1 个要素在市域"),
        ({"road_m": 12.0}, "距道路中位 12 m"),
        ({}, "没有可信界线,无法用位置核对"),
    ],
)
def test_a_candidates_line(candidate: dict[str, float], line: str) -> None:
    assert line_of(candidate) == line


def test_polygons_are_drawn_as_thin_lines_near_the_window() -> None:
    angle = np.linspace(0, 2 * np.pi, 20_000)
    ring = np.column_stack([113.6 + 0.02 * np.cos(angle), 24.6 + 0.02 * np.sin(angle)])
    shown = drawn(np.array([shapely.Polygon(ring)]))
    lines = shown["candidates"][0]["lines"]
    assert lines
    assert sum(len(line) for line in lines) < 1000


def test_without_rivers_the_borders_are_the_reference() -> None:
    edge = shapely.points(np.column_stack([np.full(50, 113.3), np.linspace(24.5, 24.52, 50)]))
    found = decide(edge, wanted="auto", declared=None, outline=CITY)
    assert preview(edge, found, CITY)["candidates"][0]["reference"]


def test_without_candidates_or_places_there_is_nothing_to_draw() -> None:
    nothing = CrsDecision(None, None, None)
    assert preview(OUTFALLS, nothing, None)["candidates"] == []


def test_metres_are_drawn_too() -> None:
    shown = drawn(apply(from_lonlat("EPSG:4526"), OUTFALLS))
    assert shown["candidates"][0]["crs"] == "EPSG:4526"
    assert {one["crs"] for one in shown["candidates"]} >= {"EPSG:4526@gcj02", "EPSG:2362"}
