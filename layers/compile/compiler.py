"""Turns a table of features into a folder of mapped arrays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from layers.compile.arrays import ArrayWriter
from layers.compile.columns import write_codes, write_tables
from layers.compile.factorise import factorise
from layers.compile.head import ARRAYS, KINDS, CompiledInfo, write_head
from layers.compile.points import write_points
from layers.compile.shapes import write_shapes
from layers.contracts import Bounds

Parts = tuple[NDArray[np.object_], NDArray[np.int64]]
_KIND_OF_TYPE = np.array([0, 1, 1, 2])  # point, line, ring, polygon → position in KINDS


def compile_layer(
    frame: gpd.GeoDataFrame, ids: NDArray[np.int64], dest: Path, *, attributes: Sequence[str]
) -> CompiledInfo:
    """Write the compiled layer to the folder `dest`, which appears whole or not at all.

    The frame is in EPSG:4326; `ids` has the stable id of each of its rows, 0 ≤ id < 2**53. Rows
    without usable geometry are skipped and counted; mixed geometries are kept apart by kind.
    """
    if len(ids) != len(frame) or (len(ids) and not 0 <= ids.min() <= ids.max() < 2**53):
        raise ValueError("ids: one for each row, 0 ≤ id < 2**53")
    dest.parent.mkdir(parents=True, exist_ok=True)
    work = dest.parent / f".{dest.name}.{uuid4().hex}"
    work.mkdir()
    try:
        info = _write(frame, np.asarray(ids, np.int64), work, tuple(attributes))
        _appear(work, dest)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return info


def _write(
    frame: gpd.GeoDataFrame, ids: NDArray[np.int64], folder: Path, attributes: tuple[str, ...]
) -> CompiledInfo:
    parts, owner = _parts(frame.geometry.to_numpy())
    kind_of = _KIND_OF_TYPE[shapely.get_type_id(parts)]
    columns = {name: factorise(frame[name].reset_index(drop=True)) for name in attributes}
    writer = ArrayWriter(folder / ARRAYS)
    write_tables(writer, columns)
    kinds = [kind for at, kind in enumerate(KINDS) if (kind_of == at).any()]
    for kind in kinds:
        chosen = kind_of == KINDS.index(kind)
        rows = _write_kind(writer, kind, (parts[chosen], owner[chosen]))
        writer.add(f"{kind}/ids", ids[rows])
        write_codes(writer, kind, columns, rows)
    writer.close()
    features = len(np.unique(owner))
    info = CompiledInfo(features, len(frame) - features, tuple(kinds), _bounds(parts), attributes)
    write_head(folder, info, writer.places)
    return info


def _write_kind(writer: ArrayWriter, kind: str, parts: Parts) -> NDArray[np.int64]:
    if kind == "point":
        return write_points(writer, shapely.get_coordinates(parts[0]), parts[1])
    return write_shapes(writer, kind, *parts)


def _parts(shapes: NDArray[np.object_]) -> Parts:
    """Simple points, lines and polygons of all shapes, and the position of each one's shape."""
    parts, owner = shapes, np.arange(len(shapes))
    while (shapely.get_type_id(parts) > 3).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    usable = np.isfinite(shapely.bounds(parts)).all(axis=1)  # an empty shape has no bounds either
    return parts[usable], owner[usable].astype(np.int64)


def _bounds(parts: NDArray[np.object_]) -> Bounds | None:
    return Bounds(*map(float, shapely.total_bounds(parts))) if len(parts) else None


def _appear(work: Path, dest: Path) -> None:
    _sync(work)
    if dest.exists():  # an older format is being replaced: mapped readers keep what they have
        dest.rename(work.with_suffix(".old"))
    work.rename(dest)
    _sync(dest.parent)
    shutil.rmtree(work.with_suffix(".old"), ignore_errors=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
