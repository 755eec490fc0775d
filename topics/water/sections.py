"""What the items of a section say together, for whole arrays: class, worst item, multiple, target.

GB 3838-2002 table 1 and 环办〔2011〕22 号 as topics/water/surface_water.py holds them. The same
functions serve the monthly assessment (月评价) and the reference values of automatic stations
(实时,参考): which of both it is, the indicator says, and the two never mix in one formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Floats, Frame, as_arrays
from topics.water.surface_water import CLASSES, Item, WaterClass, Waters, rules_on

ITEMS = ("ph", "do", "codmn", "cod", "nh3n", "tp")
"""The items that the functions take, in this order; water temperature is never classed."""
NOT_OVER = 0.0  # section_worst where every item keeps the target
_WORSE = float(WaterClass.WORSE)
_USUAL_TARGET = WaterClass.III  # of a section whose papers name none
_LAKES = frozenset({"湖库", "湖泊", "水库", "lake"})
_WITHOUT_CLASSES = frozenset({"ph"})  # passes or fails only: alone it tells no class
_NOTHING = "各项目均缺测,或都判不了"


def section_class(
    frame: Frame,
    ph: Floats,
    do: Floats,
    codmn: Floats,
    cod: Floats,
    nh3n: Floats,
    tp: Floats,
) -> Derived:
    """The class 1–6 of each section by its worst item; estimated where an item is missing.

    An item that is missing or negative is not judged; pH alone tells no class.
    """
    judged = _judged(frame, (ph, do, codmn, cod, nh3n, tp))
    return Derived(_worst_class(judged), estimated=judged.incomplete, why=_NOTHING)


def section_worst(
    frame: Frame,
    ph: Floats,
    do: Floats,
    codmn: Floats,
    cod: Floats,
    nh3n: Floats,
    tp: Floats,
) -> Derived:
    """Which item is furthest over the section's target: 1 pH … 6 总磷, 0 when none is.

    The worse class first, then the larger multiple (环办〔2011〕22 号; pH and oxygen have none).
    """
    judged = _judged(frame, (ph, do, codmn, cod, nh3n, tp))
    over = judged.classes > judged.targets
    rank = np.where(over, judged.classes * 1e6 + np.nan_to_num(judged.multiples), -1.0)
    worst = np.argmax(rank, axis=0) + 1.0
    found = np.where(over.any(axis=0), worst, NOT_OVER)
    found = np.where(np.isnan(_worst_class(judged)), np.nan, found)
    return Derived(found, estimated=judged.incomplete, why=_NOTHING)


def section_multiple(
    frame: Frame,
    ph: Floats,
    do: Floats,
    codmn: Floats,
    cod: Floats,
    nh3n: Floats,
    tp: Floats,
) -> Derived:
    """By how many times the worst item is over its limit: (C − limit) ÷ limit; 0 when none is.

    None where only pH or dissolved oxygen is over: they have no multiple (环办〔2011〕22 号).
    """
    judged = _judged(frame, (ph, do, codmn, cod, nh3n, tp))
    over = judged.classes > judged.targets
    counted = over & ~np.isnan(judged.multiples)
    largest = np.where(counted, judged.multiples, 0.0).max(axis=0)
    silent = (over.any(axis=0) & ~counted.any(axis=0)) | np.isnan(_worst_class(judged))
    found = np.where(silent, np.nan, largest)
    why = "超标的是溶解氧或 pH,不计倍数;或各项目均缺测"
    return Derived(found, estimated=judged.incomplete, why=why)


def section_on_target(
    frame: Frame,
    ph: Floats,
    do: Floats,
    codmn: Floats,
    cod: Floats,
    nh3n: Floats,
    tp: Floats,
) -> Derived:
    """1 where the section keeps its own target class, 0 where it does not.

    A section without a target in its papers is not judged: it leaves the 达标率.
    """
    judged = _judged(frame, (ph, do, codmn, cod, nh3n, tp))
    found = _worst_class(judged)
    named = np.array([_target(one) is not None for one in frame.regions], dtype=bool)[:, None]
    kept = np.where(
        np.isnan(found) | ~named, np.nan, (found <= judged.targets[0]).astype(np.float64)
    )
    return Derived(kept, estimated=judged.incomplete, why="没有考核目标,或各项目均缺测")


def item_class(frame: Frame, item: str, values: Floats) -> Floats:
    """The class 1–6 of one item in each section and period; NaN where it cannot be told."""
    found: Floats = _judged_item(frame, item, as_arrays((values,))[0], _Table())[0]
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    """Of each item: class and multiple over the target; of each section its target class."""

    classes: Floats  # items × sections × periods
    multiples: Floats
    targets: Floats  # 1 × sections × 1
    incomplete: NDArray[np.bool_]  # sections × periods: something known, something missing


class _Table:
    """The items in force on a day, looked up once a call."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Waters, date], Item | None] = {}

    def item(self, item: str, waters: Waters, day: date) -> Item | None:
        key = (item, waters, day)
        if key not in self._known:
            self._known[key] = rules_on(day).item(item, waters)
        return self._known[key]


