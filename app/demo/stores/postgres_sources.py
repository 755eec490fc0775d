"""The bureaus' databases of the demo: tables in the schema demo_source of the same server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable

SCHEMA = "demo_source"
_LOCK = 7_340_203  # serialises making the schema, should two simulators start at once
_metadata = sa.MetaData(schema=SCHEMA)


def _table(name: str, time: str, *columns: str) -> sa.Table:
    moment: sa.types.TypeEngine[Any] = sa.DateTime(timezone=True) if time == "time" else sa.Date()
    return sa.Table(
        name,
        _metadata,
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column(time, moment, primary_key=True),
        *(sa.Column(column, sa.Double) for column in columns),
    )


_TABLES = {
    table.name: table
    for table in (
        _table("grid_reported", "day", "reported"),
        _table("grid_backlog", "time", "overdue"),
        _table("grid_daily", "day", "growth", "on_time", "hours"),
        _table("grid_closing", "day", "due", "in_time"),
        _table("grid_categories", "day", "facility", "appearance", "advert", "building", "street"),
        _table("grid_hours", "time", "reported"),
        _table("registrations", "day", "registered"),
        _table("registration_growth", "day", "growth"),
        _table("equipment", "day", "overdue"),
        _table("equipment_register", "day", "in_use", "due_soon"),
        _table("supply_pressure", "time", "pressure"),
    )
}


class PostgresSources:
    """The tables that SQL refreshers read in the demo."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def prepare(self) -> None:
        """Make the schema and its tables where they are missing."""
        with unavailable(), self._engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
            _metadata.create_all(connection)

    def replace(self, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        """Exchange the rows of all named tables in one transaction."""
        with unavailable(), self._engine.begin() as connection:
            for name, rows in tables.items():
                table = _TABLES[name]
                connection.execute(sa.delete(table))
                if rows:
                    connection.execute(sa.insert(table), list(rows))
