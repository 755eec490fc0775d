"""法定预警 in PostgreSQL; the table itself refuses to change or forget an entry."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from layers.stores.postgres_engine import unavailable
from topics.kit.errors import BadWarning
from topics.kit.warnings.contracts import Issued, LegalWarning

_moment = sa.TIMESTAMP(timezone=True)
_warning = sa.table(
    "legal_warning",
    sa.column("id", sa.BigInteger),
    *(sa.column(one, sa.Text) for one in ("issuer", "kind", "signal", "level")),
    sa.column("area", ARRAY(sa.Text)),
    sa.column("valid_from", _moment),
    sa.column("valid_to", _moment),
    *(sa.column(one, sa.Text) for one in ("text", "reference")),
    sa.column("replaces", sa.BigInteger),
    *(sa.column(one, sa.Text) for one in ("action", "response")),
    sa.column("received_at", _moment),
    sa.column("received_by", sa.Text),
    sa.column("drill", sa.Boolean),
)


class PostgresWarnings:
    """The entries of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def add(
        self,
        issued: Issued,
        *,
        now: datetime,
        by: str,
        drill: bool = False,
        connection: sa.Connection | None = None,
    ) -> tuple[LegalWarning, bool]:
        """The kept entry, and whether it is new: the same one sent again is kept once.

        BadWarning when its reference stands for another text, or when what it replaces is not
        there or was replaced already.
        """
        with unavailable():
            if connection is not None:
                return self._add(connection, issued, now, by, drill)
            with self._engine.begin() as own:
                return self._add(own, issued, now, by, drill)

    def find(self, number: int, *, as_of: datetime | None = None) -> LegalWarning | None:
        """One entry; None when there was none."""
        query = _entries(as_of).where(_warning.c.id == number)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _read(row)

    def newest(
        self, *, as_of: datetime | None = None, before: int | None = None, limit: int = 100
    ) -> list[LegalWarning]:
        """The entries as of a moment, the last received first."""
        query = _entries(as_of).order_by(_warning.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_warning.c.id < before)
        with unavailable(), self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(query)]

    def in_force(self, moment: datetime, *, as_of: datetime | None = None) -> list[LegalWarning]:
        """What holds at the moment, as known then (`as_of`; default: the moment itself)."""
        at = _warning.c
        query = _entries(as_of or moment).where(at.valid_from <= moment, at.action != "解除")
        query = query.where(sa.or_(at.valid_to.is_(None), at.valid_to > moment))
        with unavailable(), self._engine.connect() as connection:
            found = [_read(row) for row in connection.execute(query.order_by(at.id.desc()))]
        return [one for one in found if one.in_force(moment)]

    def _add(
        self, connection: sa.Connection, issued: Issued, now: datetime, by: str, drill: bool
    ) -> tuple[LegalWarning, bool]:
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 190))")
        connection.execute(lock, {"name": issued.issuer})
        known = self._by_reference(connection, issued.issuer, issued.reference)
        if known is not None:
            if known.issued != issued:
                raise BadWarning(
                    f"文号 {issued.reference} 已有内容不同的一份;更新请用新文号,并写替代文号",
                    problems=[("reference", "已用于另一份内容")],
                )
            return known, False
        replaces = None
        if issued.replaces is not None:
            replaces = self._replaced(connection, issued).id
        values = {
            "issuer": issued.issuer,
            "kind": issued.kind,
            "signal": issued.signal,
            "level": issued.level,
            "area": list(issued.area),
            "valid_from": issued.valid_from,
            "valid_to": issued.valid_to,
            "text": issued.text,
            "reference": issued.reference,
            "replaces": replaces,
            "action": issued.action,
            "response": issued.response,
            "received_at": now,
            "received_by": by,
            "drill": drill,
        }
        statement = sa.insert(_warning).values(values).returning(_warning.c.id)
        try:
            number = int(connection.execute(statement).scalar_one())
        except IntegrityError as wrong:
            raise BadWarning("同一份预警刚被另一次更新替代;请刷新后重试") from wrong
        return LegalWarning(number, issued, now, by, drill), True

    def _replaced(self, connection: sa.Connection, issued: Issued) -> LegalWarning:
        old = self._by_reference(connection, issued.issuer, issued.replaces or "")
        if old is None:
            raise BadWarning(
                f"{issued.issuer} 没有文号 {issued.replaces} 的预警;请核对替代文号",
                problems=[("replaces", "没有这一份")],
            )
        if old.replaced_at is not None or old.issued.action == "解除":
            raise BadWarning(
                f"文号 {issued.replaces} 已被更新或解除;请写最后一份的文号",
                problems=[("replaces", "已被更新或解除")],
            )
        return old

    def _by_reference(
        self, connection: sa.Connection, issuer: str, reference: str
    ) -> LegalWarning | None:
        at = _warning.c
        query = _entries(None).where(at.issuer == issuer, at.reference == reference)
        row = connection.execute(query).one_or_none()
        return None if row is None else _read(row)


def _entries(as_of: datetime | None) -> sa.Select[tuple[object, ...]]:
    """Each entry, the reference of what it replaces, and when it was replaced as known then."""
    later, older = sa.alias(_warning, "later"), sa.alias(_warning, "older")
    replaced = later.c.replaces == _warning.c.id
    if as_of is not None:
        replaced = sa.and_(replaced, later.c.received_at <= as_of)
    query = sa.select(
        _warning,
        older.c.reference.label("replaces_reference"),
        # An update that begins later leaves the older one in force until then.
        sa.func.greatest(later.c.received_at, later.c.valid_from).label("replaced_at"),
    ).select_from(
        _warning.outerjoin(older, older.c.id == _warning.c.replaces).outerjoin(later, replaced)
    )
    return query if as_of is None else query.where(_warning.c.received_at <= as_of)


def _read(row: sa.Row[tuple[object, ...]]) -> LegalWarning:
    at = row._mapping
    issued = Issued(
        issuer=at["issuer"],
        kind=at["kind"],
        signal=at["signal"],
        level=at["level"],
        area=tuple(at["area"]),
        valid_from=at["valid_from"],
        valid_to=at["valid_to"],
        text=at["text"],
        reference=at["reference"],
        action=at["action"],
        replaces=at["replaces_reference"],
        response=at["response"],
    )
    return LegalWarning(
        at["id"], issued, at["received_at"], at["received_by"], at["drill"], at["replaced_at"]
    )
