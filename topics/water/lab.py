"""Monthly results of sections as laboratories write them: numbers, "<0.05", "ND", "/", µg/L.

Below the detection limit, half of that limit stands in for a mean and the value is marked as
estimated (DL/2: general practice, UNVERIFIED; switch in `HALF_LIMIT`). What cannot be read is
missing, never a made-up number. A section that no table knows is refused with its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.measured import Flag, Measured, read_measured, unit_factor
from topics.kit.refresh.contracts import RefreshContext
from topics.kit.refresh.values import parse_region
from topics.kit.tables_in_force import read_once
from topics.water.surface_water import rules_on

HALF_LIMIT = 0.5
_SUFFIX = "_month"
_UNIT_COLUMN = "unit"  # of a row whose numbers are not in mg/L; hg_unit: of one item
_ABSENT = {
    Flag.NOT_MONITORED: ValueStatus.NOT_MONITORED,
    Flag.MISSING: ValueStatus.MISSING,
}


def section_months(ctx: RefreshContext) -> Iterator[Observation]:
    """Monthly means of the items of every section, with a status for each cell."""
    rows = ctx.rows()
    if not rows:
        raise RefreshFailed(f"来源 {ctx.spec.source} 没有给出任何断面;请检查月报是否已出")
    for row in rows:
        period = ctx.period_of(row.get("month"))
        region = parse_region(row.get("code"))
        unit = str(row.get(_UNIT_COLUMN) or "").strip()
        for item, wanted in units().items():
            column = f"{item}{_SUFFIX}"
            if column not in row:
                continue
            own = str(row.get(f"{item}_{_UNIT_COLUMN}") or "").strip()
            value, status = laboratory_value(row[column], own or unit or wanted, wanted)
            yield Observation(
                f"water.{column}", region, period, value, status, wanted, source=ctx.spec.source
            )


@read_once
def units() -> Mapping[str, str]:
    """Every item of GB 3838 table 1 that laboratories report, with its unit ("" of pH)."""
    items = rules_on(date.max).items.values()
    return {one.id: "" if one.id == "ph" else one.unit for one in items}


def laboratory_value(cell: object, unit: str, wanted: str) -> tuple[float | None, ValueStatus]:
    """The number a cell stands for, in `wanted`, and what is known about it."""
    if unit_factor("mg/L", wanted) is None and unit_factor("mg/L", unit) is not None:
        unit = wanted  # pH and coliforms are no masses, whatever the row says of the others
    return _said(read_measured(cell, unit, into=wanted))


def _said(found: Measured) -> tuple[float | None, ValueStatus]:
    if found.flag is Flag.OK:
        return found.value, ValueStatus.OK
    if found.flag is Flag.BELOW_LIMIT and found.limit is not None:
        return found.limit * HALF_LIMIT, ValueStatus.ESTIMATED
    return None, _ABSENT.get(found.flag, ValueStatus.MISSING)
