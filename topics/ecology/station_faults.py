"""Hours of an air station that look like a fault of the instrument, with the reason.

Thresholds are operating practice, unverified and open to change: station_faults.csv. A flagged
hour is kept and told; whether it leaves the mean is decided by who reads the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from topics.ecology.concentrations import unit_of
from topics.ecology.rounding import Floats
from topics.ecology.rule_rows import value_on

_TABLE = "station_faults.csv"


@dataclass(frozen=True, slots=True)
class Fault:
    """Hours `first` to `last` (places in the series) of a pollutant; `reason` in Chinese."""

    rule: str
    pollutant: str
    first: int
    last: int
    reason: str


def faults(hours: Mapping[str, Sequence[float]], moment: date) -> list[Fault]:
    """Every suspect stretch of hourly values (NaN: missing), by pollutant and time."""
    series = {name: np.asarray(one, dtype=float) for name, one in hours.items()}
    found: list[Fault] = []
    for name, values in series.items():
        found += [*_negative(name, values), *_stuck(name, values, moment)]
        found += [*_spikes(name, values, moment), *_wrong_unit(name, values, moment)]
    if {"PM2.5", "PM10"} <= set(series):
        found += _inverted(series["PM2.5"], series["PM10"], moment)
    return sorted(found, key=lambda one: (one.first, one.pollutant, one.rule))


def _negative(name: str, values: Floats) -> list[Fault]:
    return [
        Fault("negative", name, at, at, f"{name} 为负值 {values[at]:g},按缺测处理")
        for at in np.flatnonzero(values < 0).tolist()
    ]


def _stuck(name: str, values: Floats, moment: date) -> list[Fault]:
    """n equal hours in a row; a gap ends the run, values near the detection limit may stand."""
    least = value_on(_TABLE, "stuck", moment, pollutant=name)
    steady = value_on(_TABLE, "steady_below", moment, pollutant=name)
    found: list[Fault] = []
    start = 0
    for at in range(1, len(values) + 1):
        if at < len(values) and values[at] == values[start]:
            continue
        hours, value = at - start, values[start]
        moving = np.isnan(value) or (steady is not None and value <= steady)
        if least is not None and hours >= least and not moving:
            why = f"{name} 连续 {hours} 小时都是 {value:g} {unit_of(name)},疑似卡死"
            found.append(Fault("stuck", name, start, at - 1, why))
        start = at
    return found


def _spikes(name: str, values: Floats, moment: date) -> list[Fault]:
    """One hour far above both neighbours; the edges have one neighbour and are not judged."""
    step = value_on(_TABLE, "spike", moment, pollutant=name)
    times = value_on(_TABLE, "spike_times", moment, pollutant=name)
    if step is None or times is None:
        return []
    found: list[Fault] = []
    for at in range(1, len(values) - 1):
        around = max(values[at - 1], values[at + 1])
        if np.isnan([values[at - 1], values[at], values[at + 1]]).any():
            continue
        if values[at] - around > step and values[at] > times * max(around, 0):
            why = f"{name} 由 {values[at - 1]:g} 突升到 {values[at]:g} 又回到 {values[at + 1]:g}"
            found.append(Fault("spike", name, at, at, f"{why} {unit_of(name)},疑似干扰"))
    return found


def _wrong_unit(name: str, values: Floats, moment: date) -> list[Fault]:
    """Too much of CO for mg/m³, and too little of any for its unit; 0 itself is a value."""
    unit = unit_of(name)
    most = value_on(_TABLE, "unit_ratio", moment, pollutant=name) if name == "CO" else None
    least = value_on(_TABLE, "unit_floor", moment, pollutant=name)
    found: list[Fault] = []
    if most is not None:
        found += [
            Fault("unit", name, at, at, f"CO {values[at]:g} mg/m³ 不可能,像是按 µg/m³ 给的")
            for at in np.flatnonzero(values > most).tolist()
        ]
    if least is not None:
        other = "g/m³" if name == "CO" else "mg/m³"
        found += [
            Fault("unit", name, at, at, f"{name} {values[at]:g} {unit} 过低,像是按 {other} 给的")
            for at in np.flatnonzero((values > 0) & (values < least)).tolist()
        ]
    return found


def _inverted(fine: Floats, coarse: Floats, moment: date) -> list[Fault]:
    times = value_on(_TABLE, "inversion", moment, pollutant="PM2.5") or 1.0
    return [
        Fault(
            "inversion", "PM2.5", at, at,
            f"PM2.5 {fine[at]:g} 大于 PM10 {coarse[at]:g} µg/m³,倒挂",
        )
        for at in np.flatnonzero((fine > times * coarse) & (coarse >= 0)).tolist()
    ]  # fmt: skip
