"""How a batch of observations enters PostgreSQL: COPY into a stage, then one upsert.

A value that changed leaves what it said before in observation_revision.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from topics.kit.contracts import Observation, ValueStatus
from topics.kit.errors import BadObservation
from topics.kit.texts import storable

_VALUELESS = frozenset({ValueStatus.MISSING, ValueStatus.NOT_MONITORED})

_KEY = "indicator, region, period_start, period_kind"
_SAID = "value, status, unit, source, run, recorded_at"
_OLD = ", ".join(f"old_{one}" for one in _SAID.split(", "))
_COLUMNS = """n integer, indicator text, region text, period_start timestamptz, period_kind text,
    value double precision, status text, unit text, source text, run text,
    recorded_at timestamptz, dated boolean"""

# Their rows go with each transaction; the tables stay for the next one of the connection.
_STAGES = f"""
CREATE TEMP TABLE IF NOT EXISTS observation_stage ({_COLUMNS}) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS observation_differing ({_COLUMNS},
    old_value double precision, old_status text, old_unit text, old_source text, old_run text,
    old_recorded_at timestamptz) ON COMMIT DELETE ROWS
"""
# Writers of the same indicators take turns, so that each sees what the one before it said. Row
# locks would not do: PostgreSQL 15 dropped rows of later partitions when a locking join had waited.
_LOCK = 0x7C0B5F
_TURNS = 16
# Whoever computes formulas has some work of his own between two writes of one transaction.
_PATIENCE = "SET LOCAL lock_timeout = '20s'; SET LOCAL idle_in_transaction_session_timeout = '60s'"
_TOLD = f"""
INSERT INTO live_outbox ({_KEY}, value, status, recorded_at)
SELECT {_KEY}, value, status, recorded_at FROM {{changed}}
"""
_ADD = f"""
WITH added AS (
    INSERT INTO observation ({_KEY}, {_SAID})
    SELECT {_KEY}, {_SAID} FROM observation_stage ORDER BY {_KEY}
    ON CONFLICT DO NOTHING
    RETURNING {_KEY}, value, status, recorded_at
), told AS ({{told}})
SELECT array_agg(n) FROM added JOIN observation_stage USING ({_KEY})
"""
# Half the work of _ADD where no period is known yet. The first conflict, which for a repeated batch
# is the first row, undoes it; an error that is caught there is not logged by the server.
_ADD_ALL = f"""
DO $$ BEGIN
    PERFORM set_config('tonglan.all_new', 'yes', true);
    INSERT INTO observation ({_KEY}, {_SAID})
    SELECT {_KEY}, {_SAID} FROM observation_stage ORDER BY {_KEY};
    {{told}};
EXCEPTION WHEN unique_violation THEN
    PERFORM set_config('tonglan.all_new', 'no', true);
END $$
"""
_WERE_ALL_NEW = "SELECT current_setting('tonglan.all_new') = 'yes'"
_FIND = f"""
INSERT INTO observation_differing
SELECT s.n, {_KEY}, s.value, s.status, s.unit, s.source, s.run,
    CASE WHEN s.dated AND s.recorded_at < o.recorded_at THEN s.recorded_at
        ELSE greatest(s.recorded_at, o.recorded_at + interval '1 microsecond') END,
    s.dated, o.value, o.status, o.unit, o.source, o.run, o.recorded_at
FROM observation_stage AS s JOIN observation AS o USING ({_KEY})
WHERE (o.value, o.status) IS DISTINCT FROM (s.value, s.status)
"""
# A statement dated before the current one is older knowledge: history, never the current value.
_REVISE = f"""
WITH kept AS (
    INSERT INTO observation_revision ({_KEY}, {_SAID})
    SELECT {_KEY}, {_OLD} FROM observation_differing WHERE recorded_at > old_recorded_at
    ON CONFLICT DO NOTHING
), older AS (
    INSERT INTO observation_revision ({_KEY}, {_SAID})
    SELECT {_KEY}, {_SAID} FROM observation_differing WHERE recorded_at < old_recorded_at
    ON CONFLICT DO NOTHING
), changed AS (
    UPDATE observation AS o SET value = d.value, status = d.status, unit = d.unit,
        source = d.source, run = d.run, recorded_at = d.recorded_at
    FROM observation_differing AS d
    WHERE o.indicator = d.indicator AND o.region = d.region AND o.period_start = d.period_start
        AND o.period_kind = d.period_kind AND d.recorded_at > d.old_recorded_at
    RETURNING d.n, o.indicator, o.region, o.period_start, o.period_kind, o.value, o.status,
        o.recorded_at
), told AS ({{told}})
SELECT n, recorded_at FROM changed
"""
# Few staged rows against a large table: look each up in the index, whatever the statistics say.
_BY_INDEX = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
_BY_ANY = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"


def checked(observations: Iterable[Observation]) -> list[Observation]:
    """The observations as a list; BadObservation names the first that must not be stored."""
    rows = list(observations)
    for number, one in enumerate(rows, 1):
        problem = problem_of(one)
        if problem:
            raise BadObservation(f"第 {number} 条({one.indicator} {one.region}):{problem}")
    return rows


def problem_of(one: Observation) -> str | None:
    """What keeps an observation out of the store, in Chinese with the fix; None when nothing."""
    if one.value is not None and not math.isfinite(one.value):
        return "数值不是有限的数;缺测请写 value 为空、status 为 missing"
    if (one.value is None) != (one.status in _VALUELESS):
        if one.value is None:
            return f"没有数值而状态为 {one.status};缺测写 missing,未监测写 not_monitored"
        return f"状态为 {one.status} 时不能有数值;去掉数值或改状态"
    if one.period.start.tzinfo is None:
        return "时间没有时区;请写成带 +08:00 的时间"
    texts = (one.indicator, one.region, one.unit, one.source, one.run or "")
    if not all(map(storable, texts)):
        return "文字中有空字符(NUL)或残缺的字符;请去掉后再存"
    return None


def write(
    connection: sa.Connection, rows: Sequence[Observation], now: datetime, *, live: bool
) -> list[Observation]:
    """Store the rows in the caller's transaction; return those that became the current value."""
    connection.exec_driver_sql("SET LOCAL jit = off")
    connection.exec_driver_sql(_STAGES)
    take_turns(connection, rows)
    changed: list[Observation] = []
    for one_each in _rounds(rows):
        changed += _write_round(connection, one_each, now, live=live)
    return changed


