"""What the items of a section say together, for whole arrays: class, worst item, multiple, target.

GB 3838-2002 table 1 and 环办〔2011〕22 号 as topics/water/surface_water.py holds them. The monthly
assessment (月评价) takes all 21 items, the reference values of automatic stations (实时,参考) the
first six: which of both it is, the number of arguments says, and the two never mix in one formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Flags, Floats, Frame, as_arrays
from topics.water.lab import HALF_LIMIT
from topics.water.surface_water import CLASSES, Item, WaterClass, Waters, rules_on

STATION_ITEMS = ("ph", "do", "codmn", "cod", "nh3n", "tp")
"""What automatic stations measure; the functions take these six, or all of `ITEMS`."""
ITEMS = (
    *STATION_ITEMS,
    *("bod5", "cu", "zn", "fluoride", "se", "as", "hg", "cd", "cr6", "pb"),
    *("cyanide", "phenol", "oil", "surfactant", "sulfide"),
)
"""The 21 items of the monthly assessment, in the order of the functions' arguments."""
NOT_OVER = 0.0  # section_worst where every item keeps the target
_WORSE = float(WaterClass.WORSE)
_USUAL_TARGET = WaterClass.III  # of a section whose papers name none
_LAKES = frozenset({"湖库", "湖泊", "水库", "lake"})
_WITHOUT_CLASSES = frozenset({"ph"})  # passes or fails only: alone it tells no class
_TOXIC = 10  # the order of metals and cyanide in the table: named before others of their class
_NOTHING = "各项目均缺测,或都判不了"


def section_class(frame: Frame, *items: Floats) -> Derived:
    """The class 1–6 of each section by its worst item; estimated where an item is not judged.

    Not judged: missing, negative, or below a detection limit above the target's limit. pH alone
    tells no class. Below a smaller detection limit an item has the class of that limit.
    """
    judged = _judged(frame, items)
    found = _worst_class(judged.classes, judged.items)
    settled = ~judged.incomplete & (found == _worst_class(judged.best, judged.items))
    return Derived(
        found,
        estimated=judged.told & ~settled,
        why=_NOTHING,
        certain=settled,
        note=_left_out(frame, judged),
    )


def section_worst(frame: Frame, *items: Floats) -> Derived:
    """Which item is furthest over the section's target: its place in `ITEMS` from 1, 0 for none.

    The worse class first, then metals and cyanide, then the larger multiple (环办〔2011〕22 号;
    pH and oxygen have none).
    """
    judged = _judged(frame, items)
    found = np.where(judged.over.any(axis=0), judged.worst + 1.0, NOT_OVER)
    found = np.where(judged.told, found, np.nan)
    return Derived(
        found,
        estimated=judged.incomplete,
        why=_NOTHING,
        certain=~judged.incomplete,
        note=_left_out(frame, judged),
    )


def section_multiple(frame: Frame, *items: Floats) -> Derived:
    """By how many times the worst item is over its limit: (C − limit) ÷ limit.

    None where no item is over, or where the worst one is pH or dissolved oxygen: they have no
    multiple (环办〔2011〕22 号), and another item's would stand beside the wrong name.
    """
    judged = _judged(frame, items)
    over = judged.over.any(axis=0)
    own = np.take_along_axis(judged.multiples, judged.worst[None], axis=0)[0]
    found = np.where(over & judged.told, own, np.nan)
    if not judged.told.any():
        why = _NOTHING
    elif over.any():
        why = "超标最重的是溶解氧或 pH,不计倍数"
    else:
        why = "没有项目超过目标类别"
    return Derived(
        found,
        estimated=judged.incomplete & over,
        why=why,
        idle=judged.told & np.isnan(found),
        certain=~judged.incomplete,
    )


def section_items(frame: Frame, *items: Floats) -> Derived:
    """How many items of the section could be judged (参评项目数)."""
    judged = _judged(frame, items)
    count = (~np.isnan(judged.classes)).sum(axis=0).astype(np.float64)
    found = np.where(count > 0, count, np.nan)
    note = _left_out(frame, judged)
    return Derived(found, why=_NOTHING, certain=np.ones(found.shape, dtype=bool), note=note)


def section_on_target(frame: Frame, classes: Floats) -> Derived:
    """1 where the class of a section keeps its own target class, 0 where it does not.

    A section without a target in its papers is not judged: it leaves the 达标率.
    """
    found = as_arrays((classes,))[0]
    targets = np.array([float(_target(one) or np.nan) for one in frame.regions])[:, None]
    kept = np.where(
        np.isnan(found) | np.isnan(targets), np.nan, (found <= targets).astype(np.float64)
    )
    return Derived(kept, why="没有考核目标,或各项目均缺测")


