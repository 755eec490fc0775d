"""Sewage plants and outfalls, for whole arrays: 达标 or 超标, load, what was removed.

达标 by GB 18918-2002 table 1 (daily means, the grade of the plant's papers); an outfall of the
river is judged by the standard of its own papers, never by classes of GB 3838 (PRACTICE 7). Load
and removal: field practice, unverified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Flags, Floats, Frame, as_arrays
from topics.water.discharge import COLD_AT_MOST, Allowed, DischargeItem, items_on, read_grade
from topics.water.lab import HALF_LIMIT

PLANT_ITEMS = ("ph", "cod", "ss", "nh3n", "tn", "tp")
OUTFALL_ITEMS = ("cod", "nh3n", "tp")
_TONNES = 1e-2  # (mg/L) × 万m³ = 1e-6 t/m³ × 1e4 m³
_NO_ITEM = "没有执行标准,或各项目均缺测"


def plant_on_standard(
    frame: Frame,
    temperature: Floats,
    ph: Floats,
    cod: Floats,
    ss: Floats,
    nh3n: Floats,
    tn: Floats,
    tp: Floats,
) -> Derived:
    """1 where every known item of the day keeps the plant's grade, 0 where one does not.

    Estimated where an item is missing; without water temperature the stricter ammonia limit holds.
    """
    given = as_arrays((temperature, ph, cod, ss, nh3n, tn, tp))
    return _on_standard(frame, PLANT_ITEMS, given[1:], given[0], frame.estimated[1:])


def outfall_on_standard(frame: Frame, cod: Floats, nh3n: Floats, tp: Floats) -> Derived:
    """1 where an outfall keeps the limits of its papers (达标), 0 where it does not (超标)."""
    given = as_arrays((cod, nh3n, tp))
    cold = np.full(given[0].shape, np.nan)
    return _on_standard(frame, OUTFALL_ITEMS, given, cold, frame.estimated)


def plant_load(frame: Frame, flow: Floats) -> Derived:
    """负荷率, %: daily flow (万m³) ÷ design capacity (万m³/d) × 100; above 100 is possible."""
    design = np.array([_capacity(one) for one in frame.regions])[:, None]
    flow = as_arrays((flow,))[0]
    found = np.where(flow >= 0, flow / design * 100, np.nan)
    return Derived(found, why="处理水量缺测,或没有设计规模")


def plant_removed(frame: Frame, before: Floats, after: Floats, flow: Floats) -> Derived:
    """削减量, t: (inflow − outflow concentration, mg/L) × flow (万m³) ÷ 100.

    A day on which more leaves than comes is a fault of measuring: no value, never a negative one.
    """
    before, after, flow = as_arrays((before, after, flow))
    sound = (before >= after) & (after >= 0) & (flow >= 0)
    found = np.where(sound, (before - after) * flow * _TONNES, np.nan)
    return Derived(found, why="进出水浓度或水量缺测,或出水浓度大于进水")


def _on_standard(
    frame: Frame,
    items: Sequence[str],
    given: Sequence[Floats],
    temperature: Floats,
    flagged: Sequence[Flags],
) -> Derived:
    """Whether all known items keep the grade; half a detection limit above it tells nothing."""
    flags = flagged or [np.zeros(given[0].shape, dtype=bool)] * len(given)
    grades = [_grade(one) for one in frame.regions]
    shape = given[0].shape
    asked, known, kept = np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=bool)
    for column, day in enumerate(frame.days):
        table = items_on(day)
        for row, grade in enumerate(grades):
            for item, values, flag in zip(items, given, flags, strict=True):
                limits = _limits(table, item, grade, float(temperature[row, column]))
                if limits is None:
                    continue
                asked[row, column] += 1
                amount = float(values[row, column])
                limited = bool(flag[row, column]) and item != "ph"
                if not amount >= 0:  # NaN and negative values are no values
                    continue
                if limited and not limits.within(amount / HALF_LIMIT):
                    continue
                known[row, column] += 1
                kept[row, column] &= limits.within(amount)
    found = np.where(known > 0, kept.astype(np.float64), np.nan)
    missing = (known > 0) & (known < asked)
    return Derived(found, estimated=missing, why=_NO_ITEM, certain=~missing)


def _limits(
    table: Mapping[str, DischargeItem], item: str, grade: str | None, temperature: float
) -> Allowed | None:
    found = table.get(item)
    if found is None or grade is None:
        return None
    return found.allowed(grade, temperature if np.isfinite(temperature) else COLD_AT_MOST + 1)


def _grade(region: Region) -> str | None:
    return read_grade(region.fact("grade"))


def _capacity(region: Region) -> float:
    try:
        found = float(region.fact("design_10k"))
    except ValueError:
        return np.nan
    return found if found > 0 else np.nan
