"""The class of surface water by single factors: the worst item decides.

Limits: GB 3838-2002 table 1 (data/reference/gb3838_limits.csv), chosen by the day of observation.
Rules: 地表水环境质量评价办法(试行) 环办〔2011〕22 号, known from secondary sources only: 21 items
count, water temperature, total nitrogen and coliforms are reported apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from topics.kit.measured import Flag, Measured, unit_factor
from topics.kit.reference_rows import day, read_rows
from topics.kit.tables_in_force import read_once, reference_table

_COLUMNS = (
    "standard valid_from valid_to item title unit waters sense I II III IV V counts order".split()
)
_MOST_NAMED = 3  # primary pollutants of a section


class Waters(StrEnum):
    """Rivers and lakes have other limits for total phosphorus; nitrogen is rated in lakes only."""

    RIVER = "river"
    LAKE = "lake"


class WaterClass(IntEnum):
    """Ⅰ to Ⅴ and 劣Ⅴ; a smaller class is better."""

    I = 1  # noqa: E741  the standard's own name
    II = 2
    III = 3
    IV = 4
    V = 5
    WORSE = 6

    @property
    def label(self) -> str:
        """As the standard writes it."""
        return ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")[self - 1]

    @classmethod
    def read(cls, label: str) -> WaterClass | None:
        """The class that a text names ("Ⅲ", "III", "Ⅲ类", "3"); None when it names none."""
        text = label.strip().removesuffix("类").upper()
        for one in cls:
            if text in {one.label, one.name, str(one.value)}:
                return one
        return cls.WORSE if text in {"劣V", "劣五", "VI"} else None


CLASSES = tuple(one for one in WaterClass if one is not WaterClass.WORSE)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the table with its limits by class, best first, in `unit`."""

    id: str
    title: str
    unit: str
    sense: str  # "max": at most, "min": at least, "range": within, the same for all classes
    limits: tuple[tuple[float, float], ...]  # lower and upper bound of each class
    counts: bool
    order: int  # toxic metals and cyanide are named before others (环办〔2011〕22 号)

    def class_of(self, value: Measured, target: WaterClass = WaterClass.III) -> WaterClass | None:
        """The best class whose limit it surely meets; None when it cannot be judged.

        Below the detection limit it meets every limit that is not smaller than that limit; where
        the limit of detection is above that of the target, nothing can be told.
        """
        amount = value.at_most
        if not value.known or amount is None:
            return None
        met = next((one for one in CLASSES if self.meets(amount, one)), WaterClass.WORSE)
        if value.flag is Flag.BELOW_LIMIT and (
            self.sense != "max" or not self.meets(amount, target)
        ):
            return None
        return met

    def meets(self, amount: float, target: WaterClass) -> bool:
        """Whether the amount is within the limit of the class (equal is within)."""
        if target is WaterClass.WORSE:
            return True
        low, high = self.limits[target - 1]
        return low <= amount <= high

    def multiple(self, value: Measured, target: WaterClass) -> float | None:
        """By how many times it is over the target's limit; None where no multiple is given.

        (C − limit) ÷ limit; never for pH and dissolved oxygen (环办〔2011〕22 号).
        """
        if self.sense != "max" or value.value is None or target is WaterClass.WORSE:
            return None
        limit = self.limits[target - 1][1]
        return (value.value - limit) / limit if value.value > limit else None


@dataclass(frozen=True, slots=True)
class Judged:
    """One item of one section: its class, and whether it keeps the target."""

    item: Item
    measured: Measured
    water_class: WaterClass | None
    within_target: bool | None
    multiple: float | None


@dataclass(frozen=True, slots=True)
class SectionClass:
    """The class of a section; None when no counting item could be judged.

    `primary` names at most three items that decide a class worse than Ⅲ, `unknown` the items that
    could not be judged, with why.
    """

    water_class: WaterClass | None
    within_target: bool | None
    items: tuple[Judged, ...]
    primary: tuple[str, ...]
    unknown: tuple[tuple[str, Flag], ...]


