"""What 考核 asks of cases as they were at an earlier moment, from the log alone, in one statement.

Each column is the last word of the steps that say it, as `topics.kit.cases.fold` applies them (a
property holds both alike). Parts of 协办, and dues that the calendar hid, need the fold itself:
cases that had any by then are left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from topics.kit.cases.contracts import Case, CaseEvent
from topics.kit.cases.lines import line_of
from topics.kit.stores.postgres_cases import line_values

_MOVES = "e.step in ('moved', '退回', '重开')"
_RESUMED = f"{_MOVES} and e.left_state = '挂账'"
_BACK = "e.step = '退回' and e.left_state = '核查'"


def _arrived(state: str) -> str:
    return (
        f"{_MOVES} and e.version > 1 and e.state = '{state}'"
        f" and e.left_state is distinct from '挂账' and not ({_BACK})"
    )


def _last(value: str, *when: str) -> str:
    chosen = " or ".join(f"({one})" for one in when)
    return f"(array_agg({value} order by e.version desc) filter (where {chosen}))[1]"


_SENT, _ANSWERED, _FILED = _arrived("派遣"), _arrived("反馈"), _arrived("立案")
_EXTENDED = "e.step = '延期' and not e.data ? 'unit'"
_SINCE = _last("e.at", _MOVES, "e.step = '并案'", "e.version = 1")
_STATE = "(array_agg(e.state order by e.version desc))[1]"
_COLUMNS = {
    "unit": "(array_agg(e.unit order by e.version desc))[1]",
    "state": _STATE,
    "filed_at": f"min(e.at) filter (where {_FILED})",
    "file_due": _last("e.due", "e.version = 1", _arrived("上报")),
    "dispatched_at": _last("e.at", _SENT),
    "dispatch_due": _last("e.due", _FILED),
    "answered_at": _last(f"case when {_ANSWERED} then e.at end", _ANSWERED, _SENT, _BACK),
    "handle_due": _last("e.due", _SENT, _RESUMED, _BACK, _EXTENDED),
    "checked_at": _last("e.at", _arrived("结案"), _BACK),
    "check_due": _last("e.due", _ANSWERED),
    "closed_at": _last(
        f"case when e.step <> '重开' and {_arrived('结案')} then e.at end",
        _arrived("结案"),
        "e.step = '重开'",
    ),
    "ended_at": f"case when {_STATE} in ('结案', '作废') then {_SINCE} end",
    "returns": f"(count(*) filter (where e.step = '退回' and not ({_BACK})))::int",
    "reworks": f"(count(*) filter (where {_BACK}))::int",
    "extensions": f"(count(*) filter (where {_EXTENDED}))::int",
    "merged_into": _last(
        "case when e.step = '并案' then e.data->>'into' end", "e.step = '并案'", "e.step = '重开'"
    ),
}
_REPORTED = (
    "id", "scheme", "kind", "code", "major", "county", "grid", "longitude", "latitude", "source",
    "contact", "drill", "reported_at",
)  # fmt: skip
"""What a case keeps from its report on."""
_TASKS = {"support": "text[]", "support_due": "timestamptz[]", "support_done": "timestamptz[]"}
NAMES = (*_REPORTED, *_COLUMNS, *_TASKS)
"""The columns of case_then: those of case_file that 考核 asks."""
_CREATE = f"""
create temp table case_then on commit drop as
select {", ".join(f"f.{one}" for one in _REPORTED)}, {", ".join(f"s.{one}" for one in _COLUMNS)},
    {", ".join(f"'{{}}'::{kind} as {name}" for name, kind in _TASKS.items())}
from (
    select e.case_id, {", ".join(f"{sql} as {name}" for name, sql in _COLUMNS.items())}
    from case_event e join case_moved m on m.id = e.case_id
    where e.at <= %(as_of)s and not m.folded group by e.case_id
) s join case_file f on f.id = s.case_id
"""
_MARK = """
update case_moved m set folded = true where exists (
    select from case_event e where e.case_id = m.id and e.at <= %(as_of)s
    and (e.support <> '{}' or e.step = '时限补算'))
returning id
"""

EventsOf = Callable[[list[str], datetime], dict[str, list[CaseEvent]]]
Fold = Callable[[Iterable[CaseEvent]], Case | None]


def as_they_were(
    raw: Any, cases: list[str], as_of: datetime, events_of: EventsOf, fold: Fold
) -> None:
    """Write what these cases were at that moment into case_then, for this transaction."""
    with raw.cursor() as cursor:
        cursor.execute(
            "create temp table case_moved (id text primary key, folded boolean default false)"
            " on commit drop"
        )
        with cursor.copy("copy case_moved (id) from stdin") as copy:
            for one in cases:
                copy.write_row([one])
        cursor.execute("analyze case_moved")
        asked = {"as_of": as_of}
        rest = [row[0] for row in cursor.execute(_MARK, asked).fetchall()]
        cursor.execute(_CREATE, asked)
        if not rest:
            return
        with cursor.copy(f"copy case_then ({', '.join(NAMES)}) from stdin") as copy:
            for events in events_of(rest, as_of).values():
                case = fold(events)
                if case is not None:
                    values = line_values(line_of(case, events[0].at))
                    copy.write_row([values[name] for name in NAMES])