def take_turns(connection: sa.Connection, rows: Sequence[Observation]) -> None:
    """Wait for other writers of these indicators, until the end of the transaction."""
    connection.exec_driver_sql(_PATIENCE)
    turns = {zlib.crc32(name.encode()) % _TURNS for name in {one.indicator for one in rows}}
    # In one order, so that nobody waits for somebody who waits for him.
    for turn in sorted(turns):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, turn)))


def _write_round(
    connection: sa.Connection, rows: Sequence[Observation], now: datetime, *, live: bool
) -> list[Observation]:
    connection.exec_driver_sql("DELETE FROM observation_stage; DELETE FROM observation_differing")
    _stage(connection, rows, now)
    connection.exec_driver_sql(_BY_ANY)
    if _all_new(connection, live=live):
        return [_recorded(one, one.recorded_at or now) for one in rows]
    added = connection.exec_driver_sql(_statement(_ADD, "added", live)).scalar_one() or []
    changed = {n: rows[n].recorded_at or now for n in added}
    if len(added) < len(rows):
        changed |= _revise(connection, live=live)
    return [_recorded(rows[n], changed[n]) for n in sorted(changed)]


def _all_new(connection: sa.Connection, *, live: bool) -> bool:
    """Add all rows if none of their periods is known, as with most refreshes; else do nothing."""
    told = _TOLD.format(changed="observation_stage") if live else "PERFORM 1"
    connection.exec_driver_sql(_ADD_ALL.format(told=told))
    return bool(connection.exec_driver_sql(_WERE_ALL_NEW).scalar_one())


def _revise(connection: sa.Connection, *, live: bool) -> dict[int, datetime]:
    """Replace what differs; return when each replaced row counts as recorded."""
    connection.exec_driver_sql(_BY_INDEX)
    if not connection.exec_driver_sql(_FIND).rowcount:
        return {}
    found = connection.exec_driver_sql(_statement(_REVISE, "changed", live))
    return {row[0]: row[1] for row in found}


def _statement(text: str, changed: str, live: bool) -> str:
    return text.format(told=_TOLD.format(changed=changed) if live else "SELECT 1")


def _recorded(one: Observation, moment: datetime) -> Observation:
    """`one` with its moment; spelt out, since dataclasses.replace takes three times as long."""
    return Observation(
        one.indicator,
        one.region,
        one.period,
        one.value,
        one.status,
        one.unit,
        moment,
        one.source,
        one.run,
    )


def of_run(one: Observation, run: str) -> Observation:
    """`one` as what that run brought."""
    return Observation(
        one.indicator,
        one.region,
        one.period,
        one.value,
        one.status,
        one.unit,
        one.recorded_at,
        one.source,
        run,
    )


def _rounds(rows: Sequence[Observation]) -> Iterator[list[Observation]]:
    """The rows in parts that name each key once; what a batch says later comes in a later part."""
    if len({_key(one) for one in rows}) == len(rows):
        return iter([list(rows)])
    parts: list[list[Observation]] = []
    seen: dict[tuple[str, str, datetime, str], int] = {}
    for one in rows:
        key = _key(one)
        turn = seen.get(key, 0)
        seen[key] = turn + 1
        if turn == len(parts):
            parts.append([])
        parts[turn].append(one)
    return iter(parts)


def _key(one: Observation) -> tuple[str, str, datetime, str]:
    # Spelt out: the hash of an enum and of a dataclass is Python, that of its parts is C.
    return one.indicator, one.region, one.period.start, one.period.kind._value_


def _stage(connection: sa.Connection, rows: Sequence[Observation], now: datetime) -> None:
    text = _lines(rows, now)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY observation_stage FROM STDIN") as copy:
        copy.write(text)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Words(dict[str | None, str]):
    """Texts as COPY reads them; a batch repeats few, so each is spelt once."""

    def __missing__(self, text: str | None) -> str:
        spelt = self[text] = "\\N" if text is None else text.translate(_ESCAPES)
        return spelt


class _Moments(dict[datetime | None, str]):
    """Moments as COPY reads them, each spelt once."""

    def __missing__(self, moment: datetime | None) -> str:
        assert moment is not None
        spelt = self[moment] = moment.isoformat()
        return spelt


def _lines(rows: Sequence[Observation], now: datetime) -> str:
    """The rows as COPY reads them. A StrEnum is joined as the text it is."""
    words, moments = _Words(), _Moments()
    recorded = _Moments({None: now.isoformat()})
    return "\n".join(
        [
            "\t".join(
                (
                    str(n),
                    words[one.indicator],
                    words[one.region],
                    moments[one.period.start],
                    one.period.kind,
                    "\\N" if one.value is None else repr(float(one.value)),
                    one.status,
                    words[one.unit],
                    words[one.source],
                    words[one.run],
                    recorded[one.recorded_at],
                    "f" if one.recorded_at is None else "t",
                )
            )
            for n, one in enumerate(rows)
        ]
    )
