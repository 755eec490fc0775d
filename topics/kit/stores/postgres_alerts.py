"""The log of alerts in PostgreSQL, and beside it each alert as it stands, for fast boards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.contracts import Alert, AlertEvent, AlertStep
from topics.kit.alerting.fold import fold
from topics.kit.alerting.log import AlertCounts, AlertQuery, Board
from topics.kit.alerting.written import alert_of
from topics.kit.errors import AlertAlreadyOpen, UnknownAlert
from topics.kit.stores.postgres_alert_boards import (
    conditions,
    counted,
    fits,
    lasting,
    page_of,
    place,
    rows_of,
)
from topics.kit.stores.postgres_alert_rows import (
    ALERT,
    EVENT,
    add_events,
    events_of,
    held,
    keep_standing,
    read_event,
    standing,
)

_LOCK = 0x616C7274  # "alrt": one writer at a time, so that ids are committed in their order
_MOST = 20_000
"""More open alerts than this at one moment are not counted one by one."""

Decide = Callable[[Alert], Sequence[AlertEvent]]


class PostgresAlerts:
    """The alerts of all processes on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction for several writes."""
        with unavailable(), self._engine.begin() as connection:
            yield connection

    def append(
        self, events: Iterable[AlertEvent], *, connection: sa.Connection | None = None
    ) -> list[AlertEvent]:
        """Add the events, in one transaction, and return them with their ids.

        Raises AlertAlreadyOpen (and adds nothing) when another alert is open for the same rule
        and region, UnknownAlert when the first event of an alert does not open it.
        """
        found = list(events)
        if not found:
            return []
        with self._writing(connection) as writing:
            ids = sorted({one.alert for one in found})
            # Rows first, then the lock: who holds the lock waits for nobody.
            stored, _ = self._add(writing, found, set(held(writing, ids)))
            return stored

    def act(self, alert: str, decide: Decide, *, connection: sa.Connection | None = None) -> Alert:
        """The alert after the events that `decide` gives, seen alone by it: nobody else acts.

        `decide` may raise: then nothing has happened. UnknownAlert when there is none.
        """
        with self._writing(connection) as writing:
            held = writing.execute(
                sa.select(ALERT.c.body).where(ALERT.c.id == alert).with_for_update()
            ).scalar()
            if held is None:
                raise _unknown(alert)
            before = alert_of(held)
            events = list(decide(before))
            if not events:
                return before
            _, alerts = self._add(writing, events, {one.alert for one in events})
            return alerts[alert]

    def act_on(
        self,
        alerts: Iterable[str],
        decide: Decide,
        *,
        connection: sa.Connection | None = None,
    ) -> list[AlertEvent]:
        """What `decide` gave for each of the alerts, all or nothing, and seen alone by it.

        As `act` for thousands at once; alerts that are not known are passed over.
        """
        with self._writing(connection) as writing:
            bodies = held(writing, sorted(set(alerts)))
            events = [event for body in bodies.values() for event in decide(alert_of(body))]
            if not events:
                return []
            stored, _ = self._add(writing, events, {one.alert for one in events})
            return stored

    def find(self, alert: str, *, as_of: datetime | None = None) -> Alert | None:
        """The alert as of a moment; None when there is none, or was none yet."""
        if as_of is not None:
            return fold(self.events(alert), as_of=as_of)
        query = sa.select(ALERT.c.body).where(ALERT.c.id == alert)
        with unavailable(), self._engine.connect() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else alert_of(body)

    def require(self, alert: str, *, as_of: datetime | None = None) -> Alert:
        """The alert as of a moment; UnknownAlert when there is none."""
        found = self.find(alert, as_of=as_of)
        if found is None:
            raise _unknown(alert)
        return found

    def events(self, alert: str, *, as_of: datetime | None = None) -> list[AlertEvent]:
        """What happened to an alert up to a moment, oldest first."""
        with unavailable(), self._engine.connect() as connection:
            return events_of(connection, [alert], as_of).get(alert, [])

    def members_then(self, heads: Sequence[str], as_of: datetime) -> dict[str, list[Alert]]:
        """The open alerts that were shown under each of these at a moment, oldest first."""
        at = EVENT.c
        ever = sa.select(at.alert).where(
            at.step == AlertStep.GROUPED.value,
            at.at <= as_of,
            at.data["under"].astext.in_(heads),
        )
        found: dict[str, list[Alert]] = {}
        if not heads:
            return found
        with unavailable(), self._engine.connect() as connection:
            names = sorted(set(connection.execute(ever).scalars()))
            logs = events_of(connection, names, as_of)
        folded = [one for log in logs.values() if (one := fold(log, as_of=as_of)) is not None]
        for one in sorted(folded, key=lambda each: (each.fired_at or as_of, each.id)):
            if one.open and one.under in heads:
                found.setdefault(str(one.under), []).append(one)
        return found

    def since(self, seq: int, *, limit: int = 1000) -> list[AlertEvent]:
        """The events after the one with id `seq`, in the order in which they were committed."""
        query = sa.select(EVENT).where(EVENT.c.id > seq).order_by(EVENT.c.id).limit(limit)
        with unavailable(), self._engine.connect() as connection:
            return [read_event(row) for row in connection.execute(query)]

    def last(self) -> int:
        """The id of the newest event; 0 when there is none."""
        with unavailable(), self._engine.connect() as connection:
            newest = connection.execute(sa.select(sa.func.max(EVENT.c.id))).scalar()
        return int(newest or 0)

    def open(self, as_of: datetime | None = None) -> list[Alert]:
        """Every open alert as of a moment, the worst and newest first."""
        query = AlertQuery(open=True, limit=_MOST)
        if as_of is not None:
            return list(self.board(query, as_of=as_of).alerts)
        return self.page(query, datetime.now(UTC))[0]

    def page(self, query: AlertQuery, now: datetime) -> tuple[list[Alert], bool]:
        """The page of alerts that `query` asks for, uncounted, and whether there is another."""
        with unavailable(), self._engine.connect() as connection:
            alerts = rows_of(connection, query, now)
        return alerts[: query.limit], len(alerts) > query.limit

    def then(self, query: AlertQuery, as_of: datetime) -> tuple[Board, AlertCounts]:
        """A page as of a moment, and the counts of what the filters but level and state leave."""
        whole = self._folded(replace(query, levels=(), states=()), as_of)
        fitting = [one for one in whole if fits(one, query, as_of)]
        return page_of(query, fitting, as_of), counted(whole, as_of)

    def board(
        self, query: AlertQuery, *, as_of: datetime | None = None, now: datetime | None = None
    ) -> Board:
        """The page of alerts that `query` asks for, as of a moment.

        `now` (default: as_of, else this moment) says whether a pause has ended.
        """
        moment = now or as_of or datetime.now(UTC)
        if as_of is not None:
            return page_of(query, self._folded(query, as_of), moment)
        total = sa.select(sa.func.count()).select_from(ALERT).where(*conditions(query, moment))
        with unavailable(), self._engine.connect() as connection:
            count = connection.execute(total).scalar_one()
            alerts = rows_of(connection, query, moment)
        return Board(alerts[: query.limit], int(count), len(alerts) > query.limit)

    def counts(
        self, query: AlertQuery, *, as_of: datetime | None = None, now: datetime | None = None
    ) -> AlertCounts:
        """How many alerts fit the query, whatever page of it is asked for."""
        moment = now or as_of or datetime.now(UTC)
        if as_of is not None:
            return counted(self._folded(query, as_of), moment)
        query_all = sa.select(ALERT.c.body).where(*conditions(query, moment)).limit(_MOST)
        with unavailable(), self._engine.connect() as connection:
            bodies = connection.execute(query_all).scalars().all()
        return counted([alert_of(one) for one in bodies], moment)

    def of_case(self, case: str) -> Alert | None:
        """The alert that the case was made from, if any."""
        query = sa.select(ALERT.c.body).where(ALERT.c.case_id == case).limit(1)
        with unavailable(), self._engine.connect() as connection:
            body = connection.execute(query).scalar()
        return None if body is None else alert_of(body)

    def _folded(self, query: AlertQuery, as_of: datetime) -> list[Alert]:
        """The alerts that fit as of then, in the order of a board."""
        at = ALERT.c
        where = [at.first_at <= as_of, *lasting(query)]
        if query.open:
            where.append(sa.or_(at.resolved_at.is_(None), at.resolved_at > as_of))
        candidates = sa.select(at.id).where(*where).order_by(at.fired_at.desc()).limit(_MOST)
        with unavailable(), self._engine.connect() as connection:
            ids = connection.execute(candidates).scalars().all()
            events = events_of(connection, ids, as_of)
        folded = (fold(events.get(one, [])) for one in ids)
        fitting = [one for one in folded if one is not None and fits(one, query, as_of)]
        return sorted(fitting, key=place)

    def _add(
        self, writing: sa.Connection, events: Sequence[AlertEvent], older: set[str]
    ) -> tuple[list[AlertEvent], dict[str, Alert]]:
        """Add the events; `older` are the alerts of them that may have events already."""
        writing.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        stored = add_events(writing, events)
        known: dict[str, list[AlertEvent]] = events_of(writing, sorted(older), None)
        for one in stored:
            if one.alert not in older:
                known.setdefault(one.alert, []).append(one)
        alerts: dict[str, Alert] = {}
        written = []
        for alert, log in known.items():
            try:
                made = fold(log)
            except ValueError as wrong:
                raise _unknown(alert) from wrong
            if made is None:
                raise _unknown(alert)
            alerts[alert] = made
            written.append(standing(made, min(one.at for one in log)))
        try:
            keep_standing(writing, written)
        except IntegrityError as wrong:
            raise AlertAlreadyOpen(
                "同一规则、同一地点已有一条未解除的告警;请刷新后在那一条上处理"
            ) from wrong
        return stored, alerts

    @contextmanager
    def _writing(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own


def _unknown(alert: str) -> UnknownAlert:
    return UnknownAlert(f"没有告警 {alert!r};请从告警中心打开")
