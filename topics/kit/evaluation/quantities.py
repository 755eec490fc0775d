"""What formulas count: which cases belong to a window, and how much of them a part is.

Each is a function of the question: pure, on whole columns. A window answers with a mask; a part
with a number a case (0 or 1, or acts where acts are counted) within the window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from topics.kit.evaluation.facts import Facts

Mask = npt.NDArray[np.bool_]
Amounts = npt.NDArray[Any]
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The facts, the period [begin, until) in seconds UTC, and what a part may need.

    `until` is the end of the period, or the moment asked about where that is earlier: what
    happened later does not count for the period. `groups` number the group of each case.
    """

    facts: Facts
    begin: float
    until: float
    sources: Mapping[str, str]
    groups: npt.NDArray[np.int32]
    parameter: int = 0

    def within(self, times: npt.NDArray[np.float64]) -> Mask:
        """Whether the time lies in the period."""
        return (self.begin <= times) & (times < self.until)

    def by_then(self, times: npt.NDArray[np.float64]) -> Mask:
        """Whether it had happened before the period's end."""
        return times < self.until

    def counts_as(self, kind: str) -> Mask:
        """Whether the source of the report counts as `kind`."""
        names = self.facts.names["source"]
        table = np.array([self.sources.get(one) == kind for one in names] + [False])
        return table[self.facts.source]


def _valid(asked: Asked) -> Mask:
    """Neither thrown away before it was filed nor merged into another."""
    facts = asked.facts
    thrown = asked.by_then(facts.void) & ~asked.by_then(facts.filed)
    return ~thrown & ~facts.merged


def _standing(asked: Asked) -> Mask:
    return ~asked.by_then(asked.facts.void) & ~asked.facts.merged


def _owed(asked: Asked, due: npt.NDArray[np.float64], done: npt.NDArray[np.float64]) -> Mask:
    """Deadline in the period and not done before it, or done in it ahead of its deadline."""
    falls = asked.within(due) & ~(done < asked.begin)
    early = asked.within(done) & (done <= due)
    return (falls | early) & _standing(asked)


def _recurring(asked: Asked) -> Mask:
    """The same 小类 at the same place was filed within the days before."""
    facts = asked.facts
    found = np.zeros(len(facts), bool)
    known = np.flatnonzero((facts.place >= 0) & (facts.minor >= 0) & np.isfinite(facts.filed))
    order = known[np.lexsort((facts.filed[known], facts.minor[known], facts.place[known]))]
    before, after = order[:-1], order[1:]
    same = (facts.place[before] == facts.place[after]) & (facts.minor[before] == facts.minor[after])
    near = facts.filed[after] - facts.filed[before] <= asked.parameter * _DAY
    found[after[same & near]] = True
    return found


def _called_again(asked: Asked) -> Mask:
    """The same caller had called about the same 小类 within the days before."""
    facts = asked.facts
    found = np.zeros(len(facts), bool)
    if facts.caller is None:
        return found
    calls = np.flatnonzero((facts.caller >= 0) & (facts.minor >= 0))
    order = calls[np.lexsort((facts.reported[calls], facts.minor[calls], facts.caller[calls]))]
    before, after = order[:-1], order[1:]
    same = facts.caller[before] == facts.caller[after]
    same &= facts.minor[before] == facts.minor[after]
    near = facts.reported[after] - facts.reported[before] <= asked.parameter * _DAY
    found[after[same & near]] = True
    return found


def _frequent(asked: Asked) -> Mask:
    """Of the group's most frequent 小类 in the window of filing; ties go to the first name."""
    facts = asked.facts
    counted = asked.within(facts.filed) & (facts.minor >= 0) & (asked.groups >= 0)
    minors = len(facts.names["minor"])
    pair = asked.groups.astype(np.int64) * minors + facts.minor
    pairs, amounts = np.unique(pair[counted], return_counts=True)
    order = np.lexsort((pairs, -amounts, pairs // max(minors, 1)))
    group = pairs[order] // max(minors, 1)
    first = np.searchsorted(group, group)  # where the group begins
    top = pairs[order][np.arange(len(order)) - first < asked.parameter]
    return counted & np.isin(pair, top)


def _missed(asked: Asked) -> Mask:
    return asked.counts_as("漏报") & _valid(asked)


WINDOWS: Mapping[str, Callable[[Asked], Mask]] = {
    "reported": lambda asked: asked.within(asked.facts.reported),
    "reported_by_supervisors": lambda asked: (
        asked.within(asked.facts.reported) & asked.counts_as("监督员")
    ),
    "filed": lambda asked: asked.within(asked.facts.filed),
    "dispatched": lambda asked: asked.within(asked.facts.dispatched),
    "handled": lambda asked: asked.within(asked.facts.handled),
    "checked": lambda asked: asked.within(asked.facts.checked),
    "closed": lambda asked: asked.within(asked.facts.closed),
    "open": lambda asked: (
        asked.by_then(asked.facts.filed) & ~asked.by_then(asked.facts.closed) & _standing(asked)
    ),
    "to_handle": lambda asked: _owed(asked, asked.facts.handle_due, asked.facts.handled),
    "to_close": lambda asked: _owed(asked, asked.facts.close_due, asked.facts.closed),
}
"""Which cases an indicator is about."""

PARTS: Mapping[str, Callable[[Asked], Amounts]] = {
    "all": lambda asked: np.ones(len(asked.facts), bool),
    "valid": _valid,
    "filed": lambda asked: asked.by_then(asked.facts.filed) & _valid(asked),
    "filed_right": lambda asked: ~asked.by_then(asked.facts.void),
    "filed_in_time": lambda asked: asked.facts.filed <= asked.facts.file_due,
    "dispatches": lambda asked: np.maximum(asked.facts.dispatches, 1),
    "dispatches_right": lambda asked: np.maximum(
        np.maximum(asked.facts.dispatches, 1) - asked.facts.misdispatches, 0
    ),
    "sent_back": lambda asked: asked.facts.misdispatches > 0,
    "dispatched_in_time": lambda asked: asked.facts.dispatched <= asked.facts.dispatch_due,
    "handled": lambda asked: asked.by_then(asked.facts.handled),
    "handled_in_time": lambda asked: (
        asked.by_then(asked.facts.handled) & (asked.facts.handled <= asked.facts.handle_due)
    ),
    "reworked": lambda asked: asked.facts.reworks > 0,
    "extended": lambda asked: asked.facts.extended,
    "closed": lambda asked: asked.by_then(asked.facts.closed),
    "closed_in_time": lambda asked: (
        asked.by_then(asked.facts.closed) & (asked.facts.closed <= asked.facts.close_due)
    ),
    "overdue": lambda asked: (
        asked.by_then(asked.facts.close_due) & ~asked.by_then(asked.facts.closed)
    ),
    "late": lambda asked: asked.by_then(
        np.where(asked.by_then(asked.facts.handled), asked.facts.close_due, asked.facts.handle_due)
    ),
    "recurring": _recurring,
    "called_again": _called_again,
    "frequent": _frequent,
    "missed": _missed,
    "valid_or_missed": lambda asked: (asked.counts_as("监督员") & _valid(asked)) | _missed(asked),
    "checked_in_time": lambda asked: asked.facts.checked <= asked.facts.check_due,
}
"""How much of a case counts."""

OF_CALLERS = frozenset({"called_again"})
"""Parts that ask who called."""
