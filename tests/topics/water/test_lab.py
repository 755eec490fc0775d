"""What laboratories write becomes values with a status: HJ 91.2 practice, DL/2 unverified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.refresh.contracts import RefreshContext
from topics.water.lab import laboratory_value, section_months

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


def test_a_report_without_rows_is_a_failure_and_no_empty_month() -> None:
    with pytest.raises(RefreshFailed, match="断面"):
        read([])
