"""Stored values of formulas kept equal to their inputs: exactly what a change reaches, once.

The write that changes an input notes it in the same transaction; what is computed from it and the
note's removal are one transaction too. So a kill at any moment loses nothing, and doing it twice
changes nothing.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.formula.absence import status_of
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.clocks import Clock, clock_of, count, count_of, period
from topics.kit.formula.contracts import Stale
from topics.kit.formula.cubes import NOT_MONITORED, cubes_of
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.formula import SOURCE, Formula, Specs
from topics.kit.formula.geography import Geography
from topics.kit.formula.nodes import Within, all_nodes
from topics.kit.formula.reach import Place, Read, affected, needed
from topics.kit.formula.service import Breaks, no_breaks
from topics.kit.formula.trace import Found, Key, key_of

logger = logging.getLogger(__name__)


class Batch(Protocol):
    """Some of what is stale, within a transaction."""

    connection: Any
    changed: Sequence[Stale]
    whole: frozenset[str]

    def at_periods(
        self, indicators: Sequence[str], regions: Sequence[str], starts: Sequence[datetime]
    ) -> list[Observation]:
        """Every observation of these series in periods that start then."""

    def whole_series(self, indicators: Sequence[str], regions: Sequence[str]) -> list[Observation]:
        """Every observation of these series."""

    def again(self, keys: Sequence[Stale]) -> None:
        """Have what is computed from these looked at once more."""

    def done(self) -> None:
        """Forget what was taken, once the transaction commits."""


class StaleStore(Protocol):
    """What has still to be computed."""

    def sync(self, digests: Mapping[str, str], inputs: frozenset[str]) -> None:
        """Have formulas that are new or changed computed as a whole; note changes of `inputs`."""

    def batch(self) -> AbstractContextManager[Batch | None]:
        """What is stale, in a transaction; None when there is nothing or another is at it."""


class ObservationStore(Protocol):
    """Where computed values are kept."""

    def append(
        self,
        observations: Iterable[Observation],
        *,
        run: str | None = None,
        now: datetime | None = None,
        live: bool = True,
        connection: Any = None,
    ) -> list[Observation]:
        """Store observations; return those that became the current value."""


class Recomputation:
    """Brings stored values of formulas up to date."""

    def __init__(
        self,
        book: FormulaBook,
        specs: Specs,
        geography: Geography,
        stale: StaleStore,
        observations: ObservationStore,
        *,
        breaks: Breaks = no_breaks,
        announce: Callable[[], object] = lambda: None,
    ) -> None:
        """Compute what `stale` says into `observations`; `announce` follows each commit."""
        self._book = book
        self._specs = specs
        self._geography = geography
        self._stale = stale
        self._observations = observations
        self._breaks = breaks
        self._announce = announce
        self._synced: dict[str, str] | None = None
        self._plain = {one.id: one.digest for one in book}

    def run(self) -> int:
        """Work until nothing is stale; return how many values changed. Raises StoreUnavailable."""
        self._sync()
        total = 0
        while (changed := self._one_batch()) is not None:
            total += changed
        return total

    def _sync(self) -> None:
        """Tell the store what the formulas are, when they are other than it was last told."""
        digests = {one.id: self._digest(one) for one in self._book}
        if digests != self._synced:
            self._stale.sync(digests, self._book.inputs)
            self._synced = digests

    def _digest(self, formula: Formula) -> str:
        breaks = self._breaks(formula.inputs, None)
        said = ";".join(f"{name}:{sorted(counts)}" for name, counts in sorted(breaks.items()))
        return f"{self._plain[formula.id]}{said}"

    def _one_batch(self) -> int | None:
        with self._stale.batch() as batch:
            if batch is None:
                return None
            work = _Work(self, batch)
            for formula in self._book:
                work.compute(formula)
            changed = self._store(batch, work)
            batch.done()
        if changed:
            self._announce()
        return changed

    def _store(self, batch: Batch, work: _Work) -> int:
        """Keep what was computed; history computed as a whole is announced by its last value."""
        given = list(work.given.values())
        if not given:
            return 0
        newest: dict[tuple[str, str], Observation] = {}
        for one in given:
            last = newest.get((one.indicator, one.region))
            if last is None or last.period < one.period:
                newest[one.indicator, one.region] = one
        quiet = [
            one
            for one in given
            if one.indicator in batch.whole and newest[one.indicator, one.region] is not one
        ]
        silent = {id(one) for one in quiet}
        loud = [one for one in given if id(one) not in silent]
        run = f"formula-{secrets.token_hex(4)}"
        stored = []
        for rows, live in ((quiet, False), (loud, True)):
            if rows:
                stored += self._observations.append(
                    rows, run=run, live=live, connection=batch.connection
                )
        self._look_again(batch, work, stored)
        return len(stored)

    def _look_again(self, batch: Batch, work: _Work, stored: Sequence[Observation]) -> None:
        """What the store's checks made of a value, not what we gave, is what others go by."""
        kept = {key_of(one): (one.value, one.status) for one in stored}
        differing = [
            one
            for key, one in work.given.items()
            if self._book.readers(one.indicator) and kept.get(key) != (one.value, one.status)
        ]
        batch.again(
            [
                Stale(one.indicator, one.region, one.period.start, one.period.kind)
                for one in differing
            ]
        )

    @property
    def surroundings(self) -> tuple[Specs, Geography, Breaks]:
        """What a batch works with."""
        return self._specs, self._geography, self._breaks


