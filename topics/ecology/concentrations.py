"""Concentrations as a station platform writes them, and the means of places made of them.

A cell is "23", "<2", "ND", "/", a text or a number in another unit: it becomes a value with a
status, never a silent number. CO is in mg/m³, everything else in µg/m³ (HJ 633-2026 4.2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType

from topics.kit.contracts import ValueStatus
from topics.kit.measured import Flag, Measured, read_measured

MICRO, MILLI = "µg/m³", "mg/m³"
# Column of the platform -> pollutant of HJ 633.
POLLUTANTS: Mapping[str, str] = MappingProxyType(
    {"so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3", "pm10": "PM10", "pm25": "PM2.5"}
)
# Below the detection limit half of it takes part in means (HJ 194 as commonly cited, unverified).
_HALF = 0.5
_MICROGRAMS_BEHIND = 100.0  # no air holds so many mg/m³ of CO: it was written in µg/m³


@dataclass(frozen=True, slots=True)
class Concentration:
    """A concentration in the unit of its pollutant; None when nothing may be said."""

    value: float | None
    status: ValueStatus
    why: str = ""

    @property
    def planned(self) -> bool:
        """Whether the station measures it at all; "/" says that it does not."""
        return self.status is not ValueStatus.NOT_MONITORED


def unit_of(pollutant: str) -> str:
    """mg/m³ for CO, µg/m³ for the others."""
    return MILLI if pollutant == "CO" else MICRO


def read_concentration(given: object, pollutant: str, unit: str = "") -> Concentration:
    """What a cell says of a pollutant; `unit` is the source's own where it differs."""
    wanted = unit_of(pollutant)
    found = read_measured(given, unit or wanted, into=wanted)
    if found.flag is Flag.OK:
        return _plausible(found, pollutant)
    if found.flag is Flag.NOT_MONITORED:
        return Concentration(None, ValueStatus.NOT_MONITORED, "按方案未监测")
    if found.flag is Flag.BELOW_LIMIT and found.limit is not None:
        half = found.limit * _HALF
        return Concentration(half, ValueStatus.ESTIMATED, "低于检出限,按检出限一半(未核实,可改)")
    said = f"{found.flag.value}:{found.written}" if found.written else found.flag.value
    return Concentration(None, ValueStatus.MISSING, said)


def mean_of(parts: Iterable[Concentration]) -> Concentration:
    """The arithmetic mean of the stations that have a value (HJ 663: concentrations first).

    Suspect or estimated when one of them is; missing when none has a value; not monitored when
    none could have one.
    """
    found = list(parts)
    values = [one.value for one in found if one.value is not None]
    if values:
        status = worst_status(one.status for one in found if one.value is not None)
        return Concentration(fmean(values), status)
    if found and not any(one.planned for one in found):
        return Concentration(None, ValueStatus.NOT_MONITORED, "按方案未监测")
    return Concentration(None, ValueStatus.MISSING, "没有一个站点有数")


def worst_status(statuses: Iterable[ValueStatus]) -> ValueStatus:
    """What may be said of a number made of several: suspect before estimated before ok."""
    held = set(statuses)
    for one in (ValueStatus.SUSPECT, ValueStatus.ESTIMATED):
        if one in held:
            return one
    return ValueStatus.OK


def _plausible(found: Measured, pollutant: str) -> Concentration:
    if pollutant == "CO" and found.value is not None and found.value > _MICROGRAMS_BEHIND:
        why = f"{found.written} mg/m³ 不可能,像是按 µg/m³ 给的;请核对来源单位"
        return Concentration(None, ValueStatus.MISSING, why)
    return Concentration(found.value, ValueStatus.OK)
