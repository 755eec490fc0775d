"""The last step of every reader: set aside what has no place, say so, refuse what holds nothing."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.errors import UnreadableFile
from layers.readers.contracts import Reading, Upload
from layers.readers.edits import Edits, apply_edits
from layers.readers.tally import Tally

_KEEP_ROWS = "补上位置后重新导入;其余各行已读取"
_FINITE = "改正坐标后重新导入;其余各行已读取"


def assemble(
    upload: Upload,
    attributes: pd.DataFrame,
    geometries: np.ndarray,
    rows: np.ndarray,
    tally: Tally,
    *,
    edits: Edits | None = None,
    **about: Any,
) -> Reading:
    """A Reading of the features that have a place; `about` are its format, encoding and so on.

    Rows already reported to `tally` come with geometry None; they are not reported twice.
    `edits` are made first; a reader that has made them itself passes none.
    """
    reported = about.pop("reported", np.zeros(len(rows), dtype=bool))
    attributes = unique_columns(attributes.reset_index(drop=True))
    attributes, geometries = apply_edits(attributes, geometries, rows, edits or {}, tally)
    missing = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    tally.add(rows[missing & ~reported], "几何", "没有位置", _KEEP_ROWS)
    infinite = not_finite(geometries)
    tally.add(rows[infinite & ~missing], "坐标", "是 NaN 或无穷大", _FINITE)
    kept = ~(missing | infinite)
    if not kept.any():
        reason = tally.first().split(";其余")[0] or "请确认导出时选中了要素"
        raise UnreadableFile(f"{upload.name}:没有一个可用的要素;{reason}")
    left_out = None if kept.all() else _left_out(attributes.loc[~kept], rows[~kept], tally)
    if not kept.all():
        attributes = attributes.loc[kept].reset_index(drop=True)
        geometries = geometries[kept]
    if shapely.has_z(geometries).any() or shapely.has_m(geometries).any():
        geometries = shapely.force_2d(geometries)
    return Reading(
        frame=gpd.GeoDataFrame(attributes, geometry=geometries),
        rows=rows[kept],
        problems=tally.problems(),
        left_out=left_out,
        **about,
    )


def not_finite(geometries: np.ndarray) -> np.ndarray:
    """Which geometries have a vertex that is NaN or infinite."""
    pairs, owner = shapely.get_coordinates(geometries, return_index=True)
    found = np.zeros(len(geometries), dtype=bool)
    found[owner[~np.isfinite(pairs).all(axis=1)]] = True
    return found


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


def _left_out(attributes: pd.DataFrame, rows: np.ndarray, tally: Tally) -> pd.DataFrame:
    return attributes.reset_index(drop=True).assign(_row=rows, _reason=tally.reasons(rows))
