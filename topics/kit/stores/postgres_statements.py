"""Everything that was ever said of the periods of a series, current and former, in one question."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation
from topics.kit.stores import postgres_read as read


class PostgresStatements:
    """What was said of periods and when, for pages that show how a series was corrected."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def of_series(
        self,
        indicator: str,
        region: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None,
    ) -> list[Observation]:
        """Every statement known at `as_of` on periods in [start, end), by period, oldest first.

        The last statement of a period is the value in force then.
        """
        wanted = read.Wanted([indicator], [region], start, end, as_of)
        with unavailable(), self._engine.connect() as connection:
            return read.every(connection, wanted)
