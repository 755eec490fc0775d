"""A city of three counties, indicators by the kind, and a store that is a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np

from topics.kit.contracts import Observation, Period, PeriodKind, Region, ValueStatus
from topics.kit.durations import parse_duration
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.cells import Cells
from topics.kit.formula.clocks import count, period
from topics.kit.formula.cubes import Cubes, cubes_of
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.formula import Formula, formula_of
from topics.kit.formula.geography import Geography
from topics.kit.formula.service import Formulas
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_tables import FormulaSpec

CITY, COUNTIES = "440200", ("440203", "440204", "440205")
NAMES = {CITY: "韶关", "440203": "武江", "440204": "浈江", "440205": "曲江"}
LONG_AGO = date(1970, 1, 1)
REGIONS = [
    Region(
        code, NAMES[code], NAMES[code], "city" if code == CITY else "county",
        None if code == CITY else CITY, n, LONG_AGO,
    )
    for n, code in enumerate((CITY, *COUNTIES))
]  # fmt: skip
GEOGRAPHY = Geography(REGIONS)
MONTH, CUMULATIVE, END = PeriodKind.MONTH, PeriodKind.CUMULATIVE, PeriodKind.END
FREQUENCY = {PeriodKind.QUARTER: "1q", PeriodKind.YEAR: "1y", PeriodKind.DAY: "1d"}


def spec(
    name: str,
    unit: str = "件",
    kind: PeriodKind = MONTH,
    *,
    title: str = "",
    frequency: str = "",
    levels: tuple[str, ...] = ("city", "county"),
    **more: object,
) -> IndicatorSpec:
    every = frequency or FREQUENCY.get(kind, "1mo")
    return IndicatorSpec.model_validate({
        "id": name, "title": title or name, "definition": "测试", "unit": unit,
        "frequency": parse_duration(every), "period_kind": kind, "levels": levels,
        "owner": "tjj", "source": "测试", "freshness": timedelta(days=40), **more,
    })  # fmt: skip


def known(*specs: IndicatorSpec) -> dict[str, IndicatorSpec]:
    return {one.id: one for one in specs}


def formula(
    expression: str, *inputs: IndicatorSpec, result: IndicatorSpec, **more: object
) -> Formula:
    declared = FormulaSpec.model_validate({"id": result.id, "expression": expression, **more})
    return formula_of(declared, known(*inputs, result))


def month(year: int, number: int, kind: PeriodKind = MONTH) -> Period:
    return period(year * 12 + number - 1, kind)


def said(
    name: str,
    when: Period,
    value: float | None,
    region: str = CITY,
    status: ValueStatus | None = None,
) -> Observation:
    status = status or (ValueStatus.MISSING if value is None else ValueStatus.OK)
    return Observation(name, region, when, value, status)


def value_of(
    one: Formula,
    rows: Iterable[Observation],
    when: Period,
    region: str = CITY,
    breaks: dict[str, Sequence[int]] | None = None,
) -> tuple[float | None, str, int]:
    """Value (None when not there), status and reason of one cell."""
    cells = cells_of(one, cubes_of(rows, GEOGRAPHY, breaks=breaks), when)
    row = GEOGRAPHY.row[region]
    value = float(cells.value[row, 0])
    status = ("ok", "estimated", "suspect", "not_monitored", "missing")[cells.state[row, 0]]
    return (None if np.isnan(value) else value), status, int(cells.why[row, 0])


def cells_of(one: Formula, cubes: Cubes, when: Period) -> Cells:
    return evaluate(one, cubes, np.array([count(when)], dtype=np.int64))


class Listed:
    """Observations as a list; what is recorded later wins."""

    def __init__(self, rows: Iterable[Observation] = ()) -> None:
        self.rows = list(rows)

    def at_periods(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        starts: Sequence[datetime],
        *,
        as_of: datetime | None,
    ) -> list[Observation]:
        wanted = (
            one
            for one in self.rows
            if one.indicator in indicators
            and one.region in regions
            and one.period.start in starts
            and (as_of is None or one.recorded_at is None or one.recorded_at <= as_of)
        )
        return list({(o.indicator, o.region, o.period): o for o in wanted}.values())

    def series(
        self,
        indicator: str,
        region: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Observation]:
        found = sorted(
            (
                one
                for one in self.rows
                if (one.indicator, one.region) == (indicator, region)
                and (start is None or one.period.start >= start)
                and (end is None or one.period.start < end)
            ),
            key=lambda one: one.period.start,
            reverse=newest_first,
        )
        return found[:limit]


def service(
    rows: Iterable[Observation], formulas: Iterable[Formula], *inputs: IndicatorSpec
) -> Formulas:
    made = list(formulas)
    specs = known(*inputs, *(one.spec for one in made))
    return Formulas(FormulaBook(made), specs, GEOGRAPHY, Listed(rows))
