"""Everything runs work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation
from topics.kit.reading import ListedValues, RecentValues
from topics.kit.refresh.contracts import (
    CaseNumbers,
    LayerReader,
    PeriodRules,
    RowReader,
    SourceSettings,
)
from topics.kit.refresh.held import HeldBatches
from topics.kit.runs import RunLog


class ObservationSink(ListedValues, RecentValues, Protocol):
    """The part of the observation store that a run needs."""

    def append(
        self,
        observations: Iterable[Observation],
        *,
        run: str | None = None,
        live: bool = True,
    ) -> list[Observation]:
        """Store observations and return those that changed anything."""


@dataclass(frozen=True, slots=True)
class RefreshParts:
    """Everything runs work with. `readers` by source kind: "http", "sql", "file"."""

    catalogue: Catalogue
    observations: ObservationSink
    runs: RunLog
    readers: Mapping[str, RowReader]
    sources: Callable[[], Mapping[str, SourceSettings]]
    periods: PeriodRules
    level_of: Callable[[str], str | None]  # None: there is no such region
    layers: LayerReader | None = None
    cases: CaseNumbers | None = None  # None: no number is counted from cases here
    held: HeldBatches | None = None  # None: what looks wrong as a whole is refused
    announce: Callable[[], object] = lambda: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
