"""GeoJSON by RFC 7946, written feature by feature."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely

from layers.crs.names import LONLAT, shown
from layers.export.job import ExportJob

_BATCH = 20_000
_DIGITS = 9  # of a degree: a tenth of a millimetre
_METRE_DIGITS = 4


def write(job: ExportJob, path: Path) -> tuple[str, ...]:
    """Outer rings turn left; other systems than WGS-84 say so in the old `crs` member."""
    with path.open("wb") as file:
        file.write(_head(job))
        first = True
        for batch in _features(job):
            file.write(b"\n" if first else b",\n")
            file.write(b",\n".join(batch))
            first = False
        file.write(b"\n]}\n")
    return ()


def _head(job: ExportJob) -> bytes:
    members: dict[str, Any] = {"type": "FeatureCollection", "name": job.title}
    if job.crs not in LONLAT:
        # RFC 7946 knows only WGS-84; without this member the numbers would pass for it.
        code = job.crs.removeprefix("EPSG:")
        name = f"urn:ogc:def:crs:EPSG::{code}" if code != job.crs else job.crs
        members["crs"] = {"type": "name", "properties": {"name": name}}
        members["description"] = f"坐标系:{shown(job.crs)}"
    return orjson.dumps(members)[:-1] + b',"features":['


def _features(job: ExportJob) -> Iterator[list[bytes]]:
    digits = _DIGITS if np.abs(job.frame.total_bounds).max(initial=0.0) <= 400 else _METRE_DIGITS
    shapes = job.frame.geometry.to_numpy()
    table = pd.DataFrame(job.frame[job.attributes])
    for start in range(0, len(shapes), _BATCH):
        some = _rounded(shapes[start : start + _BATCH], digits)
        texts = shapely.to_geojson(shapely.orient_polygons(some, exterior_cw=False))
        rows = _plain_rows(table.iloc[start : start + _BATCH])
        yield [
            b'{"type":"Feature","properties":'
            + orjson.dumps(row, default=str, option=orjson.OPT_SERIALIZE_NUMPY)
            + b',"geometry":' + (b"null" if text is None else text.encode()) + b"}"
            for row, text in zip(rows, texts, strict=True)
        ]  # fmt: skip


def _rounded(shapes: np.ndarray, digits: int) -> np.ndarray:
    rounded: np.ndarray = shapely.transform(shapes, lambda pairs: np.round(pairs, digits))
    return rounded


def _plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    if not len(table.columns):
        return [{} for _ in range(len(table))]
    columns = [plain_values(table[name]) for name in table.columns]
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def plain_values(column: pd.Series) -> list[Any]:
    """The values as Python has them, None for what is missing, ISO texts for times."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if one is pd.NaT else one.isoformat() for one in column]
    missing = column.isna().to_numpy(dtype=bool)
    values = column.astype(object).tolist()
    return [None if gone else one for one, gone in zip(values, missing, strict=True)]
