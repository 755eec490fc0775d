"""What formulas need of the rest: definitions in force, and where a 口径 changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Protocol

from topics.kit.definitions.contracts import DefinitionVersion
from topics.kit.formula.clocks import clock_of, count_of, start_of
from topics.kit.formula.service import Breaks
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE


class Catalogue(Protocol):
    """Where definitions are found."""

    def indicators(self) -> tuple[IndicatorSpec, ...]:
        """Every indicator."""

    def find(self, indicator_id: str) -> IndicatorSpec | None:
        """The indicator, None when there is none."""


class History(Protocol):
    """Where versions of definitions are found."""

    def history(
        self, indicator: str, *, as_of: datetime | None = None
    ) -> Sequence[DefinitionVersion]:
        """The versions known at `as_of`, oldest first."""


class SpecsInForce(Mapping[str, IndicatorSpec]):
    """The indicators as they are defined at the moment of asking."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Ask `catalogue` each time."""
        self._catalogue = catalogue

    def __getitem__(self, indicator: str) -> IndicatorSpec:
        """The definition in force; KeyError when there is none."""
        found = self._catalogue.find(indicator)
        if found is None:
            raise KeyError(indicator)
        return found

    def __iter__(self) -> Iterator[str]:
        """Every id."""
        return (one.id for one in self._catalogue.indicators())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._catalogue.indicators())


def breaks_from(definitions: History, specs: Mapping[str, IndicatorSpec]) -> Breaks:
    """Where the 口径 changed, by the versions of the definitions."""

    def breaks(indicators: Iterable[str], as_of: datetime | None) -> Mapping[str, Sequence[int]]:
        found = {
            name: [
                _first_count(one.valid_from, specs[name])
                for one in definitions.history(name, as_of=as_of)
                if one.breaks and one.valid_from is not None
            ]
            for name in indicators
        }
        return {name: counts for name, counts in found.items() if counts}

    return breaks


def _first_count(day: date, spec: IndicatorSpec) -> int:
    """The first period that starts on or after the day."""
    clock = clock_of(spec.period_kind)
    moment = datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC)
    count = count_of(moment, clock)
    return count if start_of(count, clock) >= moment else count + 1
