"""Questions about many alerts at once: how many, when, how quickly; each one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median as middle

import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.contracts import Alert, AlertLevel
from topics.kit.alerting.fold import fold
from topics.kit.alerting.log import AlertCounts, AlertQuery
from topics.kit.alerting.written import alert_of
from topics.kit.stores.postgres_alert_boards import conditions, lasting, state_word
from topics.kit.stores.postgres_alert_past import fired_as_of
from topics.kit.stores.postgres_alert_rows import ALERT, events_of

_TOP = (ALERT.c.under.is_(None), ALERT.c.inhibited_by.is_(None))
_LEVELS = {one.severity: one for one in AlertLevel}
_HOUR = sa.func.date_trunc("hour", ALERT.c.fired_at, "UTC")
_FALSE = ALERT.c.said_false
_WAITED = sa.func.extract("epoch", ALERT.c.acknowledged_at - ALERT.c.fired_at)
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open alerts of a rule stand for themselves at one level."""

    rule: str
    topic: str
    indicator: str | None
    level: AlertLevel
    count: int
    unacknowledged: int


@dataclass(frozen=True, slots=True)
class HourCount:
    """How many alerts of a level fired in an hour."""

    at: datetime
    level: AlertLevel
    count: int


@dataclass(frozen=True, slots=True)
class Foot:
    """How the last days went, by rule and topic."""

    fired: int
    false: int
    median_s: float | None


