"""What the observation store promises, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import BadObservation
from topics.kit.periods import period_at
from topics.kit.stores.postgres import PostgresObservations

DAY0 = datetime(2026, 10, 31, 16, tzinfo=UTC)  # 1 November in Shaoguan
T1, T2, T3 = (datetime(2026, 11, 20, hour, tzinfo=UTC) for hour in (1, 2, 3))


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> PostgresObservations:
    return PostgresObservations(engine)


def pm25(
    value: float | None, *, day: int = 0, region: str = "440203", **more: object
) -> Observation:
    period = Period(DAY0 + timedelta(days=day), PeriodKind.DAY)
    status = ValueStatus.MISSING if value is None else ValueStatus.OK
    plain = Observation("ecology.pm25", region, period, value, status, "µg/m³", source="站点")
    return replace(plain, **more)  # type: ignore[arg-type]


def outbox(engine: sa.Engine) -> list[tuple[str, float | None]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT region, value FROM live_outbox ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


def test_what_was_appended_is_read_back_whole(store: PostgresObservations) -> None:
    given = pm25(31.25, run="r1")
    assert store.append([given], now=T1) == [replace(given, recorded_at=T1)]
    assert store.latest(as_of=None) == [replace(given, recorded_at=T1)]


def test_the_same_value_again_changes_nothing(
    store: PostgresObservations, engine: sa.Engine
) -> None:
    store.append([pm25(31.0)], now=T1)
    assert store.append([pm25(31.0)], now=T2) == []
    assert len(store.revisions("ecology.pm25", "440203", pm25(0).period)) == 1
    assert outbox(engine) == [("440203", 31.0)]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_batch_of_new_and_known_periods_adds_the_new_and_tells_of_them_once(
    store: PostgresObservations, engine: sa.Engine, turn: int
) -> None:
    store.append([pm25(31.0)], now=T1)
    batch = [pm25(31.0), pm25(7.0, region="440204"), pm25(8.0, region="440202")]
    added = store.append(batch[::turn], now=T2)
    assert {(one.region, one.value) for one in added} == {("440204", 7.0), ("440202", 8.0)}
    assert sorted(outbox(engine)) == [("440202", 8.0), ("440203", 31.0), ("440204", 7.0)]
    assert len(store.latest(as_of=None)) == 3


def test_a_new_value_revises_the_old_one_which_is_kept(
    store: PostgresObservations, engine: sa.Engine
) -> None:
    store.append([pm25(31.0)], now=T1)
    assert [one.value for one in store.append([pm25(33.0)], now=T2)] == [33.0]
    said = store.revisions("ecology.pm25", "440203", pm25(0).period)
    assert [(one.value, one.recorded_at) for one in said] == [(31.0, T1), (33.0, T2)]
    assert outbox(engine) == [("440203", 31.0), ("440203", 33.0)]


@pytest.mark.parametrize(("as_of", "value"), [(T1, 31.0), (T2, 33.0), (T3, 33.0)])
def test_every_read_answers_as_it_was_known_then(
    store: PostgresObservations, as_of: datetime, value: float
) -> None:
    store.append([pm25(31.0)], now=T1)
    store.append([pm25(33.0)], now=T2)
    one = ("ecology.pm25", "440203")
    assert [o.value for o in store.latest(as_of=as_of)] == [value]
    assert [o.value for o in store.series(*one, as_of=as_of)] == [value]
    recent = store.recent([one[0]], [one[1]], 5, as_of=as_of)
    assert [o.value for o in recent[one]] == [value]
    assert [o.value for o in store.listed(indicators=[one[0]], as_of=as_of, limit=9)] == [value]


def test_before_the_first_word_nothing_is_known(store: PostgresObservations) -> None:
    store.append([pm25(31.0)], now=T2)
    assert store.latest(as_of=T1) == []


def test_a_period_revised_later_than_the_next_one_came_is_replayed_in_order(
    store: PostgresObservations,
) -> None:
    store.append([pm25(1.0, day=0), pm25(2.0, day=1)], now=T1)
    store.append([pm25(9.0, day=1)], now=T3)
    then = store.recent(["ecology.pm25"], ["440203"], 2, as_of=T2)
    assert [o.value for o in then["ecology.pm25", "440203"]] == [1.0, 2.0]
    assert [o.value for o in store.latest(as_of=T2)] == [2.0]
    assert [o.value for o in store.latest(as_of=T3)] == [9.0]


def test_a_batch_may_say_something_twice_and_the_last_word_holds(
    store: PostgresObservations,
) -> None:
    first, second = pm25(1.0, recorded_at=T1), pm25(2.0, recorded_at=T2)
    store.append([first, second])
    assert [o.value for o in store.latest(as_of=T1)] == [1.0]
    assert [o.value for o in store.latest(as_of=None)] == [2.0]


def test_knowledge_dated_before_the_current_value_becomes_history_only(
    store: PostgresObservations, engine: sa.Engine
) -> None:
    store.append([pm25(5.0)], now=T2)
    assert store.append([pm25(4.0, recorded_at=T1)]) == []
    assert [o.value for o in store.latest(as_of=None)] == [5.0]
    assert [o.value for o in store.latest(as_of=T1)] == [4.0]
    assert outbox(engine) == [("440203", 5.0)]


def test_a_later_batch_wins_even_when_its_clock_runs_behind(store: PostgresObservations) -> None:
    store.append([pm25(5.0)], now=T2)
    (changed,) = store.append([pm25(6.0)], now=T1)
    assert changed.recorded_at is not None
    assert changed.recorded_at > T2
    assert [o.value for o in store.latest(as_of=None)] == [6.0]


def test_a_missing_value_replaces_a_number(store: PostgresObservations) -> None:
    store.append([pm25(5.0)], now=T1)
    store.append([pm25(None)], now=T2)
    (now,) = store.latest(as_of=None)
    assert (now.value, now.status) == (None, ValueStatus.MISSING)


@pytest.mark.parametrize(
    "wrong",
    [
        pm25(float("nan")),
        pm25(float("inf")),
        pm25(5.0, status=ValueStatus.MISSING),
        pm25(None, status=ValueStatus.OK),
        pm25(5.0, period=Period(datetime(2026, 11, 1), PeriodKind.DAY)),  # noqa: DTZ001 the fault
    ],
)
def test_a_batch_with_one_wrong_observation_is_refused_whole(
    store: PostgresObservations, wrong: Observation
) -> None:
    with pytest.raises(BadObservation, match="第 2 条"):
        store.append([pm25(1.0), wrong])
    assert store.latest(as_of=None) == []


@pytest.mark.parametrize("text", ["a\0b", "市\0", "市\ud800"])
@pytest.mark.parametrize("where", ["source", "unit", "region", "run"])
def test_a_text_that_no_database_takes_is_refused_with_its_row(
    store: PostgresObservations, where: str, text: str
) -> None:
    with pytest.raises(BadObservation, match="第 2 条"):
        store.append([pm25(1.0), replace(pm25(2.0), **{where: text})])
    assert store.latest(as_of=None) == []


def test_history_may_be_loaded_without_announcing_it(
    store: PostgresObservations, engine: sa.Engine
) -> None:
    assert len(store.append([pm25(1.0)], live=False)) == 1
    assert outbox(engine) == []


def test_texts_with_tabs_breaks_and_backslashes_survive(store: PostgresObservations) -> None:
    store.append([pm25(1.0, source="a\tb\nc\\N", run="\\.")])
    (found,) = store.latest(as_of=None)
    assert (found.source, found.run) == ("a\tb\nc\\N", "\\.")


def test_periods_are_half_open_and_can_be_read_from_the_newest(
    store: PostgresObservations,
) -> None:
    store.append([pm25(float(day), day=day) for day in range(40)])  # two partitions
    start, end = DAY0 + timedelta(days=29), DAY0 + timedelta(days=31)
    one = ("ecology.pm25", "440203")
    assert [o.value for o in store.series(*one, start=start, end=end, as_of=None)] == [29.0, 30.0]
    newest = store.series(*one, as_of=None, limit=2, newest_first=True)
    assert [o.value for o in newest] == [39.0, 38.0]
    known_now = store.series(*one, as_of=datetime.now(UTC), limit=2, newest_first=True)
    assert [o.value for o in known_now] == [39.0, 38.0]


def test_pages_follow_each_other_without_gap_or_repeat(store: PostgresObservations) -> None:
    store.append([pm25(1.0, day=day, region=region) for day in range(5) for region in "abc"])
    seen: list[tuple[str, Period]] = []
    after = None
    while page := store.listed(indicators=["ecology.pm25"], as_of=None, after=after, limit=4):
        seen += [(one.region, one.period) for one in page]
        after = (page[-1].indicator, page[-1].region, page[-1].period)
    assert seen == sorted(set(seen))
    assert len(seen) == 15


def test_latest_continues_behind_a_series(store: PostgresObservations) -> None:
    store.append([pm25(1.0, region=region) for region in "abc"])
    rest = store.latest(as_of=None, after=("ecology.pm25", "a"), limit=1)
    assert [one.region for one in rest] == ["b"]


def test_a_transaction_rolled_back_leaves_nothing(
    store: PostgresObservations, engine: sa.Engine
) -> None:
    with engine.connect() as connection:
        store.append([pm25(1.0)], connection=connection)
        connection.rollback()
    assert store.append([pm25(1.0)]) != []
    assert [o.value for o in store.latest(as_of=None)] == [1.0]


def test_writers_at_once_make_one_partition_each_month_and_lose_nothing(engine: sa.Engine) -> None:
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def fill(number: int) -> None:
        mine = PostgresObservations(engine)
        batch = [pm25(float(number), day=30 * month) for month in range(12)]
        batch += [pm25(1.0, day=30 * month, region=f"r{number}") for month in range(12)]
        start.wait()
        try:
            mine.append(batch if number % 2 else batch[::-1])
        except Exception as wrong:  # noqa: BLE001 a thread has no other way to tell
            failures.append(wrong)

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = PostgresObservations(engine)
    assert len(store.series("ecology.pm25", "r3", as_of=None)) == 12
    said = store.revisions("ecology.pm25", "440203", pm25(0).period)
    assert sorted(one.value or 0 for one in said) == [0.0, 1.0, 2.0, 3.0]


def test_an_hour_is_an_hour_wherever_the_clock_stands() -> None:
    moment = datetime.fromisoformat("2026-11-22T10:23:00+08:00")
    assert period_at(moment, PeriodKind.HOUR).start == datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_the_latest_of_just_these_series_is_what_the_latest_of_all_says_of_them(
    store: PostgresObservations,
) -> None:
    names, places = ("ecology.pm25", "ecology.o3"), ("440203", "440205")
    for n, (name, place) in enumerate(product(names, places)):
        for value, at in ((n + 0.5, T1), (float(n), T2)):
            store.append([pm25(value, region=place, indicator=name)], now=at)
    wanted = [("ecology.pm25", "440203"), ("ecology.o3", "440205"), ("ecology.o3", "999999")]
    for as_of in (None, T1, T2):
        every = {(one.indicator, one.region): one for one in store.latest(as_of=as_of)}
        found = store.latest_of(wanted, as_of=as_of)
        assert found == [every[one] for one in sorted(wanted) if one in every]
        assert len(found) == 2
    assert store.latest_of([], as_of=None) == []