@dataclass(frozen=True, slots=True)
class SurfaceWaterRules:
    """One edition of GB 3838."""

    standard: str
    items: Mapping[tuple[str, Waters], Item]

    def item(self, item: str, waters: Waters) -> Item | None:
        """The item as it is rated in these waters; None when it is not (总氮 in rivers)."""
        return self.items.get((item, waters))

    def judge(
        self,
        measured: Mapping[str, Measured],
        waters: Waters,
        target: WaterClass | None = None,
    ) -> SectionClass:
        """The class of a section from its items; `target` is the class this section shall keep.

        Items of another unit are converted where they can be; what cannot be is not judged.
        """
        rated = [
            self._one(item, value, target)
            for name, value in measured.items()
            if (item := self.item(name, waters)) is not None
        ]
        counting = [one for one in rated if one.item.counts]
        classes = [one.water_class for one in counting if one.water_class is not None]
        worst = max(classes, default=None)
        kept = [one.within_target for one in counting if one.within_target is not None]
        return SectionClass(
            water_class=worst,
            within_target=all(kept) if kept else None,
            items=tuple(rated),
            primary=_primary(counting, worst),
            unknown=tuple(
                (one.item.title, one.measured.flag) for one in rated if one.water_class is None
            ),
        )

    def _one(self, item: Item, given: Measured, target: WaterClass | None) -> Judged:
        value = _in_unit(given, item.unit)
        water_class = item.class_of(value, target or WaterClass.III)
        within = None
        if target is not None and value.known and value.at_most is not None:
            within = item.meets(value.at_most, target)
            if value.flag is Flag.BELOW_LIMIT and not within:
                within = None  # the limit of detection lies above the target: it cannot be told
        multiple = item.multiple(value, target or WaterClass.III)
        return Judged(item, value, water_class, within, multiple)


def _in_unit(given: Measured, unit: str) -> Measured:
    factor = unit_factor(given.unit, unit)
    if factor is None:
        return Measured(None, unit, Flag.WRONG_UNIT, written=given.written)
    value = None if given.value is None else given.value * factor
    limit = None if given.limit is None else given.limit * factor
    return Measured(value, unit, given.flag, limit, given.written)


def _primary(counting: list[Judged], worst: WaterClass | None) -> tuple[str, ...]:
    """The items of the worst class, toxic ones first, then by how far they are over Ⅲ."""
    if worst is None or worst <= WaterClass.III:
        return ()
    decisive = [one for one in counting if one.water_class == worst]

    def over(one: Judged) -> float:
        return one.item.multiple(one.measured, WaterClass.III) or 0.0

    ordered = sorted(decisive, key=lambda one: (one.item.order, -over(one)))
    return tuple(one.item.title for one in ordered[:_MOST_NAMED])


def rules_on(moment: date) -> SurfaceWaterRules:
    """The edition in force on the day; the oldest known one before that."""
    editions = _editions()
    due = [rules for start, rules in editions if start <= moment]
    return due[-1] if due else editions[0][1]


@read_once
def _editions() -> tuple[tuple[date, SurfaceWaterRules], ...]:
    tables: dict[str, dict[tuple[str, Waters], Item]] = {}
    starts: dict[str, date] = {}
    for row in read_rows(reference_table("gb3838_limits.csv"), _COLUMNS):
        starts[row["standard"]] = day(row["valid_from"]) or date.min
        waters = tuple(Waters) if row["waters"] == "any" else (Waters(row["waters"]),)
        for one in waters:
            tables.setdefault(row["standard"], {})[row["item"], one] = _item(row)
    ordered = sorted(starts, key=lambda one: starts[one])
    return tuple((starts[one], SurfaceWaterRules(one, tables[one])) for one in ordered)


def _item(row: Mapping[str, str]) -> Item:
    sense = row["sense"]
    return Item(
        id=row["item"],
        title=row["title"],
        unit=row["unit"],
        sense=sense,
        limits=tuple(_bounds(row[one.name], sense) for one in CLASSES),
        counts=row["counts"] == "yes",
        order=int(row["order"]),
    )


def _bounds(text: str, sense: str) -> tuple[float, float]:
    infinite = float("inf")
    if sense == "range":
        low, _, high = text.partition("-")
        return float(low), float(high)
    return (float(text), infinite) if sense == "min" else (-infinite, float(text))