class PostgresAlertTallies:
    """Reads what PostgresAlerts writes."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`."""
        self._engine = engine

    def open(self) -> list[Tally]:
        """Open alerts that stand for themselves, counted."""
        at = ALERT.c
        query = (
            sa.select(
                at.rule,
                at.topic,
                at.indicator,
                at.severity,
                sa.func.count().label("count"),
                sa.func.count().filter(at.acknowledged_at.is_(None)).label("waiting"),
            )
            .where(at.resolved_at.is_(None), at.fired_at.is_not(None), *_TOP)
            .group_by(at.rule, at.topic, at.indicator, at.severity)
        )
        with unavailable(), self._engine.connect() as connection:
            return [
                Tally(
                    row.rule,
                    row.topic,
                    row.indicator,
                    _LEVELS[row.severity],
                    row._mapping["count"],
                    row.waiting,
                )
                for row in connection.execute(query)
            ]

    def counts(self, query: AlertQuery, now: datetime) -> AlertCounts:
        """How many alerts fit the query, whatever page of it is asked for; counted in SQL.

        The same answer as PostgresAlerts.counts, also while thousands are open.
        """
        at, state = ALERT.c, state_word(now)
        asked = (
            sa.select(
                at.severity,
                state.label("state"),
                at.topic,
                at.region,
                at.resolved_at.is_(None).label("open"),
                at.acknowledged_at.is_(None).label("waiting"),
                sa.func.count().label("count"),
            )
            .where(*conditions(query, now))
            .group_by(at.severity, sa.text("2"), at.topic, at.region, sa.text("5"), sa.text("6"))
        )
        level, states = Counter[str](), Counter[str]()
        topic, region = Counter[str](), Counter[str]()
        pairs = Counter[tuple[str, str]]()
        opened = waiting = 0
        with unavailable(), self._engine.connect() as connection:
            for row in connection.execute(asked):
                count = row._mapping["count"]
                level[_LEVELS[row.severity].value] += count
                states[row.state] += count
                pairs[_LEVELS[row.severity].value, row.state] += count
                topic[row.topic] += count
                region[row.region] += count
                opened += count if row.open else 0
                waiting += count if row.open and row.waiting else 0
        return AlertCounts(level, states, topic, region, opened, waiting, pairs)

    def by_ids(self, ids: Sequence[str], *, as_of: datetime | None = None) -> list[Alert]:
        """These alerts as of a moment, in the order given, without those there were none of."""
        if not ids:
            return []
        with unavailable(), self._engine.connect() as connection:
            if as_of is not None:
                events = events_of(connection, ids, as_of)
                folded = (fold(events.get(one, [])) for one in ids)
                return [one for one in folded if one is not None]
            query = sa.select(ALERT.c.body).where(ALERT.c.id.in_(ids))
            found = {one.id: one for one in map(alert_of, connection.execute(query).scalars())}
        return [found[one] for one in ids if one in found]

    def members(self, head: str, *, limit: int = 200) -> list[Alert]:
        """The open alerts shown under another one, worst first."""
        at = ALERT.c
        query = (
            sa.select(at.body)
            .where(at.under == head, at.resolved_at.is_(None), at.fired_at.is_not(None))
            .order_by(at.severity.desc(), at.fired_at.desc(), at.id)
            .limit(limit)
        )
        with unavailable(), self._engine.connect() as connection:
            return [alert_of(one) for one in connection.execute(query).scalars()]

    def group_sizes(self, heads: Sequence[str]) -> dict[str, int]:
        """How many open alerts are shown under each of these."""
        if not heads:
            return {}
        at = ALERT.c
        query = (
            sa.select(at.under, sa.func.count())
            .where(at.under.in_(heads), at.resolved_at.is_(None))
            .group_by(at.under)
        )
        with unavailable(), self._engine.connect() as connection:
            return {head: int(count) for head, count in connection.execute(query)}

    def resolved_since(self, moment: datetime, *, limit: int = 2000) -> list[Alert]:
        """What was resolved since then, newest first."""
        at = ALERT.c
        query = (
            sa.select(at.body)
            .where(at.resolved_at >= moment, at.fired_at.is_not(None), *_TOP)
            .order_by(at.resolved_at.desc())
            .limit(limit)
        )
        with unavailable(), self._engine.connect() as connection:
            return [alert_of(one) for one in connection.execute(query).scalars()]

    def hours(
        self,
        query: AlertQuery,
        first: datetime,
        last: datetime,
        *,
        as_of: datetime | None = None,
    ) -> list[HourCount]:
        """What fired in [first, last) of the topics and rules of `query`, by hour and level.

        The level is the present one, or the one of the moment `as_of`.
        """
        at = ALERT.c
        if as_of is not None:
            return self._hours_then(query, first, last, as_of)
        asked = (
            sa.select(_HOUR.label("hour"), at.severity, sa.func.count().label("count"))
            .where(at.fired_at >= first, at.fired_at < last)
            .where(*lasting(AlertQuery(topics=query.topics, rules=query.rules)))
            .group_by(sa.text("1"), at.severity)
            .order_by(sa.text("1"))
        )
        with unavailable(), self._engine.connect() as connection:
            return [
                HourCount(row.hour, _LEVELS[row.severity], row._mapping["count"])
                for row in connection.execute(asked)
            ]

    def _hours_then(
        self, query: AlertQuery, first: datetime, last: datetime, as_of: datetime
    ) -> list[HourCount]:
        where = [ALERT.c.fired_at >= first, ALERT.c.fired_at < last]
        where += lasting(AlertQuery(topics=query.topics, rules=query.rules))
        with unavailable(), self._engine.connect() as connection:
            alerts = fired_as_of(connection, where, as_of)
        counts = Counter(
            (one.fired_at.replace(minute=0, second=0, microsecond=0), one.level)
            for one in alerts
            if one.fired_at is not None
        )
        return [HourCount(*key, count) for key, count in sorted(counts.items())]

    def foot(
        self,
        now: datetime,
        *,
        topics: Sequence[str] | None,
        rules: Sequence[str] | None,
        span: timedelta = timedelta(days=30),
        as_of: datetime | None = None,
    ) -> Foot:
        """How the last 30 days went: fired, marked false, and the median wait for a 确认.

        With `as_of` (then `now` is that moment too) nothing that was done later counts.
        """
        at = ALERT.c
        where = [at.fired_at >= now - span, at.fired_at <= now]
        where += [at.topic.in_(topics)] if topics is not None else []
        where += [at.rule.in_(rules)] if rules is not None else []
        if as_of is not None:
            return self._foot_then(where, as_of)
        median = sa.func.percentile_cont(0.5).within_group(_WAITED)
        query = sa.select(
            sa.func.count(),
            sa.func.count().filter(_FALSE),
            median.filter(at.acknowledged_at.is_not(None), at.acknowledged_at >= at.fired_at),
        ).where(*where)
        with unavailable(), self._engine.connect() as connection:
            fired, false, waited = connection.execute(query).one()
        return Foot(int(fired), int(false), None if waited is None else float(waited))

    def _foot_then(self, where: Sequence[sa.ColumnElement[bool]], as_of: datetime) -> Foot:
        with unavailable(), self._engine.connect() as connection:
            alerts = fired_as_of(connection, where, as_of)
        waits = [
            (one.acknowledged_at - one.fired_at).total_seconds()
            for one in alerts
            if one.acknowledged_at and one.fired_at and one.acknowledged_at >= one.fired_at
        ]
        false = sum(one.false for one in alerts)
        return Foot(len(alerts), false, middle(waits) if waits else None)
