"""What laboratories write becomes values with a status: HJ 91.2 practice, DL/2 unverified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from topics.kit.catalogue import SHIPPED
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.manifest import load_manifest
from topics.kit.refresh.contracts import RefreshContext
from topics.water.lab import laboratory_value, section_months, units
from topics.water.sections import ITEMS, STATION_ITEMS

OCTOBER = Period(datetime(2026, 9, 30, 16, tzinfo=UTC), PeriodKind.MONTH)


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        (0.42, 0.42, ValueStatus.OK), ("0.42", 0.42, ValueStatus.OK),
        ("<0.05", 0.025, ValueStatus.ESTIMATED), ("0.05L", 0.025, ValueStatus.ESTIMATED),
        ("ND", None, ValueStatus.MISSING), ("/", None, ValueStatus.NOT_MONITORED),
        ("", None, ValueStatus.MISSING), (None, None, ValueStatus.MISSING),
        ("-0.3", None, ValueStatus.MISSING), (-9999, None, ValueStatus.MISSING),
        ("约 0.4", None, ValueStatus.MISSING), ("1e400", None, ValueStatus.MISSING),
    ],
)  # fmt: skip
def test_a_cell_is_a_value_with_its_status_or_none(
    cell: object, value: float | None, status: ValueStatus
) -> None:
    assert laboratory_value(cell, "mg/L", "mg/L") == (value, status)


def test_micrograms_become_milligrams_and_another_quantity_nothing() -> None:
    assert laboratory_value("420", "µg/L", "mg/L") == (pytest.approx(0.42), ValueStatus.OK)
    assert laboratory_value("<50", "ug/L", "mg/L") == (pytest.approx(0.025), ValueStatus.ESTIMATED)
    assert laboratory_value("420", "个/L", "mg/L") == (None, ValueStatus.MISSING)
    assert laboratory_value("7.2", "µg/L", "") == (7.2, ValueStatus.OK)


def read(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], Observation]:
    context = SimpleNamespace(
        rows=lambda: rows, period_of=lambda text: OCTOBER, spec=SimpleNamespace(source="lab")
    )
    found = section_months(cast(RefreshContext, context))
    return {(one.indicator, one.region): one for one in found}


def test_a_row_gives_each_item_it_has_in_the_unit_it_names() -> None:
    row = {"code": "SGDM01", "month": "2026-10", "nh3n_month": "420", "ph_month": "7.2"}
    found = read([row | {"unit": "µg/L"}])
    assert found["water.nh3n_month", "SGDM01"].value == pytest.approx(0.42)
    assert found["water.ph_month", "SGDM01"].value == 7.2
    assert ("water.tp_month", "SGDM01") not in found


def test_every_item_of_the_table_may_be_reported_each_in_its_own_unit() -> None:
    """GB 3838-2002 table 1; metals in µg/L beside the others in mg/L, coliforms in 个/L."""
    cells = {"hg_month": "0.02", "hg_unit": "µg/L", "oil_month": "0.06", "tn_month": "0.9"}
    found = read([{"code": "S", "month": "2026-10", "coliform_month": "2600"} | cells])
    values = {name: one.value for (name, _), one in found.items()}
    assert values["water.hg_month"] == pytest.approx(0.000_02)
    assert (values["water.oil_month"], values["water.tn_month"]) == (0.06, 0.9)
    assert values["water.coliform_month"] == 2600
    whole = read([{"code": "S", "month": "2026-10", "unit": "µg/L", "coliform_month": "2600"}])
    assert whole["water.coliform_month", "S"].value == 2600


def test_every_item_of_the_table_has_an_indicator_that_the_laboratory_brings() -> None:
    water = load_manifest(SHIPPED / "water")
    brought = next(one for one in water.refreshers if one.id == "water.sections_month").produces
    specs = {one.id: one for one in water.indicators}
    assert set(brought) == {f"water.{item}_month" for item in units()}
    assert {specs[f"water.{item}_month"].unit == unit for item, unit in units().items()} == {True}
    assert "不参加月评价" in specs["water.tn_month"].definition


def test_the_formulas_of_the_month_name_the_items_in_the_order_of_the_functions() -> None:
    water = load_manifest(SHIPPED / "water")
    expressions = {one.id: one.expression for one in water.formulas}
    titles = {one.id: one.title.removesuffix("月均值") for one in water.indicators}
    wanted = ", ".join(f"water.{item}_month" for item in ITEMS)
    for name in ("section_class", "section_worst", "section_multiple", "section_items"):
        assert expressions[f"water.{name}"] == f"{name}({wanted})"
    named = [titles[f"water.{item}_month"] for item in ITEMS]
    declared = {one.name: list(one.parameters) for one in water.functions}
    assert declared["section_class"] == named
    assert declared["section_class_live"] == named[: len(STATION_ITEMS)]
    worst = next(one for one in water.indicators if one.id == "water.section_worst")
    assert [one.label for one in worst.classes] == ["无", *named]


def test_a_report_without_rows_is_a_failure_and_no_empty_month() -> None:
    with pytest.raises(RefreshFailed, match="断面"):
        read([])
