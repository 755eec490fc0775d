"""A computed value is released when everything it is made of is: no formula lets a number out."""

from __future__ import annotations

from datetime import datetime

from topics.kit.contracts import Period
from topics.kit.definitions.releases import ReleaseCalendar
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.clocks import clock_of
from topics.kit.formula.formula import Specs
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
        moments = [super().at(spec, period), *theirs]
        return max((one for one in moments if one is not None), default=None)

    def _inputs(self, spec: IndicatorSpec) -> list[IndicatorSpec]:
        formula = self._book.find(spec.id)
        if formula is None:
            return []
        found = (self._specs.get(one) for one in formula.inputs if one != spec.id)
        return [one for one in found if one is not None]
