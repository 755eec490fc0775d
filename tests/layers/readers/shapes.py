"""Small Shapefiles and GeoPackages written for tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
from shapely import Point, box

COUNTY = gpd.GeoDataFrame(
    {"名称": ["武江区", "浈江区"], "code": ["440203", "440204"]},
    geometry=[box(113.4, 24.6, 113.6, 24.9), box(113.6, 24.6, 113.8, 24.9)],
    crs="EPSG:4490",
)
STATIONS = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[Point(113.5, 24.7), Point(113.7, 24.8)])


def shapefile(folder: Path, frame: gpd.GeoDataFrame = COUNTY, encoding: str = "UTF-8") -> Path:
    """The parts of a Shapefile named data.* in a new folder."""
    target = folder / "parts"
    target.mkdir()
    pyogrio.write_dataframe(frame, target / "data.shp", encoding=encoding)
    return target


def zipped(parts: Path, stem: str = "县界/武江 区", without: tuple[str, ...] = ()) -> bytes:
    """The parts in a zip under the given path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(parts.iterdir()):
            if part.suffix not in without:
                archive.writestr(f"{stem}{part.suffix}", part.read_bytes())
    return buffer.getvalue()
