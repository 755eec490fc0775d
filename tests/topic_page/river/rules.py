"""Limits of the test topic's sections."""

from __future__ import annotations

from datetime import date

from topics.kit.contracts import Region
from topics.kit.pages.limits import Band, Limits

_NH3N = (("Ⅰ", 0.15), ("Ⅱ", 0.5), ("Ⅲ", 1.0), ("Ⅳ", 1.5), ("Ⅴ", 2.0))


def limits_of(indicator: str, region: Region, day: date) -> Limits | None:
    """Ammonia by class, against the section's target."""
    bands = [Band(label, f"w{n}", None, high) for n, (label, high) in enumerate(_NH3N, 1)]
    aim = region.fact("target_class")
    return Limits((*bands, Band("劣Ⅴ", "w6")), aim, f"{aim}类限值", "测试标准")
