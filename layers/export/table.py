"""Features as a table: attributes, then coordinates or WKT."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from layers.crs.names import is_projected
from layers.export import labels
from layers.export.formulas import harmless, harmless_column
from layers.export.job import ExportJob

_DIGITS, _METRE_DIGITS = 9, 4


def as_table(job: ExportJob) -> pd.DataFrame:
    """The attributes, harmless to a spreadsheet, and two coordinate columns or one of WKT."""
    shapes = job.frame.geometry.to_numpy()
    digits = _METRE_DIGITS if is_projected(job.crs) else _DIGITS
    columns = {}
    points = bool((shapely.get_type_id(shapes[~shapely.is_missing(shapes)]) == 0).all())
    places = _points(job, shapes, digits) if points else _texts(job, shapes, digits)
    taken = set(places)
    for name in job.attributes:
        columns[_free(harmless(str(name)), taken)] = harmless_column(job.frame[name])
    return pd.DataFrame({**columns, **places}, index=job.frame.index)


def _points(job: ExportJob, shapes: np.ndarray, digits: int) -> dict[str, np.ndarray]:
    x, y = labels.coordinate_columns(job.crs)
    return {
        x: np.round(shapely.get_x(shapes), digits),
        y: np.round(shapely.get_y(shapes), digits),
    }


def _texts(job: ExportJob, shapes: np.ndarray, digits: int) -> dict[str, np.ndarray]:
    name = "wkt" if labels.coordinate_columns(job.crs)[0] in {"lon", "x"} else f"wkt_{job.crs}"
    return {name: shapely.to_wkt(shapes, rounding_precision=digits)}


def _free(name: str, taken: set[str]) -> str:
    """A name that stands only once: an attribute called lon must not pass for the position."""
    found, again = name, 2
    while found in taken or found.lower() in {"lon", "lat", "wkt"} & taken:
        found, again = f"{name}_{again}", again + 1
    taken.add(found)
    return found
