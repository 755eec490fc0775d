"""Runs of refreshers in PostgreSQL: every tick claimed once, every run kept."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from layers.stores.postgres_engine import unavailable
from topics.kit.runs import Claim, Refusal, RunRecord, Yield, turning
from topics.kit.stores.postgres_events import PostgresEvents

_metadata = sa.MetaData()
_moment = sa.DateTime(timezone=True)

run_table = sa.Table(
    "refresh_run",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("refresher", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("tick", _moment),
    sa.Column("started", _moment),
    sa.Column("finished", _moment),
    sa.Column("ok", sa.Boolean),
    sa.Column("error", sa.Text),
    sa.Column("read", sa.Integer),
    sa.Column("kept", sa.Integer),
    sa.Column("refused", sa.Integer),
    sa.Column("refusals", JSONB),
    sa.Column("notes", JSONB),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("http_status", sa.Integer),
    sa.Column("watermark", sa.Text),
    sa.Column("span", sa.Text),
)
state_table = sa.Table(
    "refresh_state",
    _metadata,
    sa.Column("refresher", sa.Text, primary_key=True),
    sa.Column("tick", _moment),
    sa.Column("fence", sa.BigInteger),
    sa.Column("run", sa.Text),
    sa.Column("failures_in_row", sa.Integer),
    sa.Column("last_ok", _moment),
)
file_table = sa.Table(
    "refresh_file",
    _metadata,
    sa.Column("refresher", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("taken_at", _moment),
)

BACKFILL = "backfill"
_INTERRUPTED = "运行被中断(程序重启或断电);将自动补跑一次"


class PostgresRuns:
    """The RunLog of all processes on one database; also remembers files of drop folders.

    Claims live here and not in Valkey, so that a tick stays claimed through the loss of Valkey.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine
        self._events = PostgresEvents(engine)

    def next_fence(self) -> int:
        """A number above all given before; taken by a process when it becomes leader."""
        with unavailable(), self._engine.begin() as connection:
            return int(connection.execute(sa.text("SELECT nextval('leader_fence')")).scalar_one())

    def claim(self, claim: Claim) -> bool:
        """True once per tick over all processes and times; False for older ticks and leaders."""
        mine = {"refresher": claim.refresher, "tick": claim.tick, "fence": claim.fence}
        fresh = insert(state_table).values(**mine)
        statement = fresh.on_conflict_do_update(
            index_elements=["refresher"],
            set_={"tick": claim.tick, "fence": claim.fence},
            where=(sa.func.coalesce(state_table.c.tick < claim.tick, True))
            & (state_table.c.fence <= claim.fence),
        ).returning(state_table.c.refresher)
        with unavailable(), self._engine.begin() as connection:
            return connection.execute(statement).first() is not None

    def holds(self, claim: Claim) -> bool:
        """Whether no later tick and no later leader took over since `claim`."""
        query = sa.select(sa.literal(1)).where(
            state_table.c.refresher == claim.refresher,
            state_table.c.tick == claim.tick,
            state_table.c.fence == claim.fence,
        )
        with unavailable(), self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def begin(
        self, refresher: str, *, cause: str, tick: datetime, now: datetime, span: str = ""
    ) -> str:
        """Record that a run started and return its id; a back-fill is never the latest run."""
        run = secrets.token_hex(8)
        row = {"id": run, "refresher": refresher, "cause": cause, "tick": tick, "started": now}
        row["span"] = span
        state = insert(state_table).values(refresher=refresher, run=run)
        again = {"run": run} if cause != BACKFILL else {"refresher": refresher}
        if cause == BACKFILL:
            state = insert(state_table).values(refresher=refresher)
        state = state.on_conflict_do_update(index_elements=["refresher"], set_=again)
        with unavailable(), self._engine.begin() as connection:
            if cause != "manual":  # one that the database's own death cut off was never ended
                same = run_table.c.cause == BACKFILL
                ended = _interrupted(now, same if cause == BACKFILL else ~same)
                connection.execute(ended.where(run_table.c.refresher == refresher))
            connection.execute(sa.insert(run_table).values(**row))
            connection.execute(state)
        return run

    def finish(
        self, run: str, outcome: Yield, *, error: str, now: datetime, overtaken: bool = False
    ) -> RunRecord:
        """Record how it ended; an empty `error` is success.

        The first failure and the recovery are events, committed together with the record. A run
        that was `overtaken`, and a back-fill, says nothing about how its source stands today and
        counts as neither.
        """
        ended = {
            "finished": now,
            "ok": not error,
            "error": error,
            "read": outcome.read,
            "kept": outcome.kept,
            "refused": outcome.refused,
            "refusals": [dataclasses.asdict(one) for one in outcome.refusals],
            "notes": list(outcome.notes),
            "bytes": outcome.bytes,
            "http_status": outcome.http_status,
            "watermark": outcome.watermark,
        }
        with unavailable(), self._engine.begin() as connection:
            update = sa.update(run_table).where(run_table.c.id == run).values(**ended)
            told = update.returning(run_table.c.refresher, run_table.c.cause)
            refresher, cause = connection.execute(told).one()
            overtaken = overtaken or cause == BACKFILL
            before: int = connection.execute(_failures(refresher)).scalar_one()
            if not overtaken:
                connection.execute(_count(refresher, ok=not error, now=now))
            record = _record(connection.execute(_records().where(run_table.c.id == run)).one())
            event = None if overtaken else turning(record, before)
            if event is not None:
                self._events.append([event], connection=connection)
        return dataclasses.replace(record, turned=event is not None)

    def latest(self) -> Mapping[str, RunRecord]:
        """The latest run of every refresher that ever ran."""
        query = _records().where(state_table.c.run == run_table.c.id)
        with unavailable(), self._engine.connect() as connection:
            return {row.refresher: _record(row) for row in connection.execute(query)}

    def history(
        self, refresher: str, limit: int = 50, *, after: tuple[datetime, str] | None = None
    ) -> Sequence[RunRecord]:
        """The newest runs of one refresher, newest first; `after` continues behind one."""
        at = run_table.c
        query = _records().where(at.refresher == refresher)
        query = query.order_by(at.started.desc(), at.id.desc()).limit(limit)
        if after is not None:
            query = query.where(sa.tuple_(at.started, at.id) < sa.tuple_(*after))
        with unavailable(), self._engine.connect() as connection:
            return [_record(row) for row in connection.execute(query)]

    def find(self, runs: Sequence[str]) -> Mapping[str, RunRecord]:
        """The runs of these ids, those that are still remembered."""
        wanted = sorted(set(runs))
        if not wanted:
            return {}
        query = _records().where(run_table.c.id == sa.any_(sa.literal(wanted, ARRAY(sa.Text))))
        with unavailable(), self._engine.connect() as connection:
            return {row.id: _record(row) for row in connection.execute(query)}

    def last(self, refresher: str) -> RunRecord | None:
        """The latest run of a refresher; None before the first."""
        query = _records().where(
            state_table.c.refresher == refresher, state_table.c.run == run_table.c.id
        )
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _record(row)

    def abandon(self, *, now: datetime) -> Sequence[str]:
        """End the scheduled runs that have no end, as failed; returns their refreshers.

        Called by a new leader: a run of the leader before it is either dead or fenced off.
        """
        update = _interrupted(now, run_table.c.cause != BACKFILL).returning(run_table.c.refresher)
        with unavailable(), self._engine.begin() as connection:
            return sorted(set(connection.execute(update).scalars()))

    def ticks(self) -> Mapping[str, datetime]:
        """The last claimed tick of every refresher."""
        query = sa.select(state_table.c.refresher, state_table.c.tick)
        query = query.where(state_table.c.tick.is_not(None))
        with unavailable(), self._engine.connect() as connection:
            return {row.refresher: row.tick for row in connection.execute(query)}

    def durations(self, count: int) -> Mapping[str, Sequence[tuple[float, bool]]]:
        """Seconds and success of the last ended runs of every refresher, oldest first."""
        query = sa.text(
            "SELECT s.refresher, r.seconds, r.ok FROM refresh_state AS s CROSS JOIN LATERAL ("
            "SELECT extract(epoch FROM finished - started) AS seconds, ok, started FROM refresh_run"
            " WHERE refresher = s.refresher AND finished IS NOT NULL AND cause <> 'backfill'"
            " ORDER BY started DESC LIMIT :count) AS r ORDER BY s.refresher, r.started"
        )
        found: dict[str, list[tuple[float, bool]]] = {}
        with unavailable(), self._engine.connect() as connection:
            for name, seconds, ok in connection.execute(query, {"count": count}):
                found.setdefault(name, []).append((float(seconds), bool(ok)))
        return found

    def prune(self, before: datetime) -> int:
        """Forget runs that started before; the latest of each refresher stays."""
        kept = sa.select(state_table.c.run).where(state_table.c.run.is_not(None))
        delete = sa.delete(run_table).where(
            run_table.c.started < before, run_table.c.id.not_in(kept)
        )
        with unavailable(), self._engine.begin() as connection:
            return connection.execute(delete).rowcount

    def seen(self, refresher: str) -> frozenset[str]:
        """SHA-256 of all files taken in."""
        query = sa.select(file_table.c.sha256).where(file_table.c.refresher == refresher)
        with unavailable(), self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def remember(self, refresher: str, sha256: str, name: str, *, now: datetime) -> None:
        """Never offer this content again."""
        row = {"refresher": refresher, "sha256": sha256, "name": name, "taken_at": now}
        statement = insert(file_table).values(**row).on_conflict_do_nothing()
        with unavailable(), self._engine.begin() as connection:
            connection.execute(statement)


