"""The one evaluator: whole cubes at once for storing, one cell of it for explaining.

Invariants: a value is NaN exactly where its state is "not monitored" or "missing"; NaN and
infinity never leave as values; what is missing carries the reason of the first thing missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topics.kit.formula import regional
from topics.kit.formula.cells import Cells, Why, constant, missing_where, read, worse
from topics.kit.formula.clocks import Clock, start_of
from topics.kit.formula.cubes import ESTIMATED, MISSING, NOT_MONITORED, OK, Cubes
from topics.kit.formula.domain import Frame
from topics.kit.formula.formula import Formula
from topics.kit.formula.nodes import (
    Binary,
    Call,
    Children,
    Coalesce,
    Compare,
    Composite,
    Elapsed,
    Known,
    Monthly,
    Name,
    Negative,
    Number,
    OfYear,
    Parent,
    Rank,
    Root,
    Shift,
    Sites,
    Where,
    Window,
    Within,
    all_nodes,
    names_in,
)
from topics.kit.formula.over_periods import over_periods
from topics.kit.formula.steps import NEVER, Counts, elapsed_share
from topics.kit.periods import ZONE

_FEBRUARY = 1


def evaluate(formula: Formula, cubes: Cubes, counts: Counts) -> Cells:
    """The formula in every region of the cubes and the given periods of its clock."""
    with np.errstate(all="ignore"):
        found = _Evaluation(formula, cubes).of(formula.tree, counts)
    found = missing_where(found, ~np.isfinite(found.value), Why.INFINITE)
    if formula.within_children:
        valid = cubes.geography.valid(formula.clock, counts)
        outside = regional.outside_children(found, cubes.geography, valid)
        found = missing_where(found, outside, Why.OUTSIDE)
    return found


def evaluate_part(formula: Formula, part: Any, cubes: Cubes, counts: Counts) -> Cells:
    """A part of the formula's tree, e.g. the numerator of a ratio, by the same rules."""
    with np.errstate(all="ignore"):
        return _Evaluation(formula, cubes).of(part, counts)


def told_of_calls(formula: Formula, cubes: Cubes, region: str, count: int) -> tuple[str, str]:
    """What the topic's own functions say of one value: why there is none, what it left out."""
    row = cubes.geography.row[region]
    counts = np.array([count], dtype=np.int64)
    with np.errstate(all="ignore"):
        evaluation = _Evaluation(formula, cubes)
        for node in all_nodes(formula.tree):
            if isinstance(node, Call) and node.function is not None:
                given = [evaluation.of(one, counts) for one in node.arguments]
                frame = _frame(formula, cubes, [row], counts, given)
                found = node.function.call(frame, [one.value[[row]] for one in given])
                if found.why or found.note:
                    return found.why, found.note
    return "", ""


def _frame(
    formula: Formula, cubes: Cubes, rows: Sequence[int], counts: Counts, given: Sequence[Cells]
) -> Frame:
    days = [start_of(int(one), formula.clock).astimezone(ZONE).date() for one in counts]
    estimated = [one.state[rows] == ESTIMATED for one in given]
    return Frame([cubes.geography.regions[row] for row in rows], days, estimated)


