"""Classes of a field for a style: limits of numbers, or the commonest values of anything."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.catalogue.readable import rounded_between
from layers.compile import CompiledLayer
from layers.errors import BadFilter
from layers.tiles.values import Scalar

METHODS = {
    "quantiles": "分位数",
    "natural": "自然断点",
    "equal": "等间距",
    "std": "标准差",
    "categorised": "按值分类",
}
_SAME = {"quantile": "quantiles", "graduated": "quantiles", "fisher": "natural"}
FEWEST, MOST = 2, 12
REST = "其他"


@dataclass(frozen=True, slots=True)
class ClassOf:
    """One class: a value, or numbers from `low` up to below `high` (None: no limit)."""

    label: str
    count: int
    value: Scalar | None = None
    low: float | None = None
    high: float | None = None
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes by a method, the limits between them, and how many rows say nothing."""

    method: str
    classes: tuple[ClassOf, ...]
    limits: tuple[float, ...]
    empty: int


def classes_of(compiled: CompiledLayer, field: str, method: str, classes: int) -> Classes:
    """The classes of a field by a method of METHODS; fewer where the values do not need so many.

    Raises BadFilter for an unknown field, method or number of classes, and for a field without
    numbers where numbers are needed.
    """
    method = _SAME.get(method, method)
    if method not in METHODS:
        known = "、".join(f"{key}({title})" for key, title in METHODS.items())
        raise BadFilter(f"分级方法 {method} 没有;可用的有 {known}")
    if not FEWEST <= classes <= MOST:
        raise BadFilter(f"classes 须在 {FEWEST} 到 {MOST} 之间")
    counted, empty = _counted(compiled, field)
    if method == "categorised":
        return _categorised(counted, classes, empty)
    return _graduated(counted, method, classes, empty)


def _counted(compiled: CompiledLayer, field: str) -> tuple[list[tuple[Scalar, int]], int]:
    """Each value of the field with the number of its rows, in order, and the rows without."""
    if field not in compiled.info.attributes:
        known = "、".join(compiled.info.attributes) or "无"
        raise BadFilter(f"图层没有属性 {field},可用的属性:{known}")
    if not compiled.parts:
        return [], 0
    table = compiled.parts[0].columns.tables[field]
    total: NDArray[Any] = np.zeros(len(table) + 1, np.int64)
    for part in compiled.parts:
        total += np.bincount(part.columns.codes[field] + 1, minlength=len(total))
    used = np.flatnonzero(total[1:])
    return [(table.value(code), int(total[code + 1])) for code in used.tolist()], int(total[0])


def _categorised(counted: Sequence[tuple[Scalar, int]], classes: int, empty: int) -> Classes:
    """The commonest values, and the others together."""
    common = sorted(counted, key=lambda one: (-one[1], str(one[0])))
    shown = common if len(common) <= classes else common[: classes - 1]
    found = [ClassOf(_word(value), count, value=value) for value, count in shown]
    rest = sum(count for _, count in common[len(shown) :])
    if rest:
        found.append(ClassOf(REST, rest, rest=True))
    return Classes("categorised", tuple(found), (), empty)


def _graduated(
    counted: Sequence[tuple[Scalar, int]], method: str, classes: int, empty: int
) -> Classes:
    numbers = [
        (float(value), count)
        for value, count in counted
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if not numbers:
        raise BadFilter("这个属性没有数值,请用 categorised(按值分类)")
    other = sum(count for _, count in counted) - sum(count for _, count in numbers)
    # 1 and 1.0 are two values of the table, one number here.
    values, place = np.unique([value for value, _ in numbers], return_inverse=True)
    counts = np.bincount(place.reshape(-1), [float(count) for _, count in numbers])
    limits = _limits(values, counts, method, classes)
    return Classes(method, _between(values, counts, limits), tuple(limits), empty + other)


def _limits(values: NDArray[Any], counts: NDArray[Any], method: str, classes: int) -> list[float]:
    """Readable limits between neighbouring values, so that no value changes its class."""
    if len(values) == 1:
        return []
    classifiers = importlib.import_module("layers.catalogue.classifiers")
    bounds = classifiers.upper_bounds(values, counts, method, min(classes, len(values)))
    places = np.unique(np.searchsorted(values, bounds, side="right")).tolist()
    return [
        rounded_between(float(values[place - 1]), float(values[place]))
        for place in places
        if 0 < place < len(values)
    ]


def _between(
    values: NDArray[Any], counts: NDArray[Any], limits: Sequence[float]
) -> tuple[ClassOf, ...]:
    edges: list[float | None] = [None, *limits, None]
    inside = np.bincount(
        np.searchsorted(limits, values, side="right"), counts, minlength=len(limits) + 1
    )
    return tuple(
        ClassOf(_span(low, high), int(count), low=low, high=high)
        for low, high, count in zip(edges[:-1], edges[1:], inside, strict=True)
    )


def _span(low: float | None, high: float | None) -> str:
    if low is None:
        return "全部" if high is None else f"< {_number(high)}"
    return f"≥ {_number(low)}" if high is None else f"{_number(low)}–{_number(high)}"


def _number(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, str) else _number(float(value))