def _interrupted(now: datetime, which: sa.ColumnElement[bool]) -> sa.Update:
    return (
        sa.update(run_table)
        .where(run_table.c.finished.is_(None), run_table.c.cause != "manual", which)
        .values(finished=now, ok=False, error=_INTERRUPTED)
    )


def _failures(refresher: str) -> sa.Select[Any]:
    """Held until the end of the transaction, so that two runs never both find the first failure."""
    query = sa.select(state_table.c.failures_in_row).where(state_table.c.refresher == refresher)
    return query.with_for_update()


def _count(refresher: str, *, ok: bool, now: datetime) -> sa.Update:
    after: dict[str, Any] = (
        {"failures_in_row": 0, "last_ok": now}
        if ok
        else {"failures_in_row": state_table.c.failures_in_row + 1}
    )
    return sa.update(state_table).where(state_table.c.refresher == refresher).values(**after)


def _records() -> sa.Select[Any]:
    joined = run_table.join(state_table, run_table.c.refresher == state_table.c.refresher)
    return sa.select(run_table, state_table.c.failures_in_row, state_table.c.last_ok).select_from(
        joined
    )


def _record(row: sa.Row[Any]) -> RunRecord:
    values = dict(row._mapping)
    values["refusals"] = tuple(Refusal(**one) for one in values["refusals"])
    values["notes"] = tuple(values["notes"])
    return RunRecord(**values)
