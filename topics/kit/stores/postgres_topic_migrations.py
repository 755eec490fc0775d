"""Migrations of topics in PostgreSQL: values, definitions and marks in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation
from topics.kit.definitions.contracts import StoredVersion
from topics.kit.manifest_migrations import MigrationSpec
from topics.kit.packages.migrate import Applied
from topics.kit.stores import postgres_read as read
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_definitions import PostgresDefinitions

_LOCK = 0x746F7069  # "topi": one process migrates at a time
_table = sa.Table(
    "topic_migration",
    sa.MetaData(),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("spec", JSONB),
    sa.Column("unit", sa.Text),
    sa.Column("applied_at", sa.DateTime(timezone=True)),
)


class PostgresTopicMigrations:
    """Implements MigrationStore."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine
        self._observations = PostgresObservations(engine)  # no intake: history is not judged anew
        self._definitions = PostgresDefinitions(engine)

    def applied(self, topic: str) -> list[Applied]:
        """The migrations of a topic that were applied, in the order of application."""
        query = sa.select(_table).where(_table.c.topic == topic).order_by(_table.c.applied_at)
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Applied(one.topic, MigrationSpec.model_validate(one.spec), one.unit) for one in rows
        ]

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that no other process migrates beside."""
        with unavailable(), self._engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection

    def statements(self, work: Any, indicator: str) -> list[Observation]:
        """Everything ever said of an indicator, by region and period, oldest first."""
        return read.every(work, read.Wanted([indicator], None, as_of=None))

    def current(self, work: Any, indicator: str) -> list[Observation]:
        """The values of an indicator that are in force."""
        said = self.statements(work, indicator)
        newest = {(one.region, one.period): one for one in said}
        return list(newest.values())

    def store(self, work: Any, observations: Sequence[Observation]) -> None:
        """Store observations as they are."""
        self._observations.append(observations, live=False, connection=work)

    def versions(self, work: Any, indicator: str) -> list[StoredVersion]:
        """The versions of a definition, oldest first."""
        known = self._definitions.load().versions
        return [one for one in known if one.indicator == indicator]

    def add_versions(self, work: Any, versions: Sequence[StoredVersion]) -> None:
        """Add versions of definitions."""
        self._definitions.add(versions, connection=work)

    def mark(self, work: Any, one: Applied) -> None:
        """Note that a migration was applied."""
        row = {
            "topic": one.topic,
            "version": one.spec.version,
            "indicator": one.spec.indicator,
            "spec": one.spec.model_dump(mode="json"),
            "unit": one.unit,
            "applied_at": sa.func.clock_timestamp(),
        }
        work.execute(sa.insert(_table).values(**row))

    def unmark(self, work: Any, one: Applied) -> None:
        """Note that it was undone."""
        work.execute(
            sa.delete(_table).where(
                _table.c.topic == one.topic,
                _table.c.version == one.spec.version,
                _table.c.indicator == one.spec.indicator,
            )
        )
