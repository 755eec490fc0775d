"""Cells as stations and laboratories write them, in a map with `measured`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import ValueStatus
from topics.kit.manifest_refreshers import RowMap
from topics.kit.refresh.city_periods import CityPeriods
from topics.kit.refresh.contracts import Part
from topics.kit.refresh.mapping import Mapped, MapRules, map_parts

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
CATALOGUE = Catalogue.load([SHIPPED])
RULES = MapRules(NOW, CityPeriods(), CATALOGUE.indicator, lambda code: "site/排污口")
OUTFALLS = CATALOGUE.refresher("water.outfalls_month")
PLACE = {"code": "SGPW01", "month": "2026-10"}


def read(row_map: RowMap, **cells: object) -> Mapped:
    columns = {"outfall_cod": 30, "outfall_nh3n": 1.2, "outfall_tp": 0.2} | cells
    return map_parts([Part([PLACE | columns])], row_map, RULES)


def said(found: Mapped) -> dict[str, tuple[float | None, ValueStatus]]:
    return {one.indicator: (one.value, one.status) for one in found.observations}


def outfalls() -> RowMap:
    assert OUTFALLS is not None
    assert OUTFALLS.map is not None
    return OUTFALLS.map


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("<0.05", 0.025, ValueStatus.ESTIMATED),
        ("0.05L", 0.025, ValueStatus.ESTIMATED),
        ("\uff1c0.05", 0.025, ValueStatus.ESTIMATED),
        ("ND", None, ValueStatus.MISSING),
        ("未检出", None, ValueStatus.MISSING),
        ("/", None, ValueStatus.NOT_MONITORED),
        ("-", None, ValueStatus.MISSING),
        ("0.42 mg/L", 0.42, ValueStatus.OK),
        ("0.42", 0.42, ValueStatus.OK),
    ],
)
def test_a_mark_is_read_and_the_other_cells_of_the_row_are_kept(
    cell: str, value: float | None, status: ValueStatus
) -> None:
    """Seen wrong before: {cod 30, nh3n "<0.05", tp 0.2} gave no observation at all."""
    found = read(outfalls(), outfall_nh3n=cell)
    assert said(found)["water.outfall_nh3n"] == (value, status)
    assert said(found)["water.outfall_cod"] == (30, ValueStatus.OK)
    assert said(found)["water.outfall_tp"] == (0.2, ValueStatus.OK)
    assert found.refused == 0


@pytest.mark.parametrize("cell", ["约 0.4", "12 µg/L", "1.2万", True, "inf"])
def test_what_cannot_be_read_is_told_by_its_name_and_costs_only_its_own_cell(cell: object) -> None:
    found = read(outfalls(), outfall_nh3n=cell)
    assert said(found)["water.outfall_nh3n"] == (None, ValueStatus.MISSING)
    assert said(found)["water.outfall_cod"] == (30, ValueStatus.OK)
    assert found.refused == 1
    assert "氨氮" in found.refusals[0].reason
    assert "别的值已采用" in found.refusals[0].reason


def test_the_share_of_the_detection_limit_is_the_manifests() -> None:
    whole = outfalls().model_copy(update={"below": 1.0})
    assert said(read(whole, outfall_tp="<0.02"))["water.outfall_tp"][0] == 0.02


def test_a_map_that_is_not_of_measured_cells_refuses_the_row_as_before() -> None:
    plain = outfalls().model_copy(update={"measured": False})
    found = read(plain, outfall_nh3n="<0.05")
    assert found.observations == []
    assert "不是数" in found.refusals[0].reason


@pytest.mark.parametrize(
    "refresher",
    ["water.sections_live", "water.plants_day", "water.outfalls_month", "water.bodies_month"],
)
def test_every_feed_of_concentrations_reads_marks(refresher: str) -> None:
    found = CATALOGUE.refresher(refresher)
    assert found is not None
    assert found.map is not None
    assert found.map.measured