class _Evaluation:
    def __init__(self, formula: Formula, cubes: Cubes) -> None:
        self._formula = formula
        self._cubes = cubes
        self._rows = len(cubes.geography.codes)
        self._skip = formula.missing == "skip"
        self._estimate = formula.missing == "estimate"

    def of(self, node: Any, counts: Counts) -> Cells:
        return _EVALUATORS[type(node)](self, node, counts)

    def number(self, node: Number, counts: Counts) -> Cells:
        return constant(node.value, (self._rows, len(counts)))

    def name(self, node: Name, counts: Counts) -> Cells:
        clock = self._formula.clock_of(node.indicator)
        found = read(*self._cubes.cells(node.indicator, clock, counts))
        step = self._formula.carries.get(node.indicator) if self._estimate else None
        if step is None:
            return found
        before = read(*self._cubes.cells(node.indicator, clock, step.back(counts)))
        return _filled(found, before)

    def negative(self, node: Negative, counts: Counts) -> Cells:
        inner = self.of(node.inner, counts)
        return worse(-inner.value, inner)

    def root(self, node: Root, counts: Counts) -> Cells:
        inner = self.of(node.inner, counts)
        found = worse(np.sqrt(inner.value), inner)
        return missing_where(found, inner.value < 0, Why.ROOT)

    def binary(self, node: Binary, counts: Counts) -> Cells:
        left, right = self.of(node.left, counts), self.of(node.right, counts)
        if node.sign != "/":
            return worse(_ARITHMETIC[node.sign](left.value, right.value), left, right)
        found = missing_where(
            worse(left.value / right.value, left, right), right.value == 0, Why.ZERO
        )
        return missing_where(found, right.value < 0, Why.BASE) if node.growth else found

    def shift(self, node: Shift, counts: Counts) -> Cells:
        there = node.step.back(counts)
        inner = self.of(node.inner, there)
        found = Cells(inner.value, inner.state, inner.why, inner.present, anchored=False)
        return self._unbroken(found, node.inner, there, counts, node.step.clock)

    def window(self, node: Window, counts: Counts) -> Cells:
        there = node.step.back(counts)
        flat = self.of(node.inner, there.reshape(-1))
        shape = (self._rows, *there.shape)
        counted = (there != NEVER)[None]
        state = np.where(counted, flat.state.reshape(shape), 0).max(axis=2)
        value = _over_time(flat.value.reshape(shape), counted, node.how)
        gone = state >= NOT_MONITORED
        found = Cells(
            np.where(gone, np.nan, value),
            state,
            np.where(gone, np.uint8(Why.INPUT), np.uint8(0)),
            flat.present.reshape(shape)[:, :, 0],
            flat.anchored,
        )
        first = np.where(there == NEVER, np.iinfo(np.int64).max, there).min(axis=1)
        return self._unbroken(found, node.inner, first, counts, node.step.clock)

    def monthly(self, node: Monthly, counts: Counts) -> Cells:
        month = counts % 12
        inner = self.of(node.inner, counts)
        before = self.of(node.inner, counts - 1)
        first = (month == 0)[None, :]
        alone = Cells(inner.value, inner.state, inner.why, inner.present)
        both = worse(inner.value - before.value, inner, before)
        both = self._unbroken(both, node.inner, counts - 1, counts, node.step.clock)
        chosen = _chosen(first, alone, both)
        # January has no cumulative release of its own: 1–2 月 is one, and no month's value.
        combined = (month == _FEBRUARY)[None, :] & (before.state == MISSING)
        combined &= inner.state < NOT_MONITORED
        why = np.where(combined, np.uint8(Why.COMBINED), chosen.why)
        return Cells(chosen.value, chosen.state, why, inner.present, inner.anchored)

    def of_year(self, node: OfYear, counts: Counts) -> Cells:
        years = node.step.back(counts)
        last, before = self.of(node.inner, years[:, 0]), self.of(node.inner, years[:, 1])
        found = _filled(last, before)
        return Cells(found.value, found.state, found.why, found.present, anchored=False)

    def children(self, node: Children, counts: Counts) -> Cells:
        geography = self._cubes.geography
        valid = geography.valid(self._formula.clock, counts)
        inner = self.of(node.inner, counts)
        return regional.of_children(inner, node.how, geography, valid, skip=self._skip)

    def known(self, node: Known, counts: Counts) -> Cells:
        inner = self.of(node.inner, counts)
        there = inner.state < NOT_MONITORED
        return Cells(
            np.where(there, 1.0, 0.0),
            np.full(there.shape, OK, dtype=np.uint8),
            np.zeros(there.shape, dtype=np.uint8),
            inner.present,
            inner.anchored,
        )

    def sites(self, node: Sites, counts: Counts) -> Cells:
        geography = self._cubes.geography
        valid = geography.valid(self._formula.clock, counts)
        inner = self.of(node.inner, counts)
        return regional.of_sites(inner, node.how, node.kind, geography, valid, mark=self._skip)

    def within(self, node: Within, counts: Counts) -> Cells:
        """The finer periods in one value, once the span says that there is one."""
        there = node.span.back(counts)
        fine, place = np.unique(there, return_inverse=True)
        flat = self.of(node.inner, fine)
        place = place.reshape(there.shape)
        state, value = flat.state[:, place], flat.value[:, place]
        own = there >= node.span.settled_from(counts)[:, None]
        said = flat.present[:, place] & own[None]
        present: NDArray[np.bool_] = np.asarray(said.any(axis=2))
        used = (there != NEVER)[None] & (state < NOT_MONITORED)
        number = used.sum(axis=2)
        few = number < node.least
        worst = np.where(used, state, 0).max(axis=2)
        if self._skip:
            lacking = ((there != NEVER)[None] & (state == MISSING)).any(axis=2)
            worst = np.where(lacking, np.maximum(worst, ESTIMATED), worst)
        unmonitored = (number == 0) & (state == NOT_MONITORED).any(axis=2)
        unmonitored &= ~((state == MISSING) & said).any(axis=2)
        gone = np.where(unmonitored, NOT_MONITORED, MISSING)
        found = Cells(
            np.where(few, np.nan, over_periods(value, used, node.how, node.rank)),
            np.where(few, gone, worst).astype(np.uint8),
            np.where(few, np.where(number == 0, Why.INPUT, Why.TOO_FEW), 0).astype(np.uint8),
            present,
            flat.anchored,
        )
        last = node.span.last(counts)
        return self._unbroken(found, node.inner, there[:, 0], last, node.span.fine)

    def call(self, node: Call, counts: Counts) -> Cells:
        """The topic's own function, for the regions of which anything at all was said."""
        assert node.function is not None
        given = [self.of(one, counts) for one in node.arguments]
        together = worse(np.zeros((self._rows, len(counts))), *given)
        rows = np.flatnonzero(together.present.any(axis=1))
        value = np.full(together.value.shape, np.nan)
        known = [np.where(one.state < NOT_MONITORED, one.state, 0) for one in given]
        state = np.max(known, axis=0).astype(np.uint8)
        idle = np.zeros(value.shape, dtype=np.bool_)
        if len(rows):
            frame = _frame(self._formula, self._cubes, rows.tolist(), counts, given)
            found = node.function.call(frame, [one.value[rows] for one in given])
            value[rows] = found.value
            if found.idle is not None:
                idle[rows] = found.idle
            if found.certain is not None:
                settled = found.certain & (state[rows] == ESTIMATED)
                state[rows] = np.where(settled, np.uint8(OK), state[rows])
            if found.estimated is not None:
                state[rows] = np.where(
                    found.estimated, np.maximum(state[rows], np.uint8(ESTIMATED)), state[rows]
                )
        gone = ~np.isfinite(value)
        lost = idle | (np.min([one.state for one in given], axis=0) == NOT_MONITORED)
        state = np.where(gone, np.where(lost, np.uint8(NOT_MONITORED), np.uint8(MISSING)), state)
        return Cells(
            np.where(gone, np.nan, value),
            state.astype(np.uint8),
            np.where(gone, np.uint8(Why.RULE), np.uint8(0)),
            together.present,
            together.anchored,
        )

    def parent(self, node: Parent, counts: Counts) -> Cells:
        return regional.of_parent(self.of(node.inner, counts), self._cubes.geography)

    def rank(self, node: Rank, counts: Counts) -> Cells:
        geography = self._cubes.geography
        valid = geography.valid(self._formula.clock, counts)
        inner = self.of(node.inner, counts)
        return regional.ranks(inner, geography, valid, descending=node.descending, skip=self._skip)

    def where(self, node: Where, counts: Counts) -> Cells:
        condition: Compare = node.condition
        left, right = self.of(condition.left, counts), self.of(condition.right, counts)
        yes, no = self.of(node.yes, counts), self.of(node.no, counts)
        holds = _COMPARING[condition.sign](left.value, right.value)
        chosen = _chosen(holds, yes, no)
        return worse(chosen.value, left, right, chosen)

    def coalesce(self, node: Coalesce, counts: Counts) -> Cells:
        found = self.of(node.choices[0], counts)
        for choice in node.choices[1:]:
            found = _filled(found, self.of(choice, counts), present=True)
        return found

    def composite(self, node: Composite, counts: Counts) -> Cells:
        parts = [self.of(score.inner, counts) for score in node.scores]
        total = np.zeros((self._rows, len(counts)))
        weight = np.zeros_like(total)
        for score, part in zip(node.scores, parts, strict=True):
            points = np.clip((part.value - score.low) / (score.high - score.low), 0, 1) * 100
            there = part.state < NOT_MONITORED
            total += np.where(there, score.weight * points, 0.0)
            weight += np.where(there, score.weight, 0.0)
        found = worse(total / weight, *parts)
        if not self._skip:
            return found
        some = (weight > 0) & (found.state >= NOT_MONITORED)
        return Cells(
            np.where(some, total / weight, found.value),
            np.where(some, np.uint8(ESTIMATED), found.state),
            np.where(some, np.uint8(0), found.why),
            found.present,
            found.anchored,
        )

    def elapsed(self, node: Elapsed, counts: Counts) -> Cells:
        share = 100 * elapsed_share(counts, node.step.clock)
        found = constant(0.0, (self._rows, len(counts)))
        return Cells(found.value + share, found.state, found.why, found.present, anchored=False)

    def _unbroken(
        self, found: Cells, inner: Any, earlier: Counts, later: Counts, clock: Clock
    ) -> Cells:
        """Nothing is compared or added up across a change of 口径 of what is inside."""
        breaks = self._cubes.breaks
        for name in names_in(inner) if breaks else ():
            starts = breaks.get(name)
            if starts and self._formula.clock_of(name) is clock:
                known = np.array(sorted(starts), dtype=np.int64)
                crossed = np.searchsorted(known, earlier, "right") != np.searchsorted(
                    known, later, "right"
                )
                found = missing_where(
                    found, np.broadcast_to(crossed, found.value.shape), Why.BROKEN
                )
        return found


