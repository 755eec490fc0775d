from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import AuditBroken
from app.security.chain import START
from app.security.people import AuditEvent
from app.stores.postgres import PostgresAudit
from layers.errors import StoreUnavailable
from layers.stores.postgres_engine import connect


@contextmanager
def tampering(engine: sa.Engine) -> Iterator[sa.Connection]:
    """What a superuser can do: change the table behind the trigger's back."""
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        yield connection
        connection.execute(sa.text("ALTER TABLE audit ENABLE TRIGGER audit_append_only"))


@pytest.fixture
def five(audit: PostgresAudit) -> PostgresAudit:
    for number in range(1, 6):
        audit.append(AuditEvent("u1", "user.grant", f"o{number}", detail={"名称": number}))
    return audit


def test_an_empty_trail_holds(audit: PostgresAudit) -> None:
    assert audit.verify().count == 0


def test_the_first_row_is_chained_too(audit: PostgresAudit) -> None:
    first = audit.append(AuditEvent("u1", "login"))
    assert (first.seq, first.previous_hash) == (1, START)


def test_an_untouched_trail_holds(five: PostgresAudit) -> None:
    assert five.verify().count == 5


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_the_table_refuses_changes(five: PostgresAudit, engine: sa.Engine, statement: str) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "assignment",
    [
        "actor = 'u2'",
        "action = 'login'",
        "object = ''",
        "outcome = 'failed'",
        "address = '::1'",
        "detail = '{}'",
        "at = at + interval '1 microsecond'",
        "hash = repeat('0', 64)",
        "previous_hash = repeat('0', 64)",
    ],
)
def test_a_changed_row_is_found(five: PostgresAudit, engine: sa.Engine, assignment: str) -> None:
    with tampering(engine) as connection:
        connection.execute(sa.text(f"UPDATE audit SET {assignment} WHERE seq = 3"))
    with pytest.raises(AuditBroken, match="第 3 条被改动"):
        five.verify()


@pytest.mark.parametrize("seq", [1, 3])
def test_a_removed_row_is_found(five: PostgresAudit, engine: sa.Engine, seq: int) -> None:
    with tampering(engine) as connection:
        connection.execute(sa.text(f"DELETE FROM audit WHERE seq = {seq}"))
    with pytest.raises(AuditBroken, match="被删除或插入"):
        five.verify()


def test_a_removed_row_whose_followers_move_up_is_found(
    five: PostgresAudit, engine: sa.Engine
) -> None:
    with tampering(engine) as connection:
        connection.execute(sa.text("DELETE FROM audit WHERE seq = 3"))
        for seq in (4, 5):
            connection.execute(sa.text(f"UPDATE audit SET seq = seq - 1 WHERE seq = {seq}"))
    with pytest.raises(AuditBroken, match="第 3 条被改动或换过位置"):
        five.verify()


def test_an_inserted_row_is_found(five: PostgresAudit, engine: sa.Engine) -> None:
    with tampering(engine) as connection:
        for seq in (5, 4):
            connection.execute(sa.text(f"UPDATE audit SET seq = seq + 1 WHERE seq = {seq}"))
        connection.execute(
            sa.text(
                "INSERT INTO audit SELECT 4, at, 'u9', action, object, outcome, address, detail,"
                " (SELECT hash FROM audit WHERE seq = 3), repeat('a', 64) FROM audit WHERE seq = 3"
            )
        )
    with pytest.raises(AuditBroken, match="第 4 条"):
        five.verify()


def test_two_rows_that_changed_places_are_found(five: PostgresAudit, engine: sa.Engine) -> None:
    with tampering(engine) as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(sa.text(f"UPDATE audit SET seq = {new} WHERE seq = {old}"))
    with pytest.raises(AuditBroken, match="第 2 条"):
        five.verify()


def test_a_cut_tail_is_found_by_the_anchor(five: PostgresAudit, engine: sa.Engine) -> None:
    with tampering(engine) as connection:
        connection.execute(sa.text("DELETE FROM audit WHERE seq > 3"))
    with pytest.raises(AuditBroken, match="末尾 2 条被删除"):
        five.verify()


