"""The matrix of a month: each indicator of each group with what was counted over what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.kit.evaluation.facts import Facts
from topics.kit.evaluation.formulas import SCORE, Formula, Rules
from topics.kit.evaluation.quantities import PARTS, WINDOWS, Asked


@dataclass(frozen=True, slots=True)
class Window:
    """A period in seconds UTC: what began, and up to when things count."""

    begin: float
    until: float


@dataclass(frozen=True, slots=True)
class Cell:
    """An indicator of a group: hundredths, None where nothing is to be divided by."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """100 · numerator ÷ denominator."""
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Row:
    """A region, unit or post with its cells by formula and its score (None without any)."""

    id: str
    cells: dict[str, Cell]
    score: float | None


def evaluate(
    facts: Facts, window: Window, rules: Rules, by: str, groups: Sequence[str]
) -> list[Row]:
    """The rows of `groups` in their order; `by` is region, unit or post."""
    asked = _asked(facts, window, rules, by, groups)
    size = 1 if by == "post" else len(groups)
    counted = {one.key: _counted(asked, one, size) for one in rules.rates(by)}
    rows = []
    for position, group in enumerate(groups):
        number = 0 if by == "post" else position  # every post looks at all cases
        formulas = [one for one in rules.rates(by) if _judges(one, by, group)]
        cells = {
            one.key: Cell(int(counted[one.key][0][number]), int(counted[one.key][1][number]))
            for one in formulas
        }
        rows.append(Row(group, cells, score(cells, formulas)))
    return rows


def score(cells: dict[str, Cell], formulas: Sequence[Formula]) -> float | None:
    """Σ weight · indicator ÷ Σ weight, over those that have a value; lower ones as 100 - x."""
    total = whole = 0.0
    for one in formulas:
        value = cells[one.key].value
        if value is not None and one.weight:
            total += one.weight * (100 - value if one.lower else value)
            whole += one.weight
    return total / whole if whole else None


def cases_of(
    facts: Facts, window: Window, rules: Rules, by: str, group: str, formula: Formula, part: str
) -> list[str]:
    """The cases behind one cell: part is numerator, denominator or rest (not counted)."""
    if formula.key == SCORE:
        return []
    asked = replace(_asked(facts, window, rules, by, [group]), parameter=formula.parameter)
    inside = WINDOWS[formula.window](asked) & (asked.groups == 0)
    below = np.asarray(PARTS[formula.denominator](asked), int) * inside
    above = np.asarray(PARTS[formula.numerator](asked), int) * inside
    wanted = {
        "denominator": below > 0,
        "numerator": above > 0,
        "rest": (below > 0) & (above < below),
    }
    order = np.argsort(-facts.reported, kind="stable")
    return [str(one) for one in facts.id[order][wanted[part][order]]]


def _judges(formula: Formula, by: str, group: str) -> bool:
    return by != "post" or formula.post == group


def _asked(facts: Facts, window: Window, rules: Rules, by: str, groups: Sequence[str]) -> Asked:
    return Asked(facts, window.begin, window.until, rules.sources, _numbers(facts, by, groups))


def _numbers(facts: Facts, by: str, groups: Sequence[str]) -> npt.NDArray[np.int32]:
    """The position in `groups` of each case's group, -1 for others; 0 for posts."""
    if by == "post":
        whole = np.zeros(len(facts), np.int32)
        return whole if facts.task is None else np.where(facts.task, np.int32(-1), whole)
    place = {one: number for number, one in enumerate(groups)}
    table = np.array([place.get(one, -1) for one in facts.names[by]] + [-1], np.int32)
    numbers: npt.NDArray[np.int32] = table[getattr(facts, by)]
    return numbers


def _counted(
    asked: Asked, formula: Formula, groups: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Numerators and denominators by group."""
    question = replace(asked, parameter=formula.parameter)
    inside = WINDOWS[formula.window](question) & (question.groups >= 0)
    where = question.groups[inside]
    above, below = (
        np.bincount(where, np.asarray(PARTS[part](question))[inside].astype(np.float64), groups)
        for part in (formula.numerator, formula.denominator)
    )
    return above, below
