"""What 考核 counts, read from the register of cases as columns: a month of a million in a second.

Rows come by binary COPY with every field of one size, so that numpy takes them as they are. As of
an earlier moment, cases that went on since then are folded from their steps into a table beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.fold import fold
from topics.kit.cases.lines import CaseLine, line_of
from topics.kit.evaluation.facts import Facts
from topics.kit.stores.postgres_cases import PostgresCases

_TIMES = {
    "reported": "reported_at",
    "filed": "filed_at",
    "file_due": "file_due",
    "dispatched": "dispatched_at",
    "dispatch_due": "dispatch_due",
    "handled": "answered_at",
    "handle_due": "handle_due",
    "checked": "checked_at",
    "check_due": "check_due",
    "closed": "closed_at",
    "close_due": "coalesce(check_due, handle_due)",
    "void": "case when state = '作废' then ended_at end",
}
"""The deadline of closing is that of checking once a unit has answered, else that of handling."""
_COUNTS = {
    "dispatches": "returns + (dispatched_at is not null)::int",
    "misdispatches": "returns",
    "reworks": "reworks",
    "extended": "(extensions > 0)::int",
    "merged": "(merged_into is not null)::int",
}
_NUMBERED = {"region": "county", "unit": "unit", "source": "source"}
_HASHED = {
    "minor": "hashtextextended(scheme || '/' || kind || '/' || code, 0)",
    "place": (
        "case when grid is not null then hashtextextended(grid, 0)"
        " when longitude is not null then hashtextextended("
        "floor(longitude * 200)::text || ',' || floor(latitude * 200)::text, 0) else 0 end"
    ),
}
"""Where no grid is known, a cell of 0.005° stands for it; 0 is no place."""
_ID_BYTES = 48
_BACK = timedelta(days=31)  # how far a recurrence looks back at most


class PostgresCaseFacts:
    """Reads what is known of cases for a period."""

    def __init__(self, engine: sa.Engine, cases: PostgresCases) -> None:
        """Use `engine`, and `cases` for what a case was before; opens nothing yet."""
        self._engine = engine
        self._cases = cases

    def read(
        self,
        begin: datetime,
        until: datetime,
        *,
        counties: Sequence[str],
        units: Sequence[str],
        sources: Sequence[str],
        without: Sequence[str] = (),
        as_of: datetime | None = None,
    ) -> Facts:
        """The cases that count for [begin, until), as known at `as_of`; drills never count.

        That is all reported before `until` that did not end before `begin` (and a month more).
        Cases in `without` are left out. Names not among those given are of no group.
        """
        names = {"region": counties, "unit": units, "source": sources}
        given: dict[str, Any] = {name: list(some) for name, some in names.items()}
        given |= {"until": until, "back": begin - _BACK, "without": list(without)}
        with unavailable(), self._engine.begin() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            moved = [] if as_of is None else self._moved_since(raw, until, as_of)
            if moved and as_of is not None:
                self._as_they_were(raw, moved, as_of)
            with raw.cursor() as cursor, cursor.copy(_query(moved), given) as copy:
                content = b"".join(copy)
        return _facts(content, names)

    def _moved_since(self, raw: Any, until: datetime, as_of: datetime) -> list[str]:
        """The cases of before `until` of which anything happened after `as_of`."""
        asked = (
            "select distinct e.case_id from case_event e join case_file f on f.id = e.case_id"
            " where e.at > %s and f.reported_at < %s"
        )
        with raw.cursor() as cursor:
            return [row[0] for row in cursor.execute(asked, (as_of, until)).fetchall()]

    def _as_they_were(self, raw: Any, cases: list[str], as_of: datetime) -> None:
        """Write what these cases were at that moment into case_then, for this transaction."""
        columns = tuple(CaseLine.__dataclass_fields__)
        with raw.cursor() as cursor:
            cursor.execute("create temp table case_then (like case_file) on commit drop")
            cursor.execute("create temp table case_moved (id text primary key) on commit drop")
            with cursor.copy("copy case_moved (id) from stdin") as copy:
                for one in cases:
                    copy.write_row([one])
            with cursor.copy(f"copy case_then ({', '.join(columns)}) from stdin") as copy:
                for events in self._cases.events_of(cases, as_of).values():
                    case = fold(events)
                    if case is not None:
                        values = asdict(line_of(case, events[0].at))
                        values["support"] = list(values["support"])
                        values["handlers"] = list(values["handlers"])
                        copy.write_row([values[name] for name in columns])


def _query(moved: Sequence[str]) -> str:
    columns = [f"rpad(id, {_ID_BYTES})"]
    columns += [
        f"coalesce(array_position(%({name})s::text[], {column}), 0)::int4"
        for name, column in _NUMBERED.items()
    ]
    columns += [f"({one})::int8" for one in _HASHED.values()]
    columns += [
        f"coalesce(extract(epoch from ({one}))::float8, 'infinity'::float8)"
        for one in _TIMES.values()
    ]
    columns += [f"({one})::int4" for one in _COUNTS.values()]
    chosen = (
        " where reported_at < %(until)s and (ended_at is null or ended_at >= %(back)s)"
        " and not drill and not id = any(%(without)s::text[])"
    )
    text = f"select {', '.join(columns)} from "
    if not moved:
        return f"copy ({text}case_file{chosen}) to stdout (format binary)"
    still = f"{text}case_file f{chosen} and not exists (select from case_moved m where m.id = f.id)"
    return f"copy ({still} union all {text}case_then{chosen}) to stdout (format binary)"


def _facts(content: bytes, names: dict[str, Sequence[str]]) -> Facts:
    """The columns of a binary COPY: a head of 19 bytes, rows of one size, a tail of two."""
    record: list[tuple[str, Any]] = [("fields", ">i2")]

    def field(name: str, kind: str) -> None:
        record.extend([(f"{name} length", ">i4"), (name, kind)])

    field("id", f"S{_ID_BYTES}")
    for name in _NUMBERED:
        field(name, ">i4")
    for name in _HASHED:
        field(name, ">i8")
    for name in _TIMES:
        field(name, ">f8")
    for name in _COUNTS:
        field(name, ">i4")
    rows = np.frombuffer(content[19:-2], np.dtype(record))
    columns: dict[str, Any] = {"id": np.char.rstrip(rows["id"]).astype(str).astype(object)}
    for name in _NUMBERED:
        columns[name] = rows[name].astype(np.int32) - 1
    numbered: dict[str, tuple[str, ...]] = {name: tuple(some) for name, some in names.items()}
    for name in _HASHED:
        kinds, codes = np.unique(rows[name], return_inverse=True)
        columns[name] = np.where(rows[name] == 0, -1, codes).astype(np.int32)
        numbered[name] = tuple(map(str, kinds))
    for name in _TIMES:
        columns[name] = rows[name].astype(np.float64)
    for name in _COUNTS:
        kind = bool if name in ("extended", "merged") else np.int32
        columns[name] = rows[name].astype(kind)
    return Facts(**columns, names=numbered)
