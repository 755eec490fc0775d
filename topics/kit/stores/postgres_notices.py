"""The outbox of messages in PostgreSQL: kept with their cause, one try at a time a receiver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import orjson
import sqlalchemy as sa

from layers.contracts import Classification
from layers.stores.postgres_engine import unavailable
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import (
    LEASE,
    Answer,
    Attempt,
    Notice,
    NoticeState,
    Patience,
    after,
    opens_until,
)
from topics.kit.stores.postgres_notice_rows import (
    ATTEMPT,
    COUNTED,
    NOTICE,
    SEND,
    notice_row,
    read_about,
    read_notice,
)

# Within the lock of its receiver: at most one message of a receiver is under way, in any worker.
_CLAIM = sa.text(
    """
UPDATE notice SET claimed_by = :by, claimed_until = :until
WHERE id = (
    SELECT id FROM notice n
    WHERE n.receiver = :receiver AND n.state = 'waiting' AND n.next_at <= :now
      AND NOT EXISTS (
        SELECT 1 FROM notice o
        WHERE o.receiver = :receiver AND o.state = 'waiting' AND o.claimed_until > :now)
      AND NOT EXISTS (
        SELECT 1 FROM notice_receiver r WHERE r.receiver = :receiver AND r.open_until > :now)
    ORDER BY n.urgent DESC, n.next_at, n.id LIMIT 1)
RETURNING *
"""
)
_DUE = sa.text(
    """
SELECT n.receiver FROM notice n
LEFT JOIN notice_receiver r USING (receiver)
WHERE n.state = 'waiting' AND n.next_at <= :now AND (r.open_until IS NULL OR r.open_until <= :now)
GROUP BY n.receiver
HAVING count(*) FILTER (WHERE n.claimed_until > :now) = 0
ORDER BY bool_or(n.urgent) DESC, min(n.next_at)
LIMIT :most
"""
)
_FAILED = sa.text(
    """
INSERT INTO notice_receiver (receiver, failures, last_failed) VALUES (:receiver, 1, :now)
ON CONFLICT (receiver) DO UPDATE
SET failures = notice_receiver.failures + 1, last_failed = :now
RETURNING failures
"""
)
_WORKED = sa.text(
    """
