"""Flags, notes and what the checks over series look at, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Observation, ValueStatus
from topics.kit.eventlog import Place
from topics.kit.quality.contracts import Cleared, Doubt, Flag, Note
from topics.kit.quality.intake import Ended
from topics.kit.stores import postgres_read as read
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_flags import (
    clear_flags,
    due,
    flag,
    flag_of,
    note,
    raise_flags,
)
from topics.kit.stores.postgres_write import take_turns


@dataclass(frozen=True, slots=True)
class Asked:
    """Which flags are wanted; None means any. `open_only`: those that stand at `as_of`."""

    indicators: Sequence[str] | None = None
    regions: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    open_only: bool = False
    as_of: datetime | None = None


class PostgresQuality:
    """Doubts about values: raised and ended, with two times, so that `as_of` is answered."""

    def __init__(
        self, engine: sa.Engine, observations: PostgresObservations, events: PostgresEvents
    ) -> None:
        """Use `engine`; what a doubt changes of a value goes through `observations`."""
        self._engine = engine
        self._observations = observations
        self._events = events

    def flags(self, asked: Asked, *, after: Place | None = None, limit: int) -> list[Flag]:
        """Flags raised up to `as_of`, newest first; those ended later are open in the answer."""
        query = sa.select(flag).order_by(flag.c.raised_at.desc(), flag.c.id.desc()).limit(limit)
        for column, wanted in (
            (flag.c.indicator, asked.indicators),
            (flag.c.region, asked.regions),
            (flag.c.kind, asked.kinds),
        ):
            if wanted is not None:
                query = query.where(column == sa.any_(sa.literal(list(wanted), sa.ARRAY(sa.Text))))
        ended = flag.c.cleared_at
        if asked.as_of is not None:
            query = query.where(flag.c.raised_at <= asked.as_of)
        if asked.open_only:
            standing = ended.is_(None) if asked.as_of is None else ended > asked.as_of
            query = query.where(standing | ended.is_(None))
        if after is not None:
            here = sa.tuple_(flag.c.raised_at, flag.c.id)
            query = query.where(here < sa.tuple_(after.at, after.id))
        with unavailable(), self._engine.connect() as connection:
            return [_then(flag_of(row), asked.as_of) for row in connection.execute(query)]

    def flag(self, number: int) -> Flag | None:
        """One flag; None when there is none of that number."""
        query = sa.select(flag).where(flag.c.id == number)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else flag_of(row)

    def notes(
        self, flags: Sequence[int], *, as_of: datetime | None
    ) -> Mapping[int, Sequence[Note]]:
        """What was said about the flags, oldest first."""
        ids = sa.any_(sa.literal(list(flags), sa.ARRAY(sa.BigInteger)))
        query = sa.select(note).where(note.c.flag == ids).order_by(note.c.at, note.c.id)
        if as_of is not None:
            query = query.where(note.c.at <= as_of)
        found: dict[int, list[Note]] = {}
        with unavailable(), self._engine.connect() as connection:
            for row in connection.execute(query):
                said = Note(row.flag, row.at, row.author, row.text, row.valid_until)
                found.setdefault(row.flag, []).append(said)
        return found

    def say(self, said: Note, *, connection: Any) -> None:
        """Keep a note in the caller's transaction."""
        row = {
            "flag": said.flag,
            "at": said.at,
            "author": said.author,
            "text": said.text,
            "valid_until": said.until,
        }
        connection.execute(sa.insert(note).values(**row))

    def accept(self, one: Flag, *, now: datetime, connection: Any) -> bool:
        """End the flag because its value is true, and believe the value again.

        False when it was ended already. In the caller's transaction.
        """
        ended = clear_flags(connection, self._events, [Ended(one.id, Cleared.ACCEPTED)], now)
        if ended:
            self._restate(connection, ended[0].doubt, ValueStatus.SUSPECT, ValueStatus.OK)
        return bool(ended)

    def doubt(self, doubts: Sequence[Doubt], *, now: datetime) -> int:
        """Raise flags found by looking at series; their values become suspect as a revision.

        A value that changed since it was looked at is left alone. Returns how many are new.
        """
        with unavailable(), self._engine.begin() as connection:
            raised = raise_flags(connection, self._events, doubts, now)
            for one in raised:
                self._restate(connection, one.doubt, ValueStatus.OK, ValueStatus.SUSPECT)
        return len(raised)

    def resolve(self, flags: Sequence[Flag], why: Cleared, *, now: datetime) -> int:
        """End flags whose reason is gone; the values of resolved ones are believed again."""
        with unavailable(), self._engine.begin() as connection:
            ended = clear_flags(connection, self._events, [Ended(f.id, why) for f in flags], now)
            for one in ended:
                if why is Cleared.RESOLVED:
                    self._restate(connection, one.doubt, ValueStatus.SUSPECT, ValueStatus.OK)
        return len(ended)

    def waiting(self) -> Mapping[str, datetime]:
        """The indicators with values not yet looked at, and when they were marked."""
        query = sa.select(due.c.indicator, due.c.marked_at).order_by(due.c.indicator)
        with unavailable(), self._engine.connect() as connection:
            return {row.indicator: row.marked_at for row in connection.execute(query)}

    def looked_at(self, indicator: str, marked_at: datetime) -> None:
        """Forget the mark, unless values came since."""
        statement = sa.delete(due).where(due.c.indicator == indicator, due.c.marked_at == marked_at)
        with unavailable(), self._engine.begin() as connection:
            connection.execute(statement)

    def _restate(
        self, connection: sa.Connection, doubt: Doubt, was: ValueStatus, becomes: ValueStatus
    ) -> None:
        """Give the doubted values another status where they still say what was doubted."""
        if doubt.value is None:
            return
        wanted = read.Wanted([doubt.indicator], [doubt.region], start=doubt.period.start)
        probe = Observation(doubt.indicator, doubt.region, doubt.period, doubt.value)
        take_turns(connection, [probe])  # nobody revises them meanwhile
        rows = [
            replace(one, status=becomes, recorded_at=None)
            for one in read.of_one(connection, wanted, limit=_MOST_RESTATED)
            if one.value == doubt.value
            and one.status is was
            and (one.period == doubt.period or (doubt.kind == "stuck" and _in(one, doubt)))
        ]
        if rows:
            self._observations.append(rows, connection=connection)


_MOST_RESTATED = 5000


def _in(one: Observation, doubt: Doubt) -> bool:
    return doubt.until is None or one.period.start < doubt.until


def _then(one: Flag, as_of: datetime | None) -> Flag:
    """The flag as it was known at `as_of`."""
    if as_of is None or one.cleared_at is None or one.cleared_at <= as_of:
        return one
    return replace(one, cleared_at=None, cleared=None, doubt=replace(one.doubt, until=None))