def _filled(found: Cells, other: Cells, *, present: bool = False) -> Cells:
    """`found` with its gaps filled from `other`, marked estimated."""
    filled = (found.state >= NOT_MONITORED) & (other.state < NOT_MONITORED)
    estimated = np.maximum(other.state, np.uint8(ESTIMATED))
    return Cells(
        np.where(filled, other.value, found.value),
        np.where(filled, estimated, found.state),
        np.where(filled, np.uint8(0), found.why),
        found.present | other.present if present else found.present,
        found.anchored or (present and other.anchored),
    )


def _chosen(condition: NDArray[np.bool_], yes: Cells, no: Cells) -> Cells:
    return Cells(
        np.where(condition, yes.value, no.value),
        np.where(condition, yes.state, no.state),
        np.where(condition, yes.why, no.why),
        np.where(condition, yes.present, no.present),
        yes.anchored or no.anchored,
    )


def _over_time(values: NDArray[np.float64], counted: NDArray[np.bool_], how: str) -> Any:
    if how in ("sum", "mean"):
        total = np.where(counted, values, 0.0).sum(axis=2)
        return total if how == "sum" else total / counted.sum(axis=2)
    if how == "min":
        return np.where(counted, values, np.inf).min(axis=2)
    return np.where(counted, values, -np.inf).max(axis=2)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
}
_COMPARING: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_EVALUATORS: dict[type, Callable[[_Evaluation, Any, Counts], Cells]] = {
    Number: _Evaluation.number,
    Name: _Evaluation.name,
    Negative: _Evaluation.negative,
    Root: _Evaluation.root,
    Binary: _Evaluation.binary,
    Shift: _Evaluation.shift,
    Window: _Evaluation.window,
    Monthly: _Evaluation.monthly,
    OfYear: _Evaluation.of_year,
    Children: _Evaluation.children,
    Parent: _Evaluation.parent,
    Rank: _Evaluation.rank,
    Where: _Evaluation.where,
    Coalesce: _Evaluation.coalesce,
    Composite: _Evaluation.composite,
    Elapsed: _Evaluation.elapsed,
    Known: _Evaluation.known,
    Sites: _Evaluation.sites,
    Within: _Evaluation.within,
    Call: _Evaluation.call,
}
