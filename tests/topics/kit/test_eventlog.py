"""The event log on a real PostgreSQL: it only grows, and yesterday's answer stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import migrations
from layers.errors import StoreUnavailable
from layers.stores.postgres_engine import connect
from topics.kit.eventlog import Event, PatientLog, Place
from topics.kit.stores.postgres_events import PostgresEvents

NINE = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    made = connect(module_database_url)
    yield made
    made.dispose()


@pytest.fixture
def events(database_url: str) -> Iterator[PostgresEvents]:
    made = connect(database_url)
    yield PostgresEvents(made)
    made.dispose()


def _objects(found: Sequence[Event]) -> list[str]:
    return [one.object for one in found]


def test_an_event_comes_back_as_it_was_told(events: PostgresEvents) -> None:
    told = Event("case.opened", "c1", "grid", "440203", {"字": ["值", 1, None]}, "u1", NINE)
    (stored,) = events.append([told])
    assert (stored.id, stored.at, stored.data) == (1, NINE, {"字": ["值", 1, None]})
    assert events.read(as_of=None, limit=10) == [stored]


def test_an_event_without_a_moment_happens_now(events: PostgresEvents) -> None:
    before = datetime.now(UTC)
    (stored,) = events.append([Event("a", "x")])
    assert stored.at is not None
    assert before <= stored.at <= datetime.now(UTC)


def test_as_of_shows_what_had_happened_up_to_that_very_moment(events: PostgresEvents) -> None:
    events.append([Event("a", str(n), at=NINE + n * MINUTE) for n in range(4)])
    assert _objects(events.read(as_of=NINE + 2 * MINUTE, limit=10)) == ["2", "1", "0"]
    assert events.read(as_of=NINE - MINUTE, limit=10) == []


def test_what_was_learned_later_of_an_earlier_moment_stands_at_that_moment(
    events: PostgresEvents,
) -> None:
    events.append([Event("a", "late", at=NINE + MINUTE)])
    events.append([Event("a", "early", at=NINE)])
    assert _objects(events.read(as_of=None, limit=10)) == ["late", "early"]


def test_kinds_and_objects_narrow_and_none_of_them_finds_nothing(events: PostgresEvents) -> None:
    events.append([Event(kind, name, at=NINE) for kind in "ab" for name in "xy"])
    found = events.read(as_of=None, kinds=["a"], objects=["y", "z"], limit=10)
    assert [(one.kind, one.object) for one in found] == [("a", "y")]
    assert events.read(as_of=None, kinds=[], limit=10) == []


def test_an_event_within_a_transaction_shares_its_fate(engine: sa.Engine) -> None:
    events = PostgresEvents(engine)
    with engine.connect() as connection:
        events.append([Event("undone", "x")], connection=connection)
        connection.rollback()
    assert events.read(as_of=None, kinds=["undone"], limit=10) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event", "TRUNCATE event"]
)
def test_the_table_refuses_changes(engine: sa.Engine, statement: str) -> None:
    PostgresEvents(engine).append([Event("a", "x")])
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_a_second_upgrade_keeps_every_event(database_url: str, events: PostgresEvents) -> None:
    stored = events.append([Event("a", "x")])
    migrations.upgrade(database_url)
    assert events.read(as_of=None, limit=10) == stored


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    minutes=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    size=st.integers(1, 5),
    until=st.integers(0, 3),
)
def test_pages_together_are_the_whole_log_once(
    engine: sa.Engine, minutes: list[int], size: int, until: int
) -> None:
    log = PostgresEvents(engine)
    kind = f"k{log.append([Event('n', 'n')])[0].id}"  # this example's own events
    log.append([Event(kind, str(n), at=NINE + m * MINUTE) for n, m in enumerate(minutes)])
    as_of = NINE + until * MINUTE
    whole = log.read(as_of=as_of, kinds=[kind], limit=100)
    paged: list[Event] = []
    after: Place | None = None
    while page := log.read(as_of=as_of, kinds=[kind], after=after, limit=size):
        paged += page
        assert page[-1].at is not None
        after = Place(page[-1].at, page[-1].id)
    assert paged == whole
    assert len(whole) == sum(m <= until for m in minutes)


class Away:
    """A log whose database is away until told otherwise."""

    def __init__(self) -> None:
        self.away = True
        self.written: list[Event] = []

    def append(self, events: Sequence[Event]) -> None:
        if self.away:
            raise StoreUnavailable("数据库暂时连不上")
        self.written += events


def test_what_happens_while_the_database_is_away_is_written_later_with_its_own_moment() -> None:
    store = Away()
    log = PatientLog(store.append)
    log.note(Event("leader.stepped-down", "w1"))
    noticed = datetime.now(UTC)
    store.away = False
    log.note(Event("leader.took-over", "w1"))
    log.flush()
    assert [one.kind for one in store.written] == ["leader.stepped-down", "leader.took-over"]
    first = store.written[0].at
    assert first is not None
    assert first <= noticed
