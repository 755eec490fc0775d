"""What 考核 counts, read from the register of cases as columns: a month of a million in a second.

Each column comes as one binary array with every element of one size, so that numpy takes it as it
is: a row a case would cost more than all the counting. Cases that ended before the period are only
asked where, what and when they were, for 重复发生. As of an earlier moment, what cases were that
went on since then is taken from the log into a table beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.fold import fold
from topics.kit.evaluation.facts import NEVER, Facts
from topics.kit.stores.postgres_arrays import elements
from topics.kit.stores.postgres_case_before import as_they_were
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
_NUMBERED = {
    "region": "county",
    "unit": "unit",
    "source": "source",
    "category": "scheme || '/' || kind || '/' || major",
}
_HASHED = {
    "minor": "hashtextextended(scheme || '/' || kind || '/' || code, 0)",
    "place": (
        "case when grid is not null then hashtextextended(grid, 0)"
        " when longitude is not null then hashtextextended("
        "floor(longitude * 200)::text || ',' || floor(latitude * 200)::text, 0) else 0 end"
    ),
}
"""Where no grid is known, a cell of 0.005° stands for it; 0 is no place."""
_CALLER = {
    "caller": (
        "case when source <> 'hotline' then 0"
        " when length(regexp_replace(contact, '\\D', '', 'g')) >= 7"
        " then hashtextextended(right(regexp_replace(contact, '\\D', '', 'g'), 11), 1)"
        " when grid is not null then hashtextextended(grid, 2)"
        " when longitude is not null then hashtextextended("
        "floor(longitude * 200)::text || ',' || floor(latitude * 200)::text, 2) else 0 end"
    ),
}
"""Who called the hotline: the number (without +86), else the place of the call; 0 is nobody."""
_RECURRING = ("minor", "place", "filed")
"""All that is asked of cases that ended before the period."""
_CALLED = ("caller", "reported")
"""What 重复来电 asks of them beside."""
_ID_BYTES = 48
_BACK = timedelta(days=31)  # how far a recurrence looks back at most
_FIRST = 946_684_800.0  # PostgreSQL counts microseconds from 2000-01-01
_FAR = np.iinfo(np.int64).max  # and writes infinity so


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
        categories: Sequence[str] = (),
        without: Sequence[str] = (),
        as_of: datetime | None = None,
        named: bool = True,
        callers: bool = False,
    ) -> Facts:
        """The cases that count for [begin, until), as known at `as_of`; drills never count.

        That is all reported before `until` that did not end before `begin`, and of a month more
        what 重复发生 asks. Cases in `without` are left out. Names not among those given are of no
        group. Ids are empty unless `named`: counting needs none. Who called the hotline is asked
        with `callers` alone: only 重复来电 counts by it.
        """
        names = {"region": counties, "unit": units, "source": sources, "category": categories}
        given: dict[str, Any] = {name: list(some) for name, some in names.items()}
        given |= {"until": until, "begin": begin, "back": begin - _BACK, "without": list(without)}
        with unavailable(), self._engine.begin() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            moved = [] if as_of is None else self._moved_since(raw, until, as_of)
            if moved and as_of is not None:
                as_they_were(raw, moved, as_of, self._cases.events_of, fold)
            columns = _columns(named=named, callers=callers)
            during = _arrays(raw, columns, _DURING, given, beside=bool(moved))
            names_before = (*_RECURRING, *(_CALLED if callers else ()))
            kept = {name: columns[name] for name in names_before}
            before = _arrays(raw, kept, _BEFORE, given, beside=bool(moved))
            asked = _task_columns(named=named) if units else {}
            tasks = _arrays(raw, asked, _OF_TASKS, given, beside=bool(moved), of=_TASKS)
        return _facts([during, before, tasks], names)

    def _moved_since(self, raw: Any, until: datetime, as_of: datetime) -> list[str]:
        """The cases of before `until` of which anything but a remark happened after `as_of`.

        They had not ended by then, or were opened again: whoever asks of a moment long ago looks
        through what stood open then, not through the log of all that came since.
        """
        with raw.cursor() as cursor:
            cursor.execute("select exists (select from case_event where at > %s)", (as_of,))
            if not cursor.fetchone()[0]:
                return []
            asked = (
                "select id from case_file f where reported_at < %(until)s"
                " and (ended_at is null or ended_at > %(as_of)s or clocked_at > %(as_of)s)"
                " and (select e.at from case_event e"
                " where e.case_id = f.id order by e.version desc limit 1) > %(as_of)s"
            )
            rows = cursor.execute(asked, {"until": until, "as_of": as_of}).fetchall()
            return [row[0] for row in rows]


_DURING = "(ended_at is null or ended_at >= %(begin)s)"
_TASKS = (
    " cross join lateral unnest(support, support_due, support_done)"
    " as task (task_unit, task_due, task_done)"
)
"""The parts of 协办: each with a clock of its own, counted for its unit only."""
_OF_TASKS = f"{_DURING} and support <> '{{}}' and task_unit = any(%(unit)s::text[])"
_BEFORE = "ended_at >= %(back)s and ended_at < %(begin)s"


def _columns(*, named: bool, callers: bool) -> dict[str, tuple[str, str]]:
    """What is asked of each case by name, and how an element of it is written."""
    found = {"id": (f"rpad(id, {_ID_BYTES})", f"S{_ID_BYTES}")} if named else {}
    for name, column in _NUMBERED.items():
        found[name] = f"coalesce(array_position(%({name})s::text[], {column}), 0)::int4", ">i4"
    for name, column in (_HASHED | (_CALLER if callers else {})).items():
        found[name] = f"({column})::int8", ">i8"
    for name, column in _TIMES.items():
        found[name] = f"coalesce({column}, 'infinity'::timestamptz)", ">i8"
    for name, column in _COUNTS.items():
        found[name] = f"({column})::int4", ">i4"
    return found


def _task_columns(*, named: bool) -> dict[str, tuple[str, str]]:
    """What is asked of each 协办."""
    found = {"id": (f"rpad(id, {_ID_BYTES})", f"S{_ID_BYTES}")} if named else {}
    found["unit"] = "coalesce(array_position(%(unit)s::text[], task_unit), 0)::int4", ">i4"
    for name, column in (("handled", "task_done"), ("handle_due", "task_due")):
        found[name] = f"coalesce({column}, 'infinity'::timestamptz)", ">i8"
    return found


def _arrays(
    raw: Any,
    columns: Mapping[str, tuple[str, str]],
    chosen: str,
    given: Mapping[str, Any],
    *,
    beside: bool,
    of: str = "",
) -> dict[str, npt.NDArray[Any]]:
    """The columns of the cases that fit (or of what is joined to them), each as one array."""
    if not columns:
        return {}
    asked = ", ".join(f"{one} as {name}" for name, (one, _) in columns.items())
    where = (
        f" where {chosen} and reported_at < %(until)s"
        " and not drill and not id = any(%(without)s::text[])"
    )
    rows = f"select {asked} from case_file f{of}{where}"
    if beside:
        rows += " and not exists (select from case_moved m where m.id = f.id)"
        rows += f" union all select {asked} from case_then{of}{where}"
    arrays = ", ".join(f"array_agg({name})" for name in columns)
    with raw.cursor() as cursor:
        cursor.execute(f"select {arrays} from ({rows}) one", given, binary=True)
        found = cursor.pgresult
        return {
            name: elements(found.get_value(0, number), kind)
            for number, (name, (_, kind)) in enumerate(columns.items())
        }


def _facts(
    parts: Sequence[Mapping[str, npt.NDArray[Any]]], names: Mapping[str, Sequence[str]]
) -> Facts:
    """The facts of all: cases of the period, earlier ones, 协办; what nobody asks says nothing."""
    counts = [len(next(iter(one.values()))) if one else 0 for one in parts]

    def all_of(name: str, absent: int) -> npt.NDArray[Any]:
        return np.concatenate(
            [
                np.full(count, absent) if one.get(name) is None else one[name]
                for one, count in zip(parts, counts, strict=True)
            ]
        )

    columns: dict[str, Any] = {"id": np.concatenate(list(map(_ids, parts, counts)))}
    for name in _NUMBERED:
        columns[name] = all_of(name, 0).astype(np.int32) - 1
    numbered: dict[str, tuple[str, ...]] = {name: tuple(some) for name, some in names.items()}
    for name in (*_HASHED, *(_CALLER if "caller" in parts[0] else ())):
        hashes = all_of(name, 0)
        kinds, codes = np.unique(hashes, return_inverse=True)
        columns[name] = np.where(hashes == 0, -1, codes).astype(np.int32)
        numbered[name] = tuple(map(str, kinds))
    for name in _TIMES:
        moments = all_of(name, _FAR)
        columns[name] = np.where(moments == _FAR, NEVER, moments / 1e6 + _FIRST)
    for name in _COUNTS:
        kind = bool if name in ("extended", "merged") else np.int32
        columns[name] = all_of(name, 0).astype(kind)
    task = np.repeat([False, False, True], counts)
    return Facts(**columns, names=numbered, task=task)


def _ids(part: Mapping[str, npt.NDArray[Any]], count: int) -> npt.NDArray[Any]:
    if "id" in part:
        return np.char.rstrip(part["id"]).astype(str).astype(object)
    return np.full(count, "", object)