class _Work:
    """One batch: formulas in order, each seeing what those before it changed."""

    def __init__(self, recomputation: Recomputation, batch: Batch) -> None:
        self._specs, self._geography, self._breaks = recomputation.surroundings
        self._batch = batch
        self.given: dict[Key, Observation] = {}
        self._given_of: dict[str, dict[Key, Observation]] = {}
        self._changed: dict[str, set[Place]] = {}
        for one in batch.changed:
            spec = self._specs.get(one.indicator)
            if spec is not None and spec.period_kind is one.period_kind:
                at = count_of(one.period_start, clock_of(one.period_kind))
                self._changed.setdefault(one.indicator, set()).add(Place(one.region, at))

    def compute(self, formula: Formula) -> None:
        """Compute what is stale of one formula."""
        if formula.id in self._batch.whole:
            rows = self._batch.whole_series(
                [*formula.inputs, formula.id], list(self._rows(formula).codes)
            )
            rows += self._given_to(formula).values()
            self._evaluate(formula, self._everywhere(formula, rows), rows)
            return
        places: set[Place] = set()
        for name in formula.inputs:
            touched = self._changed.get(name)
            if touched:
                places |= affected(formula, self._rows(formula), name, touched)
        if places:
            self._evaluate(formula, places, self._read(formula, places))

    def _given_to(self, formula: Formula) -> dict[Key, Observation]:
        """What this batch has computed of its inputs."""
        found: dict[Key, Observation] = {}
        for name in formula.inputs:
            found |= self._given_of.get(name, {})
        return found

    def _rows(self, formula: Formula) -> Geography:
        """The regions and sites that the formula has to do with."""
        return self._geography.narrowed(formula.scope.levels, formula.scope.kinds)

    def _everywhere(self, formula: Formula, rows: Iterable[Observation]) -> set[Place]:
        geography = self._rows(formula)
        told: dict[Clock, set[int]] = {}
        for one in rows:
            told.setdefault(clock_of(one.period.kind), set()).add(count(one.period))
        counts = set(told.get(formula.clock, ()))
        for node in all_nodes(formula.tree):
            if isinstance(node, Within):
                for fine in told.get(node.span.fine, ()):
                    counts.update(node.span.forward(fine))
        regions = [one for one in geography.codes if geography.level(one) in formula.levels]
        return {Place(region, at) for region in regions for at in counts}

    def _read(self, formula: Formula, places: set[Place]) -> list[Observation]:
        wanted = needed(formula, self._rows(formula), places)
        wanted |= {Read(formula.id, one.region, one.at) for one in places}
        kinds = {one.indicator: self._specs[one.indicator].period_kind for one in wanted}
        starts = {period(one.at, kinds[one.indicator]).start for one in wanted}
        regions = {one.region for one in wanted}
        return self._batch.at_periods(sorted(kinds), sorted(regions), sorted(starts))

    def _evaluate(self, formula: Formula, places: set[Place], rows: Iterable[Observation]) -> None:
        found: dict[Key, Observation] = {key_of(one): one for one in rows}
        found |= self._given_to(formula)
        breaks = self._breaks(formula.inputs, None)
        geography = self._rows(formula)
        cubes = cubes_of(found.values(), geography, breaks=breaks)
        counts = np.array(sorted({one.at for one in places}), dtype=np.int64)
        cells = evaluate(formula, cubes, counts)
        column = {int(at): n for n, at in enumerate(counts)}
        for place in places:
            cell = (geography.row[place.region], column[place.at])
            state = int(cells.state[cell])
            value = None if state >= NOT_MONITORED else float(cells.value[cell])
            status = status_of(formula, state, int(cells.why[cell]))
            self._keep(formula, place, value, status, found, present=bool(cells.present[cell]))

    def _keep(
        self,
        formula: Formula,
        place: Place,
        value: float | None,
        status: ValueStatus,
        found: Found,
        *,
        present: bool,
    ) -> None:
        """Note a value that is other than the stored one."""
        when = period(place.at, formula.kind)
        key = Key(formula.id, place.region, when.start, when.kind.value)
        before = found.get(key)
        if before is None and not present:
            return
        if before is not None and (before.value, before.status) == (value, status):
            return
        made = Observation(
            formula.id, place.region, when, value, status, formula.spec.unit, source=SOURCE
        )
        self.given[key] = self._given_of.setdefault(formula.id, {})[key] = made
        self._changed.setdefault(formula.id, set()).add(place)
