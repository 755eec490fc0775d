"""The raw hours of the sources with automatic monitors: value, unit and HJ 212 data flag."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from app.demo import models, periods, sites
from app.demo.noise import Floats

KIND = "污染源"
_HOURS = 8
_DAYS = 2
_CALIBRATED = 3  # o'clock
# By the number of 在线状态: what a source in that state sends; one that is offline sends nothing.
_FLAGS = {1: "N", 2: "F", 3: "M", 4: "N"}


def hours(now: datetime) -> list[dict[str, object]]:
    """The last whole hours."""
    last = np.floor(now.timestamp() / models.HOUR)
    return _rows(np.arange(last - _HOURS, last) * models.HOUR)


def days(now: datetime) -> list[dict[str, object]]:
    """Every hour of the last whole days: what stands still today ran then, and was calibrated."""
    today = np.floor((now.timestamp() + models.CHINA_OFFSET) / models.DAY)
    first = (today - _DAYS) * models.DAY - models.CHINA_OFFSET
    return _rows(first + np.arange(_DAYS * 24) * models.HOUR, past=True)


def _rows(starts: Floats, *, past: bool = False) -> list[dict[str, object]]:
    known = sites.catalogue()
    ratio, state = (known.indicator(f"ecology.source_{one}") for one in ("ratio", "state"))
    shares = sites.values(ratio, ratio.id, starts + models.HOUR / 2)
    states = sites.values(state, state.id, starts + models.HOUR / 2)
    found: list[dict[str, object]] = []
    for site in sites.of_kind(KIND):
        limit = float(site.fact("limit"))
        for number, start in enumerate(starts):
            flag = _FLAGS.get(round(float(states[site.code][number])))
            if past:
                flag = "C" if number % 24 == _CALIBRATED else "N"
            if flag is not None:
                at = datetime.fromtimestamp(float(start), UTC).astimezone(periods.CHINA)
                value = round(float(shares[site.code][number]) * limit / 100, 4)
                found.append(
                    {"code": site.code, "time": at.isoformat(), "value": value, "flag": flag,
                     "unit": site.fact("unit")}
                )  # fmt: skip
    return found
