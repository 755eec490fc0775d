"""A section's measured values become its class, its county's share and the city's, in one round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from layers.stores.postgres_engine import connect
from tests.topics.formula.small_city import CITY, known, month, said
from tests.topics.formula.small_rules import AMMONIA, CLASS, GOOD, OXYGEN, PLACES, WUJIANG, made
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.recompute import Recomputation
from topics.kit.formula.service import Formulas
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_stale import PostgresStale

NOW = month(2026, 10)
FORMULAS = [
    made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS),
    made("sites_count(w.grade <= 3) / sites_known(w.grade) * 100", CLASS, result=GOOD),
]


def test_a_section_s_values_reach_the_city_and_are_known_as_of_a_moment(database_url: str) -> None:
    engine = connect(database_url)
    store = PostgresObservations(engine)
    specs, book = known(OXYGEN, AMMONIA, CLASS, GOOD), FormulaBook(FORMULAS)
    work = Recomputation(book, specs, PLACES, PostgresStale(engine), store)
    answers = Formulas(book, specs, PLACES, store)
    work.run()
    try:
        store.append([said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 0.4, "S1")])
        store.append([said("w.do", NOW, 6.0, "S2"), said("w.nh3n", NOW, 0.4, "S2")])
        work.run()
        before = datetime.now(UTC)
        assert _values(store) == {CITY: 100.0, WUJIANG: 100.0}
        store.append([said("w.nh3n", NOW, 2.5, "S2")], now=before + timedelta(milliseconds=5))
        assert work.run() == 3  # the class of the section, the shares of county and city
        assert _values(store) == {CITY: 50.0, WUJIANG: 50.0}
        assert work.run() == 0
        for moment, value in ((before, 100.0), (None, 50.0)):
            found = answers.trace("w.good", CITY, NOW, as_of=moment)
            assert found is not None
            assert found.value == value
    finally:
        engine.dispose()


def _values(store: PostgresObservations) -> dict[str, float | None]:
    rows = store.listed(indicators=["w.good"], as_of=None, limit=100)
    return {one.region: one.value for one in rows}
