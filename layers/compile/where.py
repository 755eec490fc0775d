"""A filter over attributes, answered from codes: values are compared once, not once a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.compile.columns import Columns, Table
from layers.errors import BadFilter
from layers.tiles.values import Scalar


class Comparison(StrEnum):
    """How an attribute is compared with a value."""

    EQUAL = "="
    UNEQUAL = "!="
    BELOW = "<"
    UP_TO = "<="
    ABOVE = ">"
    FROM = ">="
    ANY_OF = "in"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; a row without the attribute never meets it.

    `values` has one item except for `in`. An item lists the readings of one written value:
    `grade=3` means the number 3 and the text "3".
    """

    attribute: str
    comparison: Comparison
    values: tuple[tuple[Scalar, ...], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold; without any, every row passes."""

    conditions: tuple[Condition, ...] = ()

    def passes(self, columns: Columns, rows: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether each of the rows passes; raises BadFilter for an attribute the layer lacks."""
        passing = np.ones(len(rows), np.bool_)
        for condition in self.conditions:
            if condition.attribute not in columns.codes:
                known = "、".join(columns.codes) or "无"
                raise BadFilter(f"图层没有属性 {condition.attribute},可用的属性:{known}")
            codes = columns.codes[condition.attribute][rows]
            passing &= _meets(condition, columns.tables[condition.attribute], codes)
        return passing


def _meets(condition: Condition, table: Table, codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    meets = np.zeros(len(codes), np.bool_)
    readings = [reading for value in condition.values for reading in value]
    for low, high in (_range(condition.comparison, table, reading) for reading in readings):
        meets |= (codes >= low) & (codes < high)
    if condition.comparison is Comparison.UNEQUAL:
        return ~meets & (codes >= 0)
    return meets


def _range(comparison: Comparison, table: Table, value: Scalar) -> tuple[int, int]:
    """The codes [low, high) of values that compare so with the value, among those of its kind."""
    before = table.below(value, inclusive=False)
    after = table.below(value, inclusive=True)
    match comparison:
        case Comparison.BELOW:
            return _kind_range(table, value)[0], before
        case Comparison.UP_TO:
            return _kind_range(table, value)[0], after
        case Comparison.ABOVE:
            return after, _kind_range(table, value)[1]
        case Comparison.FROM:
            return before, _kind_range(table, value)[1]
        case _:
            return before, after


def _kind_range(table: Table, value: Scalar) -> tuple[int, int]:
    if isinstance(value, bool):
        return 0, table.below(True, inclusive=True)
    numbers_end = table.below("", inclusive=False)
    if isinstance(value, str):
        return numbers_end, len(table)
    return table.below(True, inclusive=True), numbers_end
