"""Shifts and swaps in PostgreSQL; a shift that was replaced stays, so that `as_of` finds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.stores.postgres_engine import unavailable
from topics.kit.duty.contracts import Shift
from topics.kit.duty.replacing import settle
from topics.kit.duty.roster import span_text
from topics.kit.duty.swaps import Swap, SwapEvent, SwapStep, Turn, fold_swap
from topics.kit.errors import BadDuty
from topics.kit.stores.postgres_duty_people import PostgresPeople

_A_DAY = timedelta(days=1)
_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_shift = sa.Table(
    "duty_shift",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("starts", _moment),
    sa.Column("ends", _moment),
    *(sa.Column(name, sa.Text) for name in ("leader", "chief", "recorded_by", "reason")),
    sa.Column("seats", JSONB),
    sa.Column("recorded_at", _moment),
    sa.Column("replaced_at", _moment),
)
_swap = sa.Table(
    "duty_swap",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("first", JSONB),
    sa.Column("second", JSONB),
    *(sa.Column(name, sa.Text) for name in ("reason", "asked_by")),
    sa.Column("asked_at", _moment),
)
_swap_event = sa.Table(
    "duty_swap_event",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("swap", "step", "actor", "note")),
    sa.Column("at", _moment),
)


class PostgresRoster:
    """Keeps shifts and swaps."""

    def __init__(self, engine: sa.Engine, people: PostgresPeople) -> None:
        """Use `engine` and the 通讯录."""
        self._engine = engine
        self._people = people

    def between(
        self,
        start: datetime,
        end: datetime,
        *,
        as_of: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> list[Shift]:
        """The shifts that meet [start, end) as the roster said at `as_of`, in order."""
        at = _shift.c
        query = sa.select(_shift).where(at.starts < end, at.ends > start).order_by(at.starts)
        if as_of is None:
            query = query.where(at.replaced_at.is_(None))
        else:
            since = at.replaced_at.is_(None) | (at.replaced_at > as_of)
            query = query.where(at.recorded_at <= as_of, since)
        return self._read(query, connection)

    def at(self, moment: datetime, *, as_of: datetime | None = None) -> Shift | None:
        """The shift of that moment; None where the roster has a hole."""
        at = _shift.c
        query = sa.select(_shift).where(at.starts <= moment, at.ends > moment)
        if as_of is None:
            query = query.where(at.replaced_at.is_(None))
        else:
            since = at.replaced_at.is_(None) | (at.replaced_at > as_of)
            query = query.where(at.recorded_at <= as_of, since)
        return next(iter(self._read(query.limit(1), None)), None)

    def put(
        self,
        shifts: Iterable[Shift],
        start: datetime,
        end: datetime,
        *,
        by: str,
        now: datetime,
        reason: str,
        connection: sa.Connection,
    ) -> int:
        """Let the shifts stand in place of those that meet [start, end); how many were replaced.

        Of one that reaches beyond the stretch the part outside stays.
        """
        at = _shift.c
        connection.execute(sa.text("LOCK TABLE duty_shift IN SHARE ROW EXCLUSIVE MODE"))
        replaced = self.between(start, end, connection=connection)
        connection.execute(
            sa.update(_shift)
            .where(at.replaced_at.is_(None), at.starts < end, at.ends > start)
            .values(replaced_at=now)
        )
        before = [replace(one, ends=start) for one in replaced if one.starts < start]
        after = [replace(one, starts=end) for one in replaced if one.ends > end]
        rows = [_row(one, by, now, reason) for one in (*shifts, *before, *after)]
        if rows:
            connection.execute(sa.insert(_shift), rows)
        return len(replaced)

    def take(
        self,
        shifts: Sequence[Shift],
        *,
        by: str,
        now: datetime,
        reason: str,
        connection: sa.Connection,
    ) -> int:
        """Let the shifts stand in place of what `settle` says makes place for them; how many went.

        Nothing else is touched: neither other days nor what is over.
        """
        connection.execute(sa.text("LOCK TABLE duty_shift IN SHARE ROW EXCLUSIVE MODE"))
        start, end = min(one.starts for one in shifts), max(one.ends for one in shifts)
        standing = self.between(start - _A_DAY, end + _A_DAY, connection=connection)
        settled = settle(standing, shifts, now)
        begins = [one.starts for one in settled.gone]
        at = _shift.c
        connection.execute(
            sa.update(_shift)
            .where(at.replaced_at.is_(None), at.starts.in_(begins))
            .values(replaced_at=now)
        )
        rows = [_row(one, by, now, reason) for one in (*shifts, *settled.rest)]
        connection.execute(sa.insert(_shift), rows)
        return len(settled.gone)

    def edit(
        self,
        shift: Shift | None,
        was: datetime | None,
        *,
        by: str,
        now: datetime,
        reason: str,
        connection: sa.Connection,
    ) -> Shift | None:
        """Let the shift stand in place of the one that began at `was`, which is returned.

        Without `was` it is a new one; without `shift` the old one goes. Raises BadDuty where there
        is no such shift (any more), it is over, or another one would be on duty at the same time.
        """
        at = _shift.c
        connection.execute(sa.text("LOCK TABLE duty_shift IN SHARE ROW EXCLUSIVE MODE"))
        old = None
        if was is not None:
            found = self._read(
                sa.select(_shift).where(at.starts == was, at.replaced_at.is_(None)), connection
            )
            if not found:
                raise BadDuty("这一班刚被别人改过或撤掉;请刷新排班再改")
            old = found[0]
            if old.ends <= now:
                raise BadDuty(f"{span_text(old.starts, old.ends)} 已经结束,不能再改")
            connection.execute(
                sa.update(_shift)
                .where(at.starts == was, at.replaced_at.is_(None))
                .values(replaced_at=now)
            )
        if shift is not None:
            others = self.between(shift.starts, shift.ends, connection=connection)
            if others:
                named = "、".join(span_text(one.starts, one.ends) for one in others)
                raise BadDuty(f"与已有班次重叠:{named};一个时刻只能有一个班,请先改那一班")
            connection.execute(sa.insert(_shift), [_row(shift, by, now, reason)])
        return old

    def ask_swap(self, swap: Swap, *, connection: sa.Connection) -> None:
        """Store a swap that was asked for."""
        connection.execute(
            sa.insert(_swap).values(
                id=swap.id,
                first=_turn_json(swap.first),
                second=_turn_json(swap.second),
                reason=swap.reason,
                asked_at=swap.asked_at,
                asked_by=swap.asked_by,
            )
        )

    def log_swap(self, event: SwapEvent, *, connection: sa.Connection) -> None:
        """Log a step of a swap."""
        connection.execute(
            sa.insert(_swap_event).values(
                swap=event.swap,
                step=event.step.value,
                at=event.at,
                actor=event.actor,
                note=event.note,
            )
        )

    def swap(self, swap: str, *, connection: sa.Connection) -> Swap | None:
        """The swap, held until the transaction ends; None where there is none."""
        query = sa.select(_swap).where(_swap.c.id == swap).with_for_update()
        return next(iter(_folded(connection, query)), None)

    def swaps(self, *, limit: int = 50) -> list[Swap]:
        """The swaps, the newest first."""
        query = sa.select(_swap).order_by(_swap.c.asked_at.desc(), _swap.c.id).limit(limit)
        with unavailable(), self._engine.connect() as connection:
            return _folded(connection, query)

    def _read(self, query: sa.Select[Any], connection: sa.Connection | None) -> list[Shift]:
        with unavailable():
            if connection is not None:
                rows = list(connection.execute(query).mappings())
            else:
                with self._engine.connect() as own:
                    rows = list(own.execute(query).mappings())
        ids = {row[name] for row in rows for name in ("leader", "chief") if row[name]}
        ids |= {person for row in rows for _, person in row["seats"]}
        people = self._people.named(ids)
        return [
            Shift(
                starts=row["starts"].astimezone(UTC),
                ends=row["ends"].astimezone(UTC),
                leader=people.get(row["leader"] or ""),
                chief=people.get(row["chief"] or ""),
                seats=tuple((post, people[one]) for post, one in row["seats"] if one in people),
            )
            for row in rows
        ]


def _row(one: Shift, by: str, now: datetime, reason: str) -> dict[str, Any]:
    return {
        "starts": one.starts,
        "ends": one.ends,
        "leader": one.leader.id if one.leader else None,
        "chief": one.chief.id if one.chief else None,
        "seats": [[post, person.id] for post, person in one.seats],
        "recorded_at": now,
        "recorded_by": by,
        "reason": reason,
    }


def _turn_json(turn: Turn) -> dict[str, str]:
    return {"starts": turn.starts.isoformat(), "post": turn.post, "person": turn.person}


def _turn(found: dict[str, str]) -> Turn:
    return Turn(datetime.fromisoformat(found["starts"]), found["post"], found["person"])


def _folded(connection: sa.Connection, query: sa.Select[Any]) -> list[Swap]:
    rows = list(connection.execute(query).mappings())
    steps = (
        sa.select(_swap_event)
        .where(_swap_event.c.swap.in_([row["id"] for row in rows]))
        .order_by(_swap_event.c.at, _swap_event.c.id)
    )
    log: dict[str, list[SwapEvent]] = {}
    for row in connection.execute(steps):
        event = SwapEvent(row.swap, SwapStep(row.step), row.at, row.actor, row.note)
        log.setdefault(row.swap, []).append(event)
    return [
        fold_swap(
            Swap(
                id=row["id"],
                first=_turn(row["first"]),
                second=_turn(row["second"]),
                reason=row["reason"],
                asked_at=row["asked_at"].astimezone(UTC),
                asked_by=row["asked_by"],
            ),
            log.get(row["id"], []),
        )
        for row in rows
    ]