def item_class(frame: Frame, item: str, values: Floats) -> Floats:
    """The class 1–6 of one item in each section and period; NaN where it cannot be told."""
    given = as_arrays((values,))[0]
    found: Floats = _judged_item(frame, item, given, None, _Table())[0]
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    """Of each item: class (and the best it may have), multiple over the target, what it is over."""

    items: Sequence[str]
    classes: Floats  # items × sections × periods
    best: Floats
    multiples: Floats
    over: Flags
    worst: NDArray[np.intp]  # sections × periods: the item that is furthest over
    told: Flags  # sections × periods: whether there is a class
    incomplete: Flags  # something known, something not judged
    below: Flags  # items × sections × periods: the detection limit lies above the target's limit


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
    if len(given) not in (len(STATION_ITEMS), len(ITEMS)):
        raise ValueError(f"应有 {len(STATION_ITEMS)} 项或 {len(ITEMS)} 项,给了 {len(given)} 项")
    arrays = as_arrays(given)
    items, table = ITEMS[: len(arrays)], _Table()
    flags: Sequence[Flags | None] = frame.estimated or [None] * len(arrays)
    each = [
        _judged_item(frame, item, values, flag, table)
        for item, values, flag in zip(items, arrays, flags, strict=True)
    ]
    classes, best, multiples = (np.stack([one[part] for one in each]) for part in range(3))
    known = ~np.isnan(classes)
    targets = np.array([float(_target(one) or _USUAL_TARGET) for one in frame.regions])
    over = classes > targets[None, :, None]
    told = ~np.isnan(_worst_class(classes, items))
    return _Judged(
        items=items,
        classes=classes,
        best=best,
        multiples=multiples,
        over=over,
        worst=_worst(classes, multiples, over, _toxic(frame, items, table)),
        told=told,
        incomplete=np.logical_and(known.any(axis=0), ~known.all(axis=0)),
        below=~known & ~np.isnan(np.stack(arrays)) & (np.stack(arrays) >= 0),
    )


def _worst(
    classes: Floats, multiples: Floats, over: Flags, toxic: NDArray[np.float64]
) -> NDArray[np.intp]:
    """The place of the item that is furthest over: class, then toxic ones, then the multiple."""
    multiple = np.minimum(np.nan_to_num(multiples), 9e8)
    rank = np.where(over, np.nan_to_num(classes) * 1e10 + toxic[:, None, None] * 1e9 + multiple, -1)
    found: NDArray[np.intp] = np.argmax(rank, axis=0)
    return found


def _toxic(frame: Frame, items: Sequence[str], table: _Table) -> NDArray[np.float64]:
    """1 for metals and cyanide, which 环办〔2011〕22 号 names before others of their class."""
    last = max(frame.days, default=date.max)
    found = [table.item(item, Waters.RIVER, last) for item in items]
    return np.array([float(one is not None and one.order <= _TOXIC) for one in found])


def _worst_class(classes: Floats, items: Sequence[str]) -> Floats:
    decisive = np.array([item not in _WITHOUT_CLASSES for item in items])
    known = ~np.isnan(classes)
    worst: Floats = np.where(known, classes, 0.0).max(axis=0)
    told = known[decisive].any(axis=0)
    # A failing pH decides alone; a passing one alone does not make a section class Ⅰ.
    return np.where(told | (worst >= _WORSE), worst, np.nan)


def _judged_item(
    frame: Frame, item: str, values: Floats, flagged: Flags | None, table: _Table
) -> tuple[Floats, Floats, Floats]:
    """Class, best class and multiple of one item: rows of one kind of water and edition at once.

    Where `flagged`, the value is half a detection limit: the class is that of the limit, where the
    target's limit is no smaller; else it cannot be told.
    """
    classes, best, multiples = (np.full(values.shape, np.nan) for _ in range(3))
    for waters, rows in _rows_of(frame.regions):
        targets = [_target(frame.regions[row]) or _USUAL_TARGET for row in rows]
        for found, columns in _columns_of(frame.days, table, item, waters):
            block = np.ix_(rows, columns)
            amounts = values[block]
            limited = np.zeros(amounts.shape, dtype=bool)
            if flagged is not None and found.sense == "max":
                limited = flagged[block] & ~np.isnan(amounts)
            highest = np.where(limited, amounts / HALF_LIMIT, amounts)
            doubtful = limited & (highest > _limits(found, targets))
            told = np.where(doubtful, np.nan, _class_of(found, highest))
            classes[block] = told
            best[block] = np.where(limited & ~doubtful, float(WaterClass.I), told)
            multiples[block] = np.where(limited, np.nan, _multiple_of(found, amounts, targets))
    return classes, best, multiples


def _class_of(item: Item, amounts: Floats) -> Floats:
    met = np.full(amounts.shape, _WORSE)
    for one in reversed(CLASSES):
        low, high = item.limits[one - 1]
        met = np.where((amounts >= low) & (amounts <= high), float(one), met)
    return np.where(np.isnan(amounts) | (amounts < 0), np.nan, met)


def _limits(item: Item, targets: Sequence[WaterClass]) -> Floats:
    return np.array([item.limits[min(one, WaterClass.V) - 1][1] for one in targets])[:, None]


def _multiple_of(item: Item, amounts: Floats, targets: Sequence[WaterClass]) -> Floats:
    if item.sense != "max":
        return np.full(amounts.shape, np.nan)
    limits = _limits(item, targets)
    over: Floats = (amounts - limits) / limits
    return np.where(over > 0, over, np.nan)


def _left_out(frame: Frame, judged: _Judged) -> str:
    """Which items of a single cell could not be judged, and why; "" for more cells."""
    if judged.classes.shape[1:] != (1, 1):
        return ""
    unknown, below = np.isnan(judged.classes[:, 0, 0]), judged.below[:, 0, 0]
    rules = rules_on(frame.days[0])
    titles = {item.id: item.title for item in rules.items.values()}
    parts = []
    for wanted, why in ((unknown & ~below, "缺测"), (below, "检出限高于目标类别限值")):
        names = [titles[item] for item, one in zip(judged.items, wanted, strict=True) if one]
        if names:
            parts.append(f"{'、'.join(names)}({why})")
    return f"未参评:{';'.join(parts)}" if parts else ""


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
