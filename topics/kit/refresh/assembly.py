"""The refresh runner put together from the stores of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from topics.kit.catalogue import Catalogue
from topics.kit.refresh.city_periods import CityPeriods
from topics.kit.refresh.contracts import CaseNumbers, Row, SourceSettings
from topics.kit.refresh.file_source import FolderReader
from topics.kit.refresh.held import HeldBatches
from topics.kit.refresh.hosts import HostGuard
from topics.kit.refresh.http_source import HttpReader
from topics.kit.refresh.memory import Memory
from topics.kit.refresh.runner import ObservationSink, RefreshParts, RefreshRunner
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.postgres_source import PostgresReader

if TYPE_CHECKING:  # the registry brings geopandas along, which a run rarely needs
    from layers.registry import LayerRegistry


@dataclass(frozen=True, slots=True)
class RegistryLayers:
    """Attributes of published layers."""

    registry: LayerRegistry

    def attributes(self, layer: str) -> Iterable[Row]:
        """One mapping a feature of the published version, None for a gap; none if unpublished."""
        version = self.registry.require(layer).version
        if version is None:
            return []
        frame = self.registry.master(layer, version)
        columns = frame.drop(columns=frame.geometry.name)
        # A frame keeps the gaps of text and numbers as NaN, which is neither.
        rows: Iterable[Row] = columns.astype(object).where(columns.notna(), None).to_dict("records")
        return rows


def make_runner(
    *,
    catalogue: Catalogue,
    regions: RegionTree,
    observations: ObservationSink,
    layers: LayerRegistry,
    runs: PostgresRuns,
    sources: Callable[[], Mapping[str, SourceSettings]],
    announce: Callable[[], object],
    allow_hosts: Sequence[str] = (),
    memory: Memory | None = None,
    held: HeldBatches | None = None,
    cases: CaseNumbers | None = None,
) -> RefreshRunner:
    """A runner with a reader for every kind of source; sources inside need `allow_hosts`."""
    guard = HostGuard(tuple(allow_hosts))

    def level_of(code: str) -> str | None:
        found = regions.find(code, datetime.now(UTC).date())
        if found is None:
            return None
        return f"{found.level}/{found.kind}" if found.kind else found.level

    return RefreshRunner(
        RefreshParts(
            catalogue=catalogue,
            observations=observations,
            runs=runs,
            readers={
                "http": HttpReader(guard, memory),
                "sql": PostgresReader(guard, memory),
                "file": FolderReader(runs),
            },
            sources=sources,
            periods=CityPeriods(),
            level_of=level_of,
            layers=RegistryLayers(layers),
            cases=cases,
            held=held,
            announce=announce,
        )
    )
