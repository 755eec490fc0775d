"""The limits of one section on its page: GB 3838-2002 table 1 against its own target class.

Source: data/reference/gb3838_limits.csv (status there); thresholds follow each section's target.
"""

from __future__ import annotations

from datetime import date

from topics.kit.contracts import Region
from topics.kit.pages.limits import Band, Limits
from topics.water.surface_water import CLASSES, Item, WaterClass, Waters, rules_on

_LAKES = frozenset({"湖库", "湖泊", "水库", "lake"})


def section_limits(indicator: str, region: Region, day: date) -> Limits | None:
    """The classes of the item that the indicator names (water.nh3n), with the section's target."""
    rules = rules_on(day)
    lake = region.fact("waters") in _LAKES or region.fact("kind") in _LAKES
    name = indicator.partition(".")[2].removesuffix("_month")
    item = rules.item(name, Waters.LAKE if lake else Waters.RIVER)
    if item is None:
        return None
    target = WaterClass.read(region.fact("target_class"))
    aim = target.label if target else ""
    return Limits(
        bands=(*(_band(item, one) for one in CLASSES), Band("劣Ⅴ", "w6")),
        aim=aim,
        aim_name=f"{aim}类限值" if aim else "",
        source=rules.standard,
    )


def _band(item: Item, of: WaterClass) -> Band:
    low, high = item.limits[of - 1]
    return Band(
        of.label,
        f"w{int(of)}",
        low if item.sense in ("min", "range") else None,
        high if item.sense in ("max", "range") else None,
    )
