"""What an export wrote, our own readers read back: texts equal, places to a billionth degree."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from layers.crs.transform import apply, to_lonlat
from layers.export import export_frame
from layers.readers import Reading, Upload, read

TEXTS = st.text(st.characters(categories=("L", "N"), max_codepoint=0xFFFF), max_size=20)
PLACES = st.tuples(st.floats(112.9, 114.8), st.floats(23.9, 25.5))
ROWS = st.lists(st.tuples(TEXTS, PLACES), min_size=1, max_size=8)
HARD = [
    "=1+1",
    "+86",
    "-乙",
    "@丙",
    "007",
    "440203198001011234",
    " 前后 ",
    "换\n行",
    "𠮷",
    '"引号"',
]
HERE = [Point(113.597623456, 24.810876543)]
SYSTEMS = ["EPSG:4326", "EPSG:4490", "gcj02", "bd09"]


def again(frame: gpd.GeoDataFrame, kind: str, crs: str) -> Reading:
    """The frame written and read back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        export_frame(frame, path, kind, crs, title="断面")
        return read(Upload(path, path.name))


def in_lonlat(reading: Reading, crs: str) -> np.ndarray:
    """The places as the system that the file was written in puts them."""
    moved: np.ndarray = apply(to_lonlat(crs), reading.frame.geometry.to_numpy())
    return moved


@pytest.mark.parametrize("crs", SYSTEMS)
@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
@settings(max_examples=15, deadline=None)
@given(rows=ROWS)
def test_points_come_back_where_they_were_with_their_texts(
    kind: str, crs: str, rows: list[tuple[str, tuple[float, float]]]
) -> None:
    # A first text with a letter keeps a column of digits from being read as numbers.
    rows = [("甲", (113.6, 24.8)), *rows]
    frame = gpd.GeoDataFrame(
        {"名称": [text for text, _ in rows], "编号": [f"D{n}" for n in range(len(rows))]},
        geometry=shapely.points([place for _, place in rows]),
        crs="EPSG:4326",
    )
    reading = again(frame, kind, crs)
    assert reading.frame["名称"].fillna("").tolist() == frame["名称"].tolist()
    assert reading.frame["编号"].tolist() == frame["编号"].tolist()
    off = shapely.distance(in_lonlat(reading, crs), frame.geometry.to_numpy())
    assert off.max() <= (1e-9 if crs.startswith("EPSG") else 2e-9)  # two roundings when shifted


@pytest.mark.parametrize(("kind", "crs"), [("xlsx", "gcj02"), ("xlsx", "bd09")])
def test_a_sheet_in_shifted_coordinates_says_so(kind: str, crs: str) -> None:
    frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=HERE, crs="EPSG:4326")
    assert again(frame, kind, crs).declared == crs


def test_a_parquet_in_shifted_coordinates_never_passes_for_a_true_one() -> None:
    frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=HERE, crs="EPSG:4326")
    declared = again(frame, "parquet", "gcj02").declared
    assert declared is not None
    assert not declared.startswith("EPSG:")


@pytest.mark.parametrize("text", HARD)
def test_odd_texts_come_back_from_parquet_as_they_were(text: str) -> None:
    frame = gpd.GeoDataFrame({"备注": ["甲", text]}, geometry=HERE * 2, crs="EPSG:4326")
    assert again(frame, "parquet", "EPSG:4326").frame["备注"].tolist() == ["甲", text]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "gcj02"])
@pytest.mark.parametrize(
    "shape", [LineString([(113.1, 24.2), (113.7, 24.9)]), box(113.4, 24.6, 113.6, 24.9)]
)
def test_lines_and_polygons_come_back_too(kind: str, crs: str, shape: shapely.Geometry) -> None:
    frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[shape], crs="EPSG:4326")
    (back,) = in_lonlat(again(frame, kind, crs), crs)
    assert shapely.hausdorff_distance(back, shape) <= 2e-9