def test_an_emptied_trail_is_found_by_the_anchor(five: PostgresAudit, engine: sa.Engine) -> None:
    with tampering(engine) as connection:
        connection.execute(sa.text("DELETE FROM audit"))
    with pytest.raises(AuditBroken, match="末尾 5 条被删除"):
        five.verify()


def test_a_trail_cut_and_continued_is_found_by_the_anchor(
    five: PostgresAudit, engine: sa.Engine
) -> None:
    with tampering(engine) as connection:
        connection.execute(sa.text("DELETE FROM audit WHERE seq > 3"))
    forger = PostgresAudit(engine)
    for _ in range(3):
        forger.append(AuditEvent("u9", "login"))
    with pytest.raises(AuditBroken, match="与锚点不符"):
        five.verify()


def test_the_anchor_only_moves_forward(five: PostgresAudit, anchor: Path) -> None:
    five.verify()
    assert json.loads(anchor.read_text())["count"] == 5


def test_an_unreadable_anchor_is_said_to_be_so(five: PostgresAudit, anchor: Path) -> None:
    anchor.write_text("{")
    with pytest.raises(AuditBroken, match="锚点读不懂"):
        five.verify()


def test_a_damaged_anchor_stops_nobody_from_working(five: PostgresAudit, anchor: Path) -> None:
    anchor.write_text("{")
    assert five.append(AuditEvent("u1", "login")).seq == 6


def test_an_event_of_an_undone_change_is_not_there(audit: PostgresAudit) -> None:
    with pytest.raises(ZeroDivisionError), audit.recording(AuditEvent("u1", "x")):
        _ = 1 / 0
    assert audit.verify().count == 0


def test_an_event_shares_the_fate_of_the_callers_transaction(
    audit: PostgresAudit, engine: sa.Engine
) -> None:
    with engine.connect() as connection:
        audit.append(AuditEvent("u1", "x"), connection=connection)
        connection.rollback()
    assert audit.list() == []


def test_writers_at_the_same_time_make_one_chain(audit: PostgresAudit) -> None:
    def write() -> None:
        for _ in range(10):
            audit.append(AuditEvent("u1", "login"))

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert audit.verify().count == 60


def test_the_list_shows_the_newest_first_and_filters_by_what_was_done(audit: PostgresAudit) -> None:
    for action in ("login", "user.add", "user_x", "user.grant"):
        audit.append(AuditEvent("u1", action))
    assert [one.action for one in audit.list(action="user")] == ["user.grant", "user.add"]
    assert [one.seq for one in audit.list(limit=2)] == [4, 3]
    assert audit.list(actor="u2") == []


def test_the_list_shows_everything_about_one_thing(audit: PostgresAudit) -> None:
    audit.append(AuditEvent("u1", "layer.export", "water.gauges"))
    audit.append(AuditEvent("u2", "submission.approve", "s1", detail={"layer": "water.gauges"}))
    audit.append(AuditEvent("u2", "submission.approve", "s2", detail={"layer": "water.gauges2"}))
    assert [one.actor for one in audit.list(about="water.gauges")] == ["u2", "u1"]
    assert [one.object for one in audit.list(about="s2")] == ["s2"]
    assert audit.list(about="water.%") == []


def test_without_a_database_nothing_counts_as_recorded() -> None:
    nowhere = PostgresAudit(connect("postgresql://x:x@127.0.0.1:1/x"))
    with pytest.raises(StoreUnavailable):
        nowhere.append(AuditEvent("u1", "login"))


words = st.text(st.characters(), max_size=8)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.builds(
            AuditEvent,
            words,
            words,
            words,
            words,
            words,
            st.dictionaries(words, words | st.integers() | st.none(), max_size=3),
        ),
        max_size=4,
    )
)
def test_whatever_is_recorded_verifies(audit: PostgresAudit, events: list[AuditEvent]) -> None:
    for event in events:
        audit.append(event)
    audit.verify()
