"""The last step of every reader: drop what has no geometry, say so, refuse what holds nothing."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.errors import UnreadableFile
from layers.readers.contracts import Reading, Upload
from layers.readers.tally import Tally

_KEEP_ROWS = "补上位置后重新导入;其余各行已读取"


def assemble(
    upload: Upload,
    attributes: pd.DataFrame,
    geometries: np.ndarray,
    rows: np.ndarray,
    tally: Tally,
    **about: Any,
) -> Reading:
    """A Reading of the features that have a place; `about` are its format, encoding and so on.

    Rows already reported to `tally` come with geometry None; they are not reported twice.
    """
    reported = about.pop("reported", np.zeros(len(rows), dtype=bool))
    missing = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    tally.add(rows[missing & ~reported], "几何", "没有位置", _KEEP_ROWS)
    kept = ~missing
    if not kept.any():
        reason = tally.first() or "请确认导出时选中了要素"
        raise UnreadableFile(f"{upload.name}:没有一个可用的要素;{reason}")
    attributes = attributes if kept.all() else attributes.loc[kept]
    attributes = attributes.reset_index(drop=True)
    geometries = geometries if kept.all() else geometries[kept]
    if shapely.has_z(geometries).any():
        geometries = shapely.force_2d(geometries)
    frame = gpd.GeoDataFrame(unique_columns(attributes), geometry=geometries)
    return Reading(frame=frame, rows=rows[kept], problems=tally.problems(), **about)


def unique_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with column names that are text, not empty, unique, and not `geometry`."""
    seen: set[str] = {"geometry"}
    names = []
    for position, column in enumerate(frame.columns, start=1):
        plain = str(column).strip() or f"列{position}"
        name, again = plain, 2
        while name in seen:
            name, again = f"{plain}_{again}", again + 1
        seen.add(name)
        names.append(name)
    frame.columns = pd.Index(names)
    return frame
