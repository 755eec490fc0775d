"""Everything runs work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation
from topics.kit.refresh.contracts import LayerReader, PeriodRules, RowReader, SourceSettings
from topics.kit.refresh.held import HeldBatches
from topics.kit.runs import RunLog


class ObservationSink(Protocol):
    """The part of the observation store that a run needs."""

    def append(
        self,
        observations: Iterable[Observation],
        *,
        run: str | None = None,
        live: bool = True,
    ) -> list[Observation]:
        """Store observations and return those that changed anything."""

    def recent(
        self,
        indicators: Sequence[str],
        regions: Sequence[str],
        count: int,
        *,
        as_of: datetime | None,
    ) -> dict[tuple[str, str], list[Observation]]:
        """The last `count` periods of each series that has any, oldest first."""

    def listed(
        self,
        *,
        indicators: Sequence[str],
        regions: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
        limit: int,
    ) -> list[Observation]:
        """Periods of many series in [start, end), by indicator, region, period; at most `limit`."""


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
    held: HeldBatches | None = None  # None: what looks wrong as a whole is refused
    announce: Callable[[], object] = lambda: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
