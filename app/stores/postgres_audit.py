"""The audit trail in PostgreSQL: append-only, hash-chained, serialised by an advisory lock."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import structlog

from app.errors import AuditBroken
from app.security import chain
from app.security.anchor import raise_anchor, read_anchor
from app.security.people import Anchor, AuditEvent, AuditRecord
from layers.stores.postgres_engine import unavailable

log = structlog.get_logger(__name__)

_LOCK = 0x61756469  # "audi": one writer appends at a time, or two rows would claim one place
_BATCH = 2000

_AUDIT = sa.Table(
    "audit",
    sa.MetaData(),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True)),
    *(
        sa.Column(name, sa.Text)
        for name in ("actor", "action", "object", "outcome", "address", "detail")
    ),
    sa.Column("previous_hash", sa.Text),
    sa.Column("hash", sa.Text),
)


class PostgresAudit:
    """Who did what, when, from where. A change that cannot be recorded is not made."""

    def __init__(self, engine: sa.Engine, *, anchor: Path | None = None) -> None:
        """Keep the trail in the database behind `engine`, its anchor in the file `anchor`."""
        self._engine = engine
        self._anchor = anchor

    def append(self, event: AuditEvent, *, connection: sa.Connection | None = None) -> AuditRecord:
        """Add one event to the chain, within the caller's transaction where one is given.

        Raises StoreUnavailable when it was not recorded.
        """
        with unavailable():
            if connection is not None:
                return _append(connection, event)
            with self._engine.begin() as own:
                record = _append(own, event)
        self._checkpoint(record)
        return record

    @contextmanager
    def recording(self, event: AuditEvent) -> Iterator[sa.Connection]:
        """A transaction for a change: commits the change and the event together, or neither."""
        with unavailable(), self._engine.begin() as connection:
            yield connection
            record = _append(connection, event)
        self._checkpoint(record)

    def list(
        self,
        *,
        limit: int = 100,
        actor: str | None = None,
        action: str | None = None,
        about: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
    ) -> list[AuditRecord]:
        """The newest events first; `action` also matches what begins with it and a dot.

        `about` is what was acted on: the object, or the layer that the detail names. Only what
        happened in [since, before) where these are given.
        """
        query = sa.select(_AUDIT).order_by(_AUDIT.c.seq.desc()).limit(limit)
        if actor is not None:
            query = query.where(_AUDIT.c.actor == actor)
        if action is not None:
            prefix = _AUDIT.c.action.startswith(f"{action}.", autoescape=True)
            query = query.where((_AUDIT.c.action == action) | prefix)
        if since is not None:
            query = query.where(_AUDIT.c.at >= since)
        if before is not None:
            query = query.where(_AUDIT.c.at < before)
        if about is not None:
            named = f'"layer":{json.dumps(about, ensure_ascii=False)}'
            of_layer = _AUDIT.c.detail.contains(named, autoescape=True)
            query = query.where((_AUDIT.c.object == about) | of_layer)
        with unavailable(), self._engine.connect() as connection:
            return [AuditRecord(**row._mapping) for row in connection.execute(query)]

    def verify(self) -> Anchor:
        """Check every row and the anchor; return length and last hash, or raise AuditBroken."""
        kept = read_anchor(self._anchor) if self._anchor is not None else None
        with unavailable(), self._engine.connect() as connection:
            with closing(_walk(connection)) as records:  # a fault stops in the middle
                end = chain.check(records, kept)
        if self._anchor is not None and end.count:
            raise_anchor(self._anchor, end)
        return end

    def _checkpoint(self, record: AuditRecord) -> None:
        if self._anchor is None:
            return
        try:
            raise_anchor(self._anchor, Anchor(record.seq, record.hash))
        except (AuditBroken, OSError) as wrong:
            # The event is committed: a damaged anchor is for `verify` to report, not for a login.
            log.error("audit_anchor_not_written", anchor=str(self._anchor), reason=str(wrong))


def _append(connection: sa.Connection, event: AuditEvent) -> AuditRecord:
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = connection.execute(
        sa.select(_AUDIT.c.seq, _AUDIT.c.hash).order_by(_AUDIT.c.seq.desc()).limit(1)
    ).one_or_none()
    record = chain.link(
        event,
        seq=1 if last is None else last.seq + 1,
        at=datetime.now(UTC),
        previous_hash=chain.START if last is None else last.hash,
    )
    values = {name: getattr(record, name) for name in AuditRecord.__slots__}
    connection.execute(sa.insert(_AUDIT).values(values))
    return record


def _walk(connection: sa.Connection) -> Generator[AuditRecord, None, None]:
    streamed = connection.execution_options(stream_results=True, yield_per=_BATCH)
    with streamed.execute(sa.select(_AUDIT).order_by(_AUDIT.c.seq)) as rows:
        for row in rows:
            yield AuditRecord(**row._mapping)
