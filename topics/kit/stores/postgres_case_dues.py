"""When open cases fall due, for what lies ahead of the shift."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.lines import CaseQuery
from topics.kit.stores.postgres_case_tables import case_file
from topics.kit.stores.postgres_case_then import stood
from topics.kit.stores.postgres_case_where import static

_DUE = sa.func.coalesce(case_file.c.due, sa.text("'infinity'::timestamptz"))
"""The expression of an index."""


class PostgresCaseDues:
    """Reads the dues of open cases by the index of what is due."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def between(
        self, query: CaseQuery, since: datetime, until: datetime, *, as_of: datetime | None = None
    ) -> list[datetime]:
        """The dues in [since, until) of the cases that fit `query` and stand open, in order.

        With `as_of`: of those that stood open then, as they were due then. A case whose clock
        stands still (挂账) has no due.
        """
        with unavailable(), self._engine.connect() as connection:
            if as_of is not None:
                found = stood(connection, query, as_of)
                return sorted(one.due for one in found if one.open and since <= one.due < until)
            asked = (
                sa.select(case_file.c.due)
                .where(case_file.c.ended_at.is_(None), _DUE >= since, _DUE < until, static(query))
                .order_by(_DUE)
            )
            return [due for (due,) in connection.execute(asked)]
