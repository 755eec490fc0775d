"""What trials read of the stores: all that was said, when it was said, and what stood then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.alerting.small_city import AT, hours
from tests.topics.cases.case_desk import CATEGORIES, CLOCKS, DUTY, REFERENCE, REGIONS, at, report
from topics.kit.cases.machine import Order
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.contracts import Period, PeriodKind
from topics.kit.forecast.contracts import ForecastPoint
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_case_places import PostgresCasePlaces
from topics.kit.stores.postgres_cases import PostgresCases
from topics.kit.stores.postgres_forecasts import Made, PostgresForecasts

HOUR = timedelta(hours=1)
NH3N = "water.nh3n"


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    made = connect(module_database_url)
    yield made
    made.dispose()


def test_a_correction_and_what_it_corrected_are_both_read(engine: sa.Engine) -> None:
    store = PostgresObservations(engine)
    store.append(hours([1.2, 0.5]), now=AT + 2 * HOUR)
    store.append(hours([0.9]), now=AT + 5 * HOUR)
    said = store.statements([NH3N], ["440201"], start=AT, end=AT + HOUR, limit=10)
    assert [(one.value, one.recorded_at) for one in said] == [
        (1.2, AT + 2 * HOUR),
        (0.9, AT + 5 * HOUR),
    ]
    assert len(store.statements([NH3N], ["440201"], start=AT, end=AT + 9 * HOUR, limit=2)) == 2


def test_the_forecast_that_stood_at_the_beginning_is_read_too(engine: sa.Engine) -> None:
    store = PostgresForecasts(engine)
    period = Period(AT + 30 * HOUR, PeriodKind.HOUR)
    points = [ForecastPoint(period, 2.0, 1.5, 2.5, 1, 3)]
    through = Period(AT, PeriodKind.HOUR)
    good = {"mase": 0.5, "naive_mase": 1.0, "coverage80": 0.8, "coverage95": 0.95}
    for n, why in ((0, ""), (10, ""), (20, "不如朴素法")):
        told = {} if why else {"points": points, **good}
        store.keep([Made(NH3N, "440201", AT + n * HOUR, through, "" if why else "m", why, **told)])
    found = store.stood(NH3N, ["440201"], AT + 15 * HOUR, AT + 40 * HOUR)["440201"]
    assert [one.made_at for one in found] == [AT + 10 * HOUR, AT + 20 * HOUR]
    assert found[0].forecast is not None
    assert found[0].forecast.points == points
    assert found[1].forecast is None


def test_every_score_is_read_with_when_it_was_made(engine: sa.Engine) -> None:
    store = PostgresForecasts(engine)
    [value] = PostgresObservations(engine).append(hours([3.0], region="440202"), now=AT + HOUR)
    through = value.period
    made = Made(NH3N, "440202", AT + HOUR, through, "", "历史太短", scores=[(value, 6.5, 0.4)])
    store.keep([made])
    [one] = store.scored(NH3N, ["440202"], AT, AT + 2 * HOUR)["440202"]
    assert (one.made_at, one.period, one.score) == (AT + HOUR, through, 6.5)
    assert store.scored(NH3N, ["440202"], AT + 2 * HOUR, AT + 3 * HOUR) == {}


def test_a_case_that_was_found_void_counts_until_then(engine: sa.Engine) -> None:
    store = PostgresCases(engine)
    routing = Routing.load(REFERENCE / "case_routing.csv")
    cases = Cases(store, PostgresCaseLists(engine, store), CATEGORIES, CLOCKS, routing, REGIONS)
    place = {"longitude": 113.572, "latitude": 24.8}
    for n in range(2):
        moment = at(f"26 09:{n}0")
        case = cases.report(report(at=moment, **place), now=moment).case
    void = Order("作废", note="误报")
    cases.move(case.id, void, DUTY, now=at("26 11:00"))
    found = PostgresCasePlaces(engine).history("城市管理", at("26 08:00"), at("26 12:00"))
    assert found.known.tolist() == [at("26 09:00").timestamp(), at("26 09:10").timestamp()]
    assert found.gone.tolist() == [np.inf, at("26 11:00").timestamp()]
    assert not len(PostgresCasePlaces(engine).history("综治", at("26 08:00"), at("26 12:00")).at)
