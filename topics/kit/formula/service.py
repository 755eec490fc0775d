"""What the rest of the program asks of formulas: how a value came about, and how it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.errors import UnknownRegion
from topics.kit.formula.book import FormulaBook, Graph
from topics.kit.formula.change import Moments, change_of
from topics.kit.formula.clocks import count, period
from topics.kit.formula.contracts import Against, Change, Trace
from topics.kit.formula.cubes import cubes_of
from topics.kit.formula.formula import Formula, Specs, plain_formula
from topics.kit.formula.geography import Geography
from topics.kit.formula.reach import Place, Read, needed
from topics.kit.formula.trace import key_of, trace_of
from topics.kit.periods import a_year_before, previous
from topics.kit.reading import SeriesValues

Breaks = Callable[[Iterable[str], datetime | None], Mapping[str, Sequence[int]]]
"""Where the 口径 of indicators changed, as known at a moment: the counts of their first periods."""

_NEAR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Observations(SeriesValues, Protocol):
    """What is read of the observation store."""

    def at_periods(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        starts: Sequence[datetime],
        *,
        as_of: datetime | None,
    ) -> list[Observation]:
        """Every observation of these indicators and regions in periods that start then."""


def no_breaks(indicators: Iterable[str], as_of: datetime | None) -> Mapping[str, Sequence[int]]:
    """No definition ever changed."""
    return {}


class Formulas:
    """Every formula of the program, over what is stored. Reads only; see recompute for writing."""

    def __init__(
        self,
        book: FormulaBook,
        specs: Specs,
        geography: Geography,
        observations: Observations,
        *,
        breaks: Breaks = no_breaks,
    ) -> None:
        """Answer from `observations`; `breaks` says across which periods nothing is compared."""
        self.book = book
        self.geography = geography
        self._specs = specs
        self._observations = observations
        self._breaks = breaks
        self._computed = frozenset(one.id for one in book)

    def find(self, indicator: str) -> Formula | None:
        """The formula of an indicator; None for one that is brought or reported."""
        return self.book.find(indicator)

    def computes(self, indicator: str, region: str) -> bool:
        """Whether the value of an indicator in a region is computed rather than brought."""
        found = self.book.find(indicator)
        return found is not None and self._gives(found, region)

    def dependents(self, indicator: str) -> tuple[str, ...]:
        """Everything computed from an indicator, inputs first."""
        return self.book.dependents(indicator)

    def graph(self) -> Graph:
        """Which indicators are computed from which."""
        return self.book.graph()

    def trace(
        self, indicator: str, region: str, when: Period, *, as_of: datetime | None
    ) -> Trace | None:
        """How the value came about; None when it is not computed. UnknownRegion for no region."""
        self._require(region)
        formula = self.book.find(indicator)
        if formula is None or not self._gives(formula, region):
            return None
        geography = self._rows(formula)
        wanted = needed(formula, geography, [Place(region, count(when))])
        rows = self._read(wanted, as_of)
        cubes = cubes_of(rows, geography, breaks=self._breaks(formula.inputs, as_of))
        found = {key_of(one): one for one in rows}
        return trace_of(formula, self._specs, cubes, found, region, when, computed=self._computed)

    def change(
        self,
        indicator: str,
        region: str,
        when: Period,
        against: Against,
        *,
        as_of: datetime | None,
    ) -> Change | None:
        """How the value of a computed or brought indicator changed; None without such a period."""
        self._require(region)
        spec = self._specs[indicator]
        formula = self.book.find(indicator)
        if formula is None or not self._gives(formula, region):
            formula = plain_formula(spec)
        geography = self._rows(formula)
        if region not in geography.row:
            return None
        before = self._before(formula, region, when, against, as_of)
        if before is None:
            return None
        counts = np.array([count(before), count(when)], dtype=np.int64)
        below = [code for kind in formula.scope.kinds for code in geography.sites(region, kind)]
        family = (region, *geography.children(region), *below)
        places = [Place(one, int(at)) for one in family for at in counts]
        rows = self._read(needed(formula, geography, places), as_of)
        cubes = cubes_of(rows, geography, breaks=self._breaks(formula.inputs, as_of))
        moments = Moments(before, when, counts)
        return change_of(formula, self._specs, cubes, region, moments)

    def _rows(self, formula: Formula) -> Geography:
        """The regions and sites that a formula has to do with."""
        return self.geography.narrowed(formula.scope.levels, formula.scope.kinds)

    def _gives(self, formula: Formula, region: str) -> bool:
        """Whether the formula is what gives a region or site its value."""
        return self._rows(formula).level(region) in formula.levels

    def _before(
        self,
        formula: Formula,
        region: str,
        when: Period,
        against: Against,
        as_of: datetime | None,
    ) -> Period | None:
        if against == "year":
            return a_year_before(when)
        if when.kind is PeriodKind.INSTANT:
            return self._moment_before(formula, region, when, against, as_of)
        if against == "day":
            whole = when.kind in (PeriodKind.HOUR, PeriodKind.DAY)
            return Period(when.start - _DAY, when.kind) if whole else None
        return previous(when, quarterly=formula.quarterly)

    def _moment_before(
        self,
        formula: Formula,
        region: str,
        when: Period,
        against: Against,
        as_of: datetime | None,
    ) -> Period | None:
        """The last moment with a value: before this one, or about a day before."""
        latest = when.start - _DAY + timedelta(microseconds=1) if against == "day" else when.start
        earliest = latest - _NEAR if against == "day" else None
        rows = self._observations.series(
            formula.inputs[0],
            region,
            start=earliest,
            end=latest,
            as_of=as_of,
            limit=1,
            newest_first=True,
        )
        return rows[0].period if rows else None

    def _read(self, wanted: Iterable[Read], as_of: datetime | None) -> list[Observation]:
        wanted = list(wanted)
        if not wanted:
            return []
        kinds = {one.indicator: self._specs[one.indicator].period_kind for one in wanted}
        starts = {period(one.at, kinds[one.indicator]).start for one in wanted}
        return self._observations.at_periods(
            sorted(kinds),
            sorted({one.region for one in wanted}),
            sorted(starts),
            as_of=as_of,
        )

    def _require(self, region: str) -> None:
        if region not in self.geography.row:
            raise UnknownRegion(f"没有区划代码 {region!r};请用国家统计局的区划代码,如 440203")
