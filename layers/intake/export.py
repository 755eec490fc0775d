"""A version written out as a file that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from layers.crs import names
from layers.crs.transform import apply, from_lonlat
from layers.errors import BadFilter
from layers.stores.files import disk


def export_frame(frame: gpd.GeoDataFrame, path: Path, kind: str, crs: str) -> None:
    """Write the frame (EPSG:4326) to `path` in `kind` and `crs`; raises BadFilter or UnknownCRS."""
    writer = _WRITERS.get(kind.lower())
    if writer is None:
        raise BadFilter(f"不支持导出为 {kind};可选 {'、'.join(_WRITERS)}")
    system = names.named(crs)
    moved = apply(from_lonlat(system), frame.geometry.to_numpy())
    label = system if system.startswith("EPSG:") else None
    with disk():
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=label)), path)


def _geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    pyogrio.write_dataframe(_labelled(frame), path, driver="GeoJSON", COORDINATE_PRECISION=9)


def _geopackage(frame: gpd.GeoDataFrame, path: Path) -> None:
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(_labelled(frame), path, driver="GPKG", layer="layer")


def _labelled(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """GCJ-02 and BD-09 have no label of their own; degrees are all a file can say of them."""
    return frame if frame.crs is not None else frame.set_crs("EPSG:4326")


def _csv(frame: gpd.GeoDataFrame, path: Path) -> None:
    shapes = frame.geometry.to_numpy()
    table = frame.drop(columns=frame.geometry.name)
    if (shapely.get_type_id(shapes) == 0).all():
        table["lon"], table["lat"] = np.round(shapely.get_x(shapes), 9), shapely.get_y(shapes)
        table["lat"] = table["lat"].round(9)
    else:
        table["wkt"] = shapely.to_wkt(shapes, rounding_precision=9)
    table.to_csv(path, index=False, encoding="utf-8-sig")  # Excel needs the mark to read Chinese


def _parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False, write_covering_bbox=True)


_WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], None]] = {
    "geojson": _geojson,
    "gpkg": _geopackage,
    "csv": _csv,
    "parquet": _parquet,
}
