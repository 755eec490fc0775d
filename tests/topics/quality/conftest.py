"""Real stores on a real database, with a handful of indicators and the city's regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.quality.indicators import NOON, spec
from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.quality.contracts import Flag
from topics.kit.quality.tags import ValueQuality
from topics.kit.quality.watch import QualityWatch
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_intake import PostgresIntake
from topics.kit.stores.postgres_presence import PostgresPresence
from topics.kit.stores.postgres_quality import Asked, PostgresQuality

REGIONS = Path(__file__).parents[3] / "data" / "reference" / "regions.csv"
AFTER = timedelta(hours=9)  # the clock of the tests: some hours after noon


@dataclass
class Indicators:
    """The definitions as they are now."""

    specs: dict[str, IndicatorSpec] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)

    def add(self, *specs: IndicatorSpec) -> None:
        self.specs = {one.id: one for one in specs}

    def find(self, name: str, /) -> IndicatorSpec | None:
        return self.specs.get(name)

    def indicators(self) -> list[IndicatorSpec]:
        return list(self.specs.values())


@dataclass
class Desk:
    """Everything the tests hold in their hands."""

    engine: sa.Engine
    indicators: Indicators
    regions: RegionTree
    now: datetime = NOON + AFTER

    def __post_init__(self) -> None:
        self.events = PostgresEvents(self.engine)
        intake = PostgresIntake(
            self.indicators.find, self.events, lambda name: name in self.indicators.computed
        )
        self.observations = PostgresObservations(self.engine, intake)
        self.flags = PostgresQuality(self.engine, self.observations, self.events)
        self.presence = PostgresPresence(self.engine)
        self.quality = ValueQuality(self.flags, self.presence, self.observations, self.regions)
        self.watch = QualityWatch(
            indicators=self.indicators,
            regions=self.regions,
            observations=self.observations,
            quality=self.flags,
            presence=self.presence,
            clock=lambda: self.now,
        )

    def put(self, *rows: Observation, now: datetime | None = None) -> list[Observation]:
        return self.observations.append(rows, now=now)

    def said(self, one: Observation) -> list[tuple[float | None, str]]:
        """What was said of the period, oldest first."""
        found = self.observations.revisions(one.indicator, one.region, one.period)
        return [(each.value, each.status.value) for each in found]

    def open(self, *kinds: str, as_of: datetime | None = None) -> list[Flag]:
        asked = Asked(kinds=kinds or None, open_only=True, as_of=as_of)
        return self.flags.flags(asked, limit=100)


@pytest.fixture
def desk(module_database_url: str) -> Iterator[Desk]:
    engine = connect(module_database_url)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "TRUNCATE observation, observation_revision, observation_series, live_outbox,"
                " quality_due, quality_note, quality_flag RESTART IDENTITY"
            )
        )
    made = Desk(engine, Indicators(), RegionTree.load(REGIONS))
    made.indicators.add(spec())
    yield made
    engine.dispose()
