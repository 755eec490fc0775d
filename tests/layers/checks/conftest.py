"""A small layer of outfalls in a square city, and rules to hold it against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.checks import CheckReport, CheckRules, CodedRegion, CodeTable, Issue, check
from layers.crs.outline import Outline
from layers.intake.attributes import tidy

TODAY = date(2026, 11, 25)
WEST, SOUTH, EAST, NORTH = 113.0, 24.0, 114.0, 25.0

MakeFrame = Callable[..., gpd.GeoDataFrame]
Look = Callable[..., CheckReport]


def square_city() -> Outline:
    box = shapely.box(WEST, SOUTH, EAST, NORTH)
    return Outline(("440205",), ("曲江区",), np.array([box], dtype=object))


def code_table() -> CodeTable:
    county = {"level": "county", "parent": "440200"}
    return CodeTable(
        [
            CodedRegion("440200", "韶关市", "韶关", "city"),
            CodedRegion("440203", "武江区", "武江", **county),
            CodedRegion("440204", "浈江区", "浈江", **county),
            CodedRegion("440205", "曲江区", "曲江", **county),
            CodedRegion("440224109", "大桥镇", "大桥", "town", "440224"),
            CodedRegion("440232109", "大桥镇", "大桥", "town", "440232"),
            CodedRegion(
                "440221", "曲江县", "曲江", valid_to=date(2004, 5, 29), successor="440205", **county
            ),
            CodedRegion("440202", "北江区", "北江", valid_to=date(2004, 5, 29), successor="440204"),
            CodedRegion("440226", "连县", "连", valid_to=date(1988, 1, 7), successor="441824"),
        ],
        TODAY,
    )


def frame_of(geometry: Any = None, /, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Columns as a reader and `tidy` would give them; points spread in the city by default."""
    count = len(next(iter(columns.values()))) if columns else len(geometry)
    if geometry is None:
        geometry = shapely.points(WEST + 0.1 + 0.8 * np.arange(count) / max(1, count), 24.5)
    shapes = np.empty(count, dtype=object)
    shapes[:] = list(geometry)
    made = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes))
    return tidy(made).set_crs("EPSG:4326")


def rules(**changes: Any) -> CheckRules:
    return CheckRules(
        **{"outline": square_city(), "codes": code_table(), "today": TODAY, **changes}
    )


def rows_of(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.arange(2, len(frame) + 2)


def look(frame: gpd.GeoDataFrame, **changes: Any) -> CheckReport:
    return check(frame, rows_of(frame), rules=rules(**changes))


def only(report: CheckReport, kind: str) -> Issue:
    """The one issue of a kind."""
    found = [one for one in report.issues if one.kind == kind]
    assert len(found) == 1, [one.id for one in report.issues]
    return found[0]


def kinds(report: CheckReport) -> set[str]:
    return {one.kind for one in report.issues}


@pytest.fixture
def numbers() -> list[Any]:
    """Six hundred numbers."""
    return [round(0.01 * n, 2) for n in range(600)]
