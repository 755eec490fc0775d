"""What is written is what is read: values of every script, in every format and encoding."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.readers import ReadOptions, Upload, read
from tests.layers.readers.shapes import zipped

# Twenty characters take at most 80 bytes, the width that a Shapefile's text column gets.
TEXTS = st.text(
    st.characters(codec="gb18030", categories=("L", "N"), max_codepoint=0xFFFF), max_size=20
)
ROWS = st.lists(st.tuples(TEXTS, st.integers(-(2**53), 2**53)), min_size=1, max_size=8)


def frame_of(rows: list[tuple[str, int]]) -> gpd.GeoDataFrame:
    places = shapely.points([(113 + n / 8, 24.5) for n in range(len(rows))])
    columns = {"name": [text for text, _ in rows], "n": [number for _, number in rows]}
    return gpd.GeoDataFrame(columns, geometry=places, crs=4490)


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
@settings(max_examples=15, deadline=None)
@given(rows=ROWS)
def test_single_files_give_back_what_was_written(suffix: str, rows: list[tuple[str, int]]) -> None:
    frame = frame_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        pyogrio.write_dataframe(frame, path)
        read_back = read(Upload(path, path.name)).frame
    read_back = read_back.iloc[read_back.geometry.x.argsort()]  # an index may reorder them
    assert read_back["name"].tolist() == frame["name"].tolist()
    assert read_back["n"].tolist() == frame["n"].tolist()


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
@settings(max_examples=15, deadline=None)
@given(rows=ROWS)
def test_a_shapefile_read_as_told_gives_back_what_was_written(
    encoding: str, rows: list[tuple[str, int]]
) -> None:
    frame = frame_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder) / "parts"
        parts.mkdir()
        pyogrio.write_dataframe(frame, parts / "data.shp", encoding=encoding)
        path = Path(folder) / "upload"
        path.write_bytes(zipped(parts))
        read_back = read(Upload(path, "a.zip"), ReadOptions(encoding=encoding)).frame
    assert read_back["name"].fillna("").tolist() == frame["name"].tolist()
    assert read_back["n"].tolist() == frame["n"].tolist()
