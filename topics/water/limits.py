"""The limits of single places on water's page, each by its own papers.

Sections: GB 3838-2002 table 1 against the section's target class; plants: GB 18918-2002 table 1 by
the plant's grade (data/reference/gb3838_limits.csv, gb18918_limits.csv, status there). Levels: the
marks of the station or reservoir.
"""

from __future__ import annotations

from datetime import date

from topics.kit.contracts import Region
from topics.kit.pages.limits import Band, Limits
from topics.water.discharge import DischargeItem, items_on, read_grade
from topics.water.levels import in_season
from topics.water.stations import reservoir_marks, river_marks
from topics.water.surface_water import CLASSES, Item, WaterClass, Waters, rules_on

_CLASS = "section_class"
_LAKES = frozenset({"湖库", "湖泊", "水库", "lake"})


def section_limits(indicator: str, region: Region, day: date) -> Limits | None:
    """The classes of the item that the indicator names (water.nh3n), with the section's target."""
    rules = rules_on(day)
    lake = region.fact("waters") in _LAKES or region.fact("kind") in _LAKES
    name = indicator.partition(".")[2].removesuffix("_month").removesuffix("_live")
    if name == _CLASS:
        return _class_limits(region)
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


def _class_limits(region: Region) -> Limits:
    """The classes themselves, against the section's target."""
    target = WaterClass.read(region.fact("target_class"))
    return Limits(
        bands=tuple(Band(one.label, f"w{int(one)}", high=float(one)) for one in WaterClass),
        aim=target.label if target else "",
        aim_name="目标类别" if target else "",
        source="考核目标",
    )


def level_limits(indicator: str, region: Region, day: date) -> Limits | None:
    """警戒 and 保证 of a river station; reaching a mark counts. None without 警戒."""
    marks = river_marks(region)
    warning, guarantee = marks.warning, marks.guarantee
    if warning is None:
        return None
    bands = [Band("正常", "ok", under=warning, line="警戒")]
    bands.append(Band("超警", "warn", under=guarantee, line="保证"))
    if guarantee is not None:
        bands.append(Band("超保", "bad"))
    return Limits(tuple(bands), aim="正常", aim_name="警戒水位", source="测站资料(示例)")


def reservoir_limits(indicator: str, region: Region, day: date) -> Limits | None:
    """汛限水位 in the flood season, 正常蓄水位 outside; passing it counts, reaching does not."""
    marks = reservoir_marks(region)
    season = in_season(day, marks)
    upper = marks.flood_limit if season else marks.normal
    if upper is None:
        return None
    name = "汛限水位" if season else "正常蓄水位"
    over = "超汛限" if season else "超正常蓄水位"
    bands = (Band("正常", "ok", high=upper, line=name), Band(over, "bad"))
    return Limits(bands, aim="正常", aim_name=name, source="水库批复(示例)")


def plant_limits(indicator: str, region: Region, day: date) -> Limits | None:
    """The limit of the item an indicator names (water.plant_cod) for the plant's own grade."""
    name = indicator.partition(".")[2].partition("_")[2]
    grade, item = read_grade(region.fact("grade")), items_on(day).get(name)
    if grade is None or item is None:
        return None
    return _discharge(item, grade)


def _discharge(item: DischargeItem, grade: str) -> Limits | None:
    allowed = item.allowed(grade)
    if allowed is None:
        return None
    low = allowed.low if allowed.low > 0 else None
    bands = (Band("达标", "ok", low, allowed.high, line="执行限值"), Band("超标", "bad"))
    return Limits(bands=bands, aim="达标", aim_name="执行限值", source="GB 18918-2002")
