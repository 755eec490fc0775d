"""A computed value is released when everything it is made of is: no formula lets a number out."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from topics.kit.contracts import Period
from topics.kit.definitions.releases import ReleaseCalendar
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.clocks import clock_of, count_of, start_of
from topics.kit.formula.formula import Specs
from topics.kit.formula.nodes import Within, all_nodes, names_in
from topics.kit.manifest_indicators import IndicatorSpec


class InheritedReleases(ReleaseCalendar):
    """The calendar with the releases of inputs of the same period handed on to what uses them."""

    def __init__(self, book: FormulaBook, specs: Specs) -> None:
        """Look up formulas in `book` and definitions in `specs`."""
        super().__init__()
        self._book = book
        self._specs = specs

    def restricts(self, spec: IndicatorSpec) -> bool:
        """Whether some period of the indicator, or of an input, may have to wait."""
        return super().restricts(spec) or any(self.restricts(one) for one in self._inputs(spec))

    def at(self, spec: IndicatorSpec, period: Period) -> datetime | None:
        """The latest release of the value and of what it is made of (UTC); None: at once."""
        clock = clock_of(period.kind)
        theirs = (
            self.at(one, Period(period.start, one.period_kind))
            for one in self._inputs(spec)
            if clock_of(one.period_kind) is clock
        )
        moments = [super().at(spec, period), *theirs, *self._of_last_inside(spec, period)]
        return max((one for one in moments if one is not None), default=None)

    def _of_last_inside(self, spec: IndicatorSpec, period: Period) -> list[datetime | None]:
        """When the last finer period of what is summed up inside this one is released."""
        formula = self._book.find(spec.id)
        found: list[datetime | None] = []
        for node in all_nodes(formula.tree) if formula is not None else ():
            if isinstance(node, Within):
                at = np.array([count_of(period.start, node.span.coarse)], dtype=np.int64)
                last = start_of(int(node.span.last(at)[0]), node.span.fine)
                for name in names_in(node):
                    inner = self._specs.get(name)
                    if inner is not None:
                        found.append(self.at(inner, Period(last, inner.period_kind)))
        return found

    def _inputs(self, spec: IndicatorSpec) -> list[IndicatorSpec]:
        formula = self._book.find(spec.id)
        if formula is None:
            return []
        found = (self._specs.get(one) for one in formula.inputs if one != spec.id)
        return [one for one in found if one is not None]
