"""考核 of a quarter, half-year or year: what its months counted, together. Pure.

A month that is frozen or final counts with what is kept of it, so that a later correction changes
a quarter as little as its months; the freezing itself stays monthly (PRACTICE 18).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from topics.kit.errors import BadPeriod
from topics.kit.evaluation.formulas import GROUPS, Formula, Rules
from topics.kit.evaluation.result import Cell, Row, score
from topics.kit.evaluation.sheet import sheet

_TEXT = re.compile(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")
_QUARTERS = ("一季度", "二季度", "三季度", "四季度")
_HALVES = ("上半年", "下半年")
_STOCK = frozenset({"open"})
"""Windows of what stands at the end: of several months the last one says it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole months, in words and as addresses write it."""

    text: str
    title: str
    months: tuple[date, ...]

    @property
    def single(self) -> bool:
        """Whether it is one month, which has steps of its own."""
        return len(self.months) == 1


def read_span(text: str) -> Span:
    """2026-10, 2026-Q3, 2026-H1 or 2026; BadPeriod names how it is written."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise BadPeriod(
            f"期别 {text[:20]!r} 读不懂;月写 2026-10,季写 2026-Q3,半年写 2026-H1,年写 2026"
        )
    year, month, quarter, half = found.groups()
    first, count, words = 1, 12, "全年"
    if month:
        first, count, words = int(month), 1, f"{int(month)} 月"
    elif quarter:
        first, count, words = 3 * int(quarter) - 2, 3, _QUARTERS[int(quarter) - 1]
    elif half:
        first, count, words = 6 * int(half) - 5, 6, _HALVES[int(half) - 1]
    months = tuple(date(int(year), n, 1) for n in range(first, first + count))
    return Span(text, f"{year} 年 {words}" if month else f"{year} 年{words}", months)


def together(results: Sequence[Mapping[str, Any]], rules: Rules) -> dict[str, Any]:
    """The sheets of several months as one: numerators and denominators added, oldest month first.

    Judged by the rules of today; an indicator that they no longer have is left out.
    """
    rows, names = dict[str, list[Row]](), dict[str, dict[str, str]]()
    for by in GROUPS:
        kept = [one[by] for one in results if by in one]
        names[by] = {row["id"]: row["name"] for group in kept for row in group["rows"]}
        rows[by] = [_row(one, kept, rules.rates(by)) for one in _order(kept)]
    return sheet(rows, rules, names)


def _order(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows in their statutory order: as in the fullest month, others behind."""
    by_size = sorted(groups, key=lambda one: -len(one["rows"]))
    return list(dict.fromkeys(row["id"] for group in by_size for row in group["rows"]))


def _row(named: str, groups: Sequence[Mapping[str, Any]], formulas: Sequence[Formula]) -> Row:
    held = [row["cells"] for group in groups for row in group["rows"] if row["id"] == named]
    mine = [one for one in formulas if any(one.key in cells for cells in held)]
    cells = {
        one.key: _cell([cells[one.key] for cells in held if one.key in cells], one) for one in mine
    }
    return Row(named, cells, score(cells, mine))


def _cell(kept: Sequence[Mapping[str, Any]], formula: Formula) -> Cell:
    counted = kept[-1:] if formula.window in _STOCK else kept
    return Cell(
        sum(int(one["numerator"]) for one in counted),
        sum(int(one["denominator"]) for one in counted),
    )
