"""Where series stand with rules, in PostgreSQL; only the newest leader may write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from layers.stores.postgres_engine import unavailable
from topics.kit.alerting.contracts import AlertEvent, AlertKey, AlertLevel, Condition
from topics.kit.alerting.machine import LevelState, SeriesState
from topics.kit.alerting.standing import Standing, Standings, standing_json, standing_of
from topics.kit.errors import NotLeader
from topics.kit.stores.postgres_alerts import PostgresAlerts

_metadata = sa.MetaData()
_state = sa.Table(
    "alert_rule_state",
    _metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, primary_key=True),
    sa.Column("body", JSONB),
)
_evaluator = sa.Table(
    "alert_evaluator",
    _metadata,
    sa.Column("one", sa.Boolean, primary_key=True),
    sa.Column("fence", sa.BigInteger),
    sa.Column("at", sa.TIMESTAMP(timezone=True)),
)


class PostgresStandings:
    """Keeps what an evaluation found, together with what it told, in one transaction."""

    def __init__(self, engine: sa.Engine, alerts: PostgresAlerts) -> None:
        """Use `engine`; events go to `alerts`."""
        self._engine = engine
        self.alerts = alerts

    def load(self) -> Standings:
        """Every series that is not at rest."""
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_state)).all()
        return {AlertKey(row.rule, row.region): standing_of(row.body) for row in rows}

    def pending_at(self, moment: datetime) -> Standings:
        """The series that waited for their hold at a moment, with since when they did."""
        asked = {"moment": moment}
        with unavailable(), self._engine.connect() as connection:
            rows = connection.execute(_PENDING_AT, asked).all()
        return {
            AlertKey(row.rule, row.region): Standing(
                SeriesState({AlertLevel.BLUE: LevelState(row.since.astimezone(UTC))})
            )
            for row in rows
        }

    def prune(self, before: datetime) -> int:
        """Forget which series waited for their hold until before then; how many that were."""
        with unavailable(), self._engine.begin() as connection:
            return int(connection.execute(_PRUNE, {"before": before}).rowcount)

    def evaluated_at(self) -> datetime | None:
        """When rules were last evaluated; None when they never were."""
        with unavailable(), self._engine.connect() as connection:
            return connection.execute(sa.select(_evaluator.c.at)).scalar()

    def keep(
        self,
        changed: Mapping[AlertKey, Standing],
        events: Sequence[AlertEvent],
        *,
        fence: int,
        now: datetime,
    ) -> list[AlertEvent]:
        """Store what an evaluation changed and append its events, all or nothing.

        NotLeader when a leader with a higher fence has evaluated meanwhile.
        """
        with unavailable(), self._engine.begin() as connection:
            self._claim(connection, fence, now)
            resting = {key for key, one in changed.items() if not one.alert and one.state.at_rest}
            _forget(connection, resting)
            _remember(connection, [pair for pair in changed.items() if pair[0] not in resting])
            _note_pending(connection, changed, now)
            return self.alerts.append(events, connection=connection)

    def _claim(self, connection: sa.Connection, fence: int, now: datetime) -> None:
        mine = insert(_evaluator).values(one=True, fence=fence, at=now)
        mine = mine.on_conflict_do_update(
            index_elements=["one"],
            set_={"fence": fence, "at": now},
            where=_evaluator.c.fence <= fence,
        )
        if connection.execute(mine.returning(_evaluator.c.fence)).first() is None:
            raise NotLeader("另一个工作进程已接手告警规则的计算,本进程停止")


_REMEMBER = sa.text(
    "INSERT INTO alert_rule_state (rule, region, body) SELECT rule, region, body"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(rule text, region text, body jsonb)"
    " ON CONFLICT (rule, region) DO UPDATE SET body = excluded.body"
)
_FORGET = sa.text(
    "DELETE FROM alert_rule_state AS s"
    " USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(rule text, region text)"
    " WHERE s.rule = r.rule AND s.region = r.region"
)


# A series that begins to wait is noted once; one that fires or is back no longer waits.
_PENDING = sa.text(
    "INSERT INTO alert_pending (rule, region, since) SELECT rule, region, since"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS r(rule text, region text, since timestamptz) ON CONFLICT DO NOTHING"
)
_WAITED = sa.text(
    "UPDATE alert_pending AS p SET until = :now"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS r(rule text, region text, since timestamptz)"
    " WHERE p.rule = r.rule AND p.region = r.region AND p.until IS NULL"
    " AND p.since IS DISTINCT FROM r.since"
)
# What still waits has no end yet and stays, however long it has waited.
_PRUNE = sa.text("DELETE FROM alert_pending WHERE until < :before")
_PENDING_AT = sa.text(
    "SELECT rule, region, since FROM alert_pending"
    " WHERE since <= :moment AND (until IS NULL OR until > :moment) ORDER BY since, rule, region"
)


def _note_pending(
    connection: sa.Connection, changed: Mapping[AlertKey, Standing], now: datetime
) -> None:
    waits = {
        key: one.state.since if one.state.condition is Condition.PENDING else None
        for key, one in changed.items()
    }
    rows = [
        {"rule": key.rule, "region": key.region, "since": since and since.isoformat()}
        for key, since in waits.items()
    ]
    if not rows:
        return
    connection.execute(_WAITED, {"rows": orjson.dumps(rows).decode(), "now": now})
    begun = [one for one in rows if one["since"]]
    if begun:
        connection.execute(_PENDING, {"rows": orjson.dumps(begun).decode()})


def _remember(connection: sa.Connection, awake: Iterable[tuple[AlertKey, Standing]]) -> None:
    rows = [
        {"rule": key.rule, "region": key.region, "body": standing_json(one)} for key, one in awake
    ]
    if rows:
        connection.execute(_REMEMBER, {"rows": orjson.dumps(rows).decode()})


def _forget(connection: sa.Connection, resting: Iterable[AlertKey]) -> None:
    rows = [{"rule": one.rule, "region": one.region} for one in resting]
    if rows:
        connection.execute(_FORGET, {"rows": orjson.dumps(rows).decode()})
