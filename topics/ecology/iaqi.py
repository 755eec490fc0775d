"""The index of each single pollutant (IAQI), which may be published where the AQI may not.

HJ 633-2026 5.3.1; one function a pollutant and averaging time, as formulas name them.
"""

from __future__ import annotations

import numpy as np

from topics.ecology import aqi
from topics.ecology.aqi_functions import rated_by_day
from topics.ecology.rounding import Floats
from topics.kit.formula.domain import Derived, Frame, as_arrays


def iaqi_so2_hour(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 1-hour mean of SO2."""
    return _single(frame, concentration, "SO2", aqi.HOURLY)


def iaqi_so2_day(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 24-hour mean of SO2."""
    return _single(frame, concentration, "SO2", aqi.DAILY)


def iaqi_no2_hour(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 1-hour mean of NO2."""
    return _single(frame, concentration, "NO2", aqi.HOURLY)


def iaqi_no2_day(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 24-hour mean of NO2."""
    return _single(frame, concentration, "NO2", aqi.DAILY)


def iaqi_co_hour(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 1-hour mean of CO."""
    return _single(frame, concentration, "CO", aqi.HOURLY)


def iaqi_co_day(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 24-hour mean of CO."""
    return _single(frame, concentration, "CO", aqi.DAILY)


def iaqi_o3_hour(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 1-hour mean of O3."""
    return _single(frame, concentration, "O3", aqi.HOURLY)


def iaqi_o3_8h_day(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the largest 8-hour mean of a day of O3."""
    return _single(frame, concentration, "O3", aqi.DAILY)


def iaqi_pm10_hour(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 1-hour mean of PM10."""
    return _single(frame, concentration, "PM10", aqi.HOURLY)


def iaqi_pm10_day(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 24-hour mean of PM10."""
    return _single(frame, concentration, "PM10", aqi.DAILY)


def iaqi_pm25_hour(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 1-hour mean of PM2.5."""
    return _single(frame, concentration, "PM2.5", aqi.HOURLY)


def iaqi_pm25_day(frame: Frame, concentration: Floats) -> Derived:
    """IAQI of the 24-hour mean of PM2.5."""
    return _single(frame, concentration, "PM2.5", aqi.DAILY)


def _single(frame: Frame, concentration: Floats, pollutant: str, averaging: str) -> Derived:
    (values,) = as_arrays((concentration,))
    found = rated_by_day(frame, {pollutant: values}, averaging)[pollutant]
    unrated = bool((np.isnan(found) & np.isfinite(values)).any())
    why = f"{pollutant} 为负或超出断点表,不计分指数" if unrated else f"{pollutant} 缺测"
    return Derived(found, why=why)