INSERT INTO notice_receiver (receiver, failures, last_ok) VALUES (:receiver, 0, :now)
ON CONFLICT (receiver) DO UPDATE SET failures = 0, open_until = NULL, last_ok = :now
"""
)

_OPENED = sa.text("UPDATE notice_receiver SET open_until = :until WHERE receiver = :receiver")


Spread = Callable[[Message], Sequence[Message]]
"""The messages that a message comes to: one for each receiver that takes it."""


def _as_it_is(message: Message) -> Sequence[Message]:
    return [message]


class PostgresNotices:
    """Messages of all processes on one database. Raises StoreUnavailable when it is away."""

    def __init__(self, engine: sa.Engine, *, spread: Spread = _as_it_is) -> None:
        """Use `engine`; `spread` says who gets what is for several."""
        self._engine = engine
        self._spread = spread

    # -- taking --------------------------------------------------------------------------------

    def send(
        self,
        messages: Sequence[Message],
        *,
        now: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> int:
        """Keep the messages and return how many were new; a known (key, receiver) is let go.

        Within the caller's transaction where one is given, so that a cause and what is told of it
        are committed together. Messages of a drill are kept and never sent.
        """
        kept = [one for each in messages for one in self._spread(each)]
        rows = [notice_row(one, now or datetime.now(UTC)) for one in kept]
        if not rows:
            return 0
        asked = {"rows": orjson.dumps(rows).decode()}
        with unavailable():
            if connection is not None:
                return len(connection.execute(SEND, asked).all())
            with self._engine.begin() as own:
                return len(own.execute(SEND, asked).all())

    # -- sending -------------------------------------------------------------------------------

    def due(self, now: datetime, *, most: int = 500) -> list[str]:
        """Receivers with something to be tried now, those with urgent messages first."""
        with unavailable(), self._engine.connect() as connection:
            return list(connection.execute(_DUE, {"now": now, "most": most}).scalars())

    def claim(
        self, receiver: str, now: datetime, *, by: str, lease: timedelta = LEASE
    ) -> Notice | None:
        """The receiver's next message, held for `lease`; None while another try is under way."""
        with unavailable(), self._engine.begin() as connection:
            lock = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 19))")
            if not connection.execute(lock, {"name": receiver}).scalar_one():
                return None
            asked = {"receiver": receiver, "now": now, "by": by, "until": now + lease}
            row = connection.execute(_CLAIM, asked).one_or_none()
        return None if row is None else read_notice(row._mapping)

    def record(
        self,
        notice: Notice,
        answer: Answer,
        patience: Patience,
        *,
        started: datetime,
        now: datetime,
        by: str,
    ) -> Notice | None:
        """Log a try and what follows of it; None when the message was taken from us meanwhile."""
        done = after(notice, answer, patience, now)
        logged = sa.insert(ATTEMPT).values(
            notice=notice.id,
            at=started,
            took=now - started,
            ok=answer.ok,
            target=answer.target[:200],
            answer=answer.said[:500],
        )
        change = (
            sa.update(NOTICE)
            .where(NOTICE.c.id == notice.id, NOTICE.c.claimed_by == by)
            .where(NOTICE.c.state == "waiting")
            .values(
                state=done.state,
                attempts=done.attempts,
                next_at=done.next_at,
                ended_at=done.ended_at,
                said=done.said[:500],
                claimed_by=None,
                claimed_until=None,
            )
        )
        with unavailable(), self._engine.begin() as connection:
            connection.execute(logged)
            changed = connection.execute(change).rowcount
            # A success counts even when our hold on the message had run out: it was sent.
            if not changed and answer.ok:
                connection.execute(_sent_after_all(notice, done))
            _note_receiver(connection, notice.message.receiver, answer, patience, now)
        return done if changed else None

    def hold_back(self, notice: Notice, said: str, *, until: datetime, by: str) -> None:
        """Let a message wait until then without counting it as a try."""
        change = (
            sa.update(NOTICE)
            .where(NOTICE.c.id == notice.id, NOTICE.c.claimed_by == by)
            .values(next_at=until, said=said, claimed_by=None, claimed_until=None)
        )
        with unavailable(), self._engine.begin() as connection:
            connection.execute(change)

    # -- looking -------------------------------------------------------------------------------

    def find(self, number: int) -> Notice | None:
        """One message; None when there is none."""
        query = sa.select(NOTICE).where(NOTICE.c.id == number)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else read_notice(row._mapping)

    def newest(
        self,
        states: Sequence[NoticeState] = (),
        *,
        before: int | None = None,
        about: str | None = None,
        limit: int = 100,
    ) -> list[Notice]:
        """The newest messages first; `about` keeps those whose key begins with it."""
        query = sa.select(NOTICE).order_by(NOTICE.c.id.desc()).limit(limit)
        if states:
            query = query.where(NOTICE.c.state.in_([one.value for one in states]))
        if before is not None:
            query = query.where(NOTICE.c.id < before)
        if about is not None:
            query = query.where(sa.func.starts_with(NOTICE.c.key, about))
        with unavailable(), self._engine.connect() as connection:
            return [read_notice(row._mapping) for row in connection.execute(query)]

    def counts(
        self, sees: Callable[[str | None, Classification], bool] = lambda *_: True
    ) -> dict[str, int]:
        """How many messages stand where; `sees` says of which topic and class they are counted."""
        found = dict.fromkeys((one.value for one in NoticeState), 0)
        with unavailable(), self._engine.connect() as connection:
            for state, about, count in connection.execute(COUNTED):
                told = read_about(about or {})
                if sees(told["topic"], told["classification"]):
                    found[state] += int(count)
        return found

    def attempts(self, numbers: Sequence[int]) -> dict[int, list[Attempt]]:
        """The tries of these messages, oldest first."""
        query = sa.select(ATTEMPT).where(ATTEMPT.c.notice.in_(numbers)).order_by(ATTEMPT.c.id)
        found: dict[int, list[Attempt]] = {}
        with unavailable(), self._engine.connect() as connection:
            for row in connection.execute(query):
                answer = Answer(row.ok, row.target, row.answer)
                found.setdefault(row.notice, []).append(Attempt(row.at, row.took, answer))
        return found

    def again(self, number: int, now: datetime, *, connection: sa.Connection | None = None) -> bool:
        """Try a message that was given up once more, from the start; False when it was not."""
        change = (
            sa.update(NOTICE)
            .where(NOTICE.c.id == number, NOTICE.c.state == NoticeState.FAILED)
            .values(state="waiting", attempts=0, next_at=now, ended_at=None)
            .returning(NOTICE.c.receiver)
        )
        forget = sa.text("UPDATE notice_receiver SET open_until = NULL WHERE receiver = :receiver")

        def act(inside: sa.Connection) -> bool:
            receiver = inside.execute(change).scalar_one_or_none()
            if receiver is not None:
                inside.execute(forget, {"receiver": receiver})
            return receiver is not None

        with unavailable():
            if connection is not None:
                return act(connection)
            with self._engine.begin() as own:
                return act(own)

    def prune(self, before: datetime) -> int:
        """Forget messages that ended before then, with their tries."""
        gone = sa.delete(NOTICE).where(NOTICE.c.ended_at < before)
        with unavailable(), self._engine.begin() as connection:
            return int(connection.execute(gone).rowcount)


def _note_receiver(
    connection: sa.Connection, receiver: str, answer: Answer, patience: Patience, now: datetime
) -> None:
    asked = {"receiver": receiver, "now": now}
    if answer.ok:
        connection.execute(_WORKED, asked)
        return
    if answer.final:
        return  # the message is wrong, not its receiver
    failures = int(connection.execute(_FAILED, asked).scalar_one())
    if (until := opens_until(failures, patience, now)) is not None:
        connection.execute(_OPENED, {"until": until, "receiver": receiver})


def _sent_after_all(notice: Notice, done: Notice) -> sa.Update:
    return (
        sa.update(NOTICE)
        .where(NOTICE.c.id == notice.id, NOTICE.c.state == "waiting")
        .values(state=done.state, ended_at=done.ended_at, said=done.said[:500])
    )
