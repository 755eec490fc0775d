"""What moved in the log of cases since a mark, as the hours of the clock that numbers speak of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable

_TIMES = (
    "reported_at", "filed_at", "file_due", "dispatched_at", "dispatch_due", "answered_at",
    "handle_due", "checked_at", "check_due", "closed_at", "ended_at", "since",
)  # fmt: skip
_HOURS = sa.text(f"""
SELECT DISTINCT date_trunc('hour', moment, 'UTC')
FROM case_file f CROSS JOIN LATERAL unnest(ARRAY[{", ".join(f"f.{one}" for one in _TIMES)}]) moment
WHERE f.id IN (SELECT case_id FROM case_event WHERE id > :after) AND moment <= :now
""")


class PostgresCaseMoves:
    """Reads how far the log of cases has come."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def first(self) -> datetime | None:
        """When the oldest case was reported; None while there is none. Drills do not count."""
        found: datetime | None = self._one("SELECT min(reported_at) FROM case_file WHERE NOT drill")
        return found

    def last(self) -> int:
        """The number of the newest step of any case; 0 before the first."""
        found: int | None = self._one("SELECT max(id) FROM case_event")
        return found or 0

    def hours(self, after: int, now: datetime) -> Sequence[datetime]:
        """The hours up to `now` in which anything lies of the cases that went on since a step."""
        with unavailable(), self._engine.connect() as connection:
            asked = connection.execute(_HOURS, {"after": after, "now": now})
            return list(asked.scalars())

    def _one(self, query: str) -> Any:
        with unavailable(), self._engine.connect() as connection:
            return connection.execute(sa.text(query)).scalar_one()
