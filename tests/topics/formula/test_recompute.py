"""Computed values follow their inputs: exactly those reached, once, whatever happens between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.formula.small_city import (
    CITY,
    COUNTIES,
    GEOGRAPHY,
    formula,
    known,
    month,
    said,
    spec,
)
from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.formula import Formula
from topics.kit.formula.recompute import Recomputation
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_stale import PostgresStale

X, Y = spec("a.x", "件"), spec("a.y", "件")
RATE = spec("a.rate", "%")
GROWTH, PLACE, RISE = spec("a.growth", "%"), spec("a.place", ""), spec("a.rise", "百分点")
THREE, ALL = spec("a.three", "件"), spec("a.all", "件", levels=("city",))
FORMULAS = [
    formula("mom_points(a.rate)", RATE, result=RISE),
    formula("a.x / a.y * 100", X, Y, result=RATE),
    formula("yoy(a.x)", X, result=GROWTH),
    formula("rank(a.rate)", RATE, result=PLACE, missing="skip"),
    formula("rolling(a.x, 3, sum)", X, result=THREE),
    formula("regional_sum(a.y)", Y, result=ALL, missing="skip"),
]
MONTHS = [month(2025, n) for n in range(1, 13)] + [month(2026, n) for n in range(1, 13)]
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> PostgresObservations:
    return PostgresObservations(engine)


def computing(
    engine: sa.Engine, store: PostgresObservations, formulas: list[Formula] | None = None
) -> Recomputation:
    made = FORMULAS if formulas is None else formulas
    specs = known(X, Y, *(one.spec for one in made))
    return Recomputation(FormulaBook(made), specs, GEOGRAPHY, PostgresStale(engine), store)


def stored(store: PostgresObservations) -> dict[tuple[str, str, Period], object]:
    rows = store.listed(
        indicators=[one.id for one in FORMULAS], as_of=None, limit=100_000
    )  # fmt: skip
    return {(o.indicator, o.region, o.period): (o.value, o.status) for o in rows}


def some_history(seed: int = 1) -> list[Observation]:
    dice = np.random.default_rng(seed)
    return [
        said(name, when, float(dice.integers(1, 90)), region)
        for name in ("a.x", "a.y")
        for region in (CITY, *COUNTIES)
        for when in MONTHS
    ]


def test_a_new_input_is_computed_with_source_unit_and_run(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    work = computing(engine, store)
    work.run()
    store.append([said("a.x", MONTHS[0], 30.0), said("a.y", MONTHS[0], 60.0)])
    assert work.run() > 0
    (found,) = store.series("a.rate", CITY, as_of=None)
    assert (found.value, found.unit, found.source) == (50.0, "%", "公式")
    assert found.run is not None


def test_history_that_was_there_before_the_formula_is_computed_as_a_whole(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    store.append(some_history())
    computing(engine, store).run()
    assert len(store.series("a.rate", COUNTIES[0], as_of=None)) == len(MONTHS)


def test_history_computed_as_a_whole_is_announced_by_its_last_value_only(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    store.append(some_history(), live=False)
    computing(engine, store).run()
    with engine.connect() as connection:
        told = connection.execute(
            sa.text("SELECT period_start FROM live_outbox WHERE indicator = 'a.rate'")
        ).scalars()
        assert set(told) == {MONTHS[-1].start}


def test_nothing_is_stored_again_when_nothing_changed(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    store.append(some_history())
    work = computing(engine, store)
    work.run()
    assert work.run() == 0
    assert computing(engine, store).run() == 0


def test_a_late_revision_touches_only_the_periods_and_regions_it_reaches(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    store.append(some_history())
    work = computing(engine, store)
    work.run()
    before = stored(store)
    store.append([said("a.x", month(2025, 11), 1000.0, COUNTIES[0])])
    work.run()
    after = stored(store)
    reached = {
        (indicator, region, when.start.astimezone(UTC).strftime("%Y-%m"))
        for (indicator, region, when), value in after.items()
        if before[indicator, region, when] != value
    }
    mine, months = COUNTIES[0], {"a.three": ("2025-10", "2025-11", "2025-12")}
    assert {one for one in reached if one[0] == "a.three"} == {
        ("a.three", mine, at) for at in months["a.three"]
    }
    assert {one for one in reached if one[0] == "a.growth"} == {("a.growth", mine, "2026-10")}
    # The rate of the month and of the one after it in points; the ranks of that month only.
    assert {at for name, _, at in reached if name == "a.rise"} <= {"2025-10", "2025-11"}
    assert {at for name, _, at in reached if name == "a.place"} <= {"2025-10"}


def test_step_by_step_gives_what_all_at_once_gives(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    work, dice = computing(engine, store), np.random.default_rng(7)
    work.run()
    rows = some_history(2)
    for _ in range(6):
        chosen = [rows[n] for n in dice.choice(len(rows), 30, replace=False)]
        values = [None if dice.random() < 0.1 else float(dice.integers(0, 90)) for _ in chosen]
        changed = [
            said(one.indicator, one.period, value, one.region)
            for one, value in zip(chosen, values, strict=True)
        ]
        store.append(changed)
        work.run()
    step_by_step = stored(store)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM observation WHERE source = '公式'"))
        connection.execute(sa.text("UPDATE formula_state SET whole = true"))
    computing(engine, store).run()
    all_at_once = stored(store)
    assert {k: v for k, v in step_by_step.items() if v[0] is not None} == {  # type: ignore[index]
        k: v
        for k, v in all_at_once.items()
        if v[0] is not None  # type: ignore[index]
    }


def test_a_changed_formula_is_computed_anew_for_all_history(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    store.append(some_history())
    computing(engine, store).run()
    doubled = [formula("a.x / a.y * 100 / 2", X, Y, result=RATE)]
    (before, *_) = store.series("a.rate", COUNTIES[0], as_of=None)
    computing(engine, store, doubled).run()
    (after, *_) = store.series("a.rate", COUNTIES[0], as_of=None)
    assert before.value is not None
    assert after.value == pytest.approx(before.value / 2)


def test_what_was_taken_is_not_lost_when_the_work_is_broken_off(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    work = computing(engine, store)
    work.run()
    store.append([said("a.x", MONTHS[0], 30.0), said("a.y", MONTHS[0], 60.0)])
    stale = PostgresStale(engine)
    with pytest.raises(RuntimeError, match="killed"):
        _broken_off(stale)
    assert stale.waiting() == 2
    assert store.series("a.rate", CITY, as_of=None) == []
    work.run()
    assert [one.value for one in store.series("a.rate", CITY, as_of=None)] == [50.0]


def _broken_off(stale: PostgresStale) -> None:
    with stale.batch() as batch:
        assert batch is not None
        batch.done()
        raise RuntimeError("killed")


def test_two_workers_never_compute_the_same_batch(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    work = computing(engine, store)
    work.run()
    store.append([said("a.x", MONTHS[0], 30.0)])
    stale = PostgresStale(engine)
    with stale.batch() as mine, stale.batch() as other:
        assert mine is not None
        assert other is None


def test_a_missing_input_withdraws_the_value_and_keeps_what_it_was(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    work = computing(engine, store)
    work.run()
    store.append([said("a.x", MONTHS[0], 30.0), said("a.y", MONTHS[0], 60.0)])
    work.run()
    store.append([said("a.y", MONTHS[0], None)])
    work.run()
    said_of_it = store.revisions("a.rate", CITY, MONTHS[0])
    assert [(one.value, one.status) for one in said_of_it] == [
        (50.0, ValueStatus.OK),
        (None, ValueStatus.MISSING),
    ]


def test_a_computed_value_is_replayed_as_it_was_known(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    work = computing(engine, store)
    work.run()
    store.append([said("a.x", MONTHS[0], 30.0), said("a.y", MONTHS[0], 60.0)])
    work.run()
    moment = datetime.now(UTC)
    store.append([said("a.x", MONTHS[0], 45.0)])
    work.run()
    (then,) = store.series("a.rate", CITY, as_of=moment)
    (now,) = store.series("a.rate", CITY, as_of=None)
    assert (then.value, now.value) == (50.0, 75.0)


def test_a_formula_may_make_the_city_out_of_its_own_counties(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    own = formula("regional_sum(a.x)", X, result=X, levels=("city",))
    work = computing(engine, store, [own])
    work.run()
    store.append([said("a.x", MONTHS[0], 1.0 + n, one) for n, one in enumerate(COUNTIES)])
    work.run()
    assert [one.value for one in store.series("a.x", CITY, as_of=None)] == [6.0]


def test_an_indicator_that_no_formula_reads_leaves_no_note(
    engine: sa.Engine, store: PostgresObservations
) -> None:
    computing(engine, store).run()
    store.append([said("b.other", MONTHS[0], 1.0)])
    assert PostgresStale(engine).waiting() == 0


@pytest.mark.parametrize(("idle", "status"), [("", "missing"), ("无应结", "not_monitored")])
def test_a_share_of_nothing_is_no_gap_where_the_indicator_says_what_it_is_called(
    engine: sa.Engine, store: PostgresObservations, idle: str, status: str
) -> None:
    share = formula("a.x / a.y * 100", X, Y, result=spec("a.rate", "%", idle=idle))
    work = computing(engine, store, [share])
    work.run()
    store.append([said("a.x", MONTHS[0], 0.0), said("a.y", MONTHS[0], 0.0)])
    store.append([said("a.x", MONTHS[1], None), said("a.y", MONTHS[1], 5.0)])
    work.run()
    first, second = store.series("a.rate", CITY, as_of=None)
    assert (first.value, first.status) == (None, ValueStatus(status))
    assert (second.value, second.status) == (None, ValueStatus.MISSING)  # an input that lacks
