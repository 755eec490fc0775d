"""The desk of the tests on a real database."""

from __future__ import annotations

import sqlalchemy as sa

from tests.topics.cases.case_desk import CATEGORIES, CLOCKS, REFERENCE, REGIONS
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_cases import PostgresCases


def stored_desk(engine: sa.Engine, *, emptied: bool = False) -> Cases:
    """The cases of the database; `emptied`: those of the tests before are taken away first."""
    if emptied:
        with engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE case_event, case_file, case_number"))
    store = PostgresCases(engine)
    routing = Routing.load(REFERENCE / "case_routing.csv")
    return Cases(store, PostgresCaseLists(engine, store), CATEGORIES, CLOCKS, routing, REGIONS)