def _judged(frame: Frame, given: Sequence[Floats]) -> _Judged:
    arrays = as_arrays(given)
    table = _Table()
    pairs = [
        _judged_item(frame, item, values, table) for item, values in zip(ITEMS, arrays, strict=True)
    ]
    classes = np.stack([one for one, _ in pairs])
    known = ~np.isnan(classes)
    targets = np.array([float(_target(one) or _USUAL_TARGET) for one in frame.regions])
    return _Judged(
        classes=classes,
        multiples=np.stack([one for _, one in pairs]),
        targets=targets[None, :, None],
        incomplete=np.logical_and(known.any(axis=0), ~known.all(axis=0)),
    )


def _worst_class(judged: _Judged) -> Floats:
    decisive = np.array([item not in _WITHOUT_CLASSES for item in ITEMS])
    known = ~np.isnan(judged.classes)
    worst: Floats = np.where(known, judged.classes, 0.0).max(axis=0)
    told = known[decisive].any(axis=0)
    # A failing pH decides alone; a passing one alone does not make a section class Ⅰ.
    return np.where(told | (worst >= _WORSE), worst, np.nan)


def _judged_item(frame: Frame, item: str, values: Floats, table: _Table) -> tuple[Floats, Floats]:
    """Class and multiple of one item: rows of one kind of water and edition go at once."""
    classes, multiples = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    for waters, rows in _rows_of(frame.regions):
        targets = [_target(frame.regions[row]) or _USUAL_TARGET for row in rows]
        for found, columns in _columns_of(frame.days, table, item, waters):
            block = np.ix_(rows, columns)
            amounts = values[block]
            classes[block] = _class_of(found, amounts)
            multiples[block] = _multiple_of(found, amounts, targets)
    return classes, multiples


def _class_of(item: Item, amounts: Floats) -> Floats:
    met = np.full(amounts.shape, _WORSE)
    for one in reversed(CLASSES):
        low, high = item.limits[one - 1]
        met = np.where((amounts >= low) & (amounts <= high), float(one), met)
    return np.where(np.isnan(amounts) | (amounts < 0), np.nan, met)


def _multiple_of(item: Item, amounts: Floats, targets: Sequence[WaterClass]) -> Floats:
    if item.sense != "max":
        return np.full(amounts.shape, np.nan)
    limits = np.array([item.limits[min(one, WaterClass.V) - 1][1] for one in targets])[:, None]
    over: Floats = (amounts - limits) / limits
    return np.where(over > 0, over, np.nan)


def _rows_of(regions: Sequence[Region]) -> Iterator[tuple[Waters, list[int]]]:
    for waters in Waters:
        rows = [n for n, one in enumerate(regions) if _waters(one) is waters]
        if rows:
            yield waters, rows


def _columns_of(
    days: Sequence[date], table: _Table, item: str, waters: Waters
) -> Iterator[tuple[Item, list[int]]]:
    columns: dict[int, tuple[Item, list[int]]] = {}
    for number, day in enumerate(days):
        found = table.item(item, waters, day)
        if found is not None:
            columns.setdefault(id(found), (found, []))[1].append(number)
    yield from columns.values()


def _waters(region: Region) -> Waters:
    return Waters.LAKE if region.fact("waters") in _LAKES else Waters.RIVER


def _target(region: Region) -> WaterClass | None:
    return WaterClass.read(region.fact("target_class"))
