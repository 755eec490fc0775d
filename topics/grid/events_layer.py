"""The layer of open cases on the map: what stage each is in, and the way to it."""

from __future__ import annotations

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

_STAGES = {
    "待核实": "待派遣", "上报": "待派遣", "受理": "待派遣", "立案": "待派遣", "协调": "待派遣",
    "反馈": "待核查", "核查": "待核查",
}  # fmt: skip
_HANDLING, _LATE = "处置中", "超期"


def open_events(frame: gpd.GeoDataFrame, area: BaseGeometry | None) -> gpd.GeoDataFrame:
    """Open cases as points: id, kind, code, major, state, region, town, grid, reported, case.

    `state` is 待派遣, 处置中, 待核查 or 超期; `case` the address of the case's page.
    """
    stages = frame["state"].map(_STAGES).fillna(_HANDLING)
    found = frame.assign(
        id=frame["number"], kind=frame["name"], state=stages.where(~frame["overdue"], _LATE)
    )
    columns = ["id", "kind", "code", "major", "state", "region", "town", "grid", "reported", "case"]
    made: gpd.GeoDataFrame = found[[*columns, "geometry"]]
    return made
