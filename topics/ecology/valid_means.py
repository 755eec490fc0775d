"""A month's or a year's mean only where enough days of it are valid.

GB 3095-2026 table 4 (data/reference/air_data_validity.csv, verified): 27 days a month, 25 in
February, 324 a year.
"""

from __future__ import annotations

import numpy as np

from topics.ecology.validity import FEBRUARY, needed
from topics.kit.formula.domain import Derived, Floats, Frame

_POLLUTANT = "PM2.5"  # the table has one row for all six
_MONTHS = 12


def valid_month(frame: Frame, mean: Floats, days: Floats) -> Derived:
    """The month's mean, NaN where fewer days are valid than the table asks for."""
    least = np.array([
        needed("february" if day.month == FEBRUARY else "month", _POLLUTANT, day)
        for day in frame.days
    ])  # fmt: skip
    return _where_enough(mean, days, least, "天")


def valid_year(frame: Frame, mean: Floats, days: Floats, months: Floats) -> Derived:
    """The year's mean, NaN where too few days are valid or a month has no valid mean."""
    least = np.array([needed("annual", _POLLUTANT, day) for day in frame.days])
    found = _where_enough(mean, days, least, "天")
    whole = _where_enough(found.value, months, np.full(len(frame.days), _MONTHS), "个月")
    return Derived(whole.value, why=found.why or whole.why)


def _where_enough(mean: Floats, number: Floats, least: Floats, unit: str) -> Derived:
    enough = number >= least
    why = ""
    if mean.size == 1 and not enough.all():
        why = f"有效 {np.nan_to_num(number).item():g} {unit},不足 {least.item():g} {unit}"
    return Derived(np.where(enough, mean, np.nan), why=why)
