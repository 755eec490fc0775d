"""The log of cases and its index in PostgreSQL: both are written in one transaction, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from layers.stores.postgres_engine import unavailable
from topics.kit.cases.contracts import Case, CaseEvent, CaseStep
from topics.kit.cases.fold import apply, fold
from topics.kit.cases.lines import CaseLine, beside_due, line_of
from topics.kit.errors import CaseMoved, CaseStepRefused
from topics.kit.stores.postgres_case_tables import case_event, case_file

_NUMBERS = """
INSERT INTO case_number (day, last) VALUES (:day, :many)
ON CONFLICT (day) DO UPDATE SET last = case_number.last + :many RETURNING last
"""
_EVENT_COLUMNS = (
    "case_id", "version", "step", "at", "actor", "note", "data",
    "state", "left_state", "took_s", "unit", "support", "due", "beside_due",
)  # fmt: skip
_LINE_COLUMNS = tuple(CaseLine.__dataclass_fields__)
_MOMENTS = ("support_due", "support_done")
_ARRAYS = ("support", "handlers", *_MOMENTS)


@dataclass(frozen=True, slots=True)
class Written:
    """One step with what the case was before and is after it; what the store keeps of it."""

    before: Case | None
    event: CaseEvent
    after: Case
    recorded_at: datetime


class PostgresCases:
    """Keeps cases; a step counts only when nobody else moved the case before."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    @contextmanager
    def writing(self, connection: Any = None) -> Iterator[Any]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own

    def number(self, day: date, connection: Any) -> int:
        """The next number of the day; whoever asks meanwhile waits for this transaction."""
        return self.reserve(day, 1, connection)

    def reserve(self, day: date, many: int, connection: Any) -> int:
        """The first of so many numbers of the day, which nobody else is given."""
        found: int = connection.execute(sa.text(_NUMBERS), {"day": day, "many": many}).scalar_one()
        return found - many + 1

    def events(
        self, case: str, as_of: datetime | None = None, connection: Any = None
    ) -> list[CaseEvent]:
        """The steps of the case (by id) up to `as_of`, oldest first."""
        return self.events_of([case], as_of, connection).get(case, [])

    def events_of(
        self, cases: Iterable[str], as_of: datetime | None = None, connection: Any = None
    ) -> dict[str, list[CaseEvent]]:
        """The steps of several cases up to `as_of`, oldest first, as the transaction sees them."""
        asked = (
            sa.select(case_event)
            .where(case_event.c.case_id.in_(list(cases)))
            .order_by(case_event.c.case_id, case_event.c.version)
        )
        if as_of is not None:
            asked = asked.where(case_event.c.at <= as_of)
        found: dict[str, list[CaseEvent]] = {}
        with self._reading(connection) as reading:
            for row in reading.execute(asked).mappings():
                found.setdefault(row["case_id"], []).append(_event_of(row))
        return found

    def find(self, case: str, as_of: datetime | None = None) -> Case | None:
        """The case by id, as of a moment; None when there is none (yet)."""
        return fold(self.events(case, as_of))

    def id_of(self, name: str) -> str | None:
        """The id of the case with that id or number."""
        asked = sa.select(case_file.c.id).where(
            sa.or_(case_file.c.id == name, case_file.c.number == name)
        )
        return self._one(asked)

    def reported(self, source: str, reference: str, connection: Any = None) -> str | None:
        """The id of the case that this reference made; of an alert, of its open case."""
        at = case_file.c
        if source == "alert":
            same = sa.and_(at.alert == reference, at.ended_at.is_(None))
        else:
            same = sa.and_(at.source == source, at.reference == reference)
        asked = sa.select(at.id).where(same)
        if connection is None:
            return self._one(asked)
        found: str | None = connection.execute(asked).scalars().first()
        return found

    def known(self, source: str, references: Iterable[str], connection: Any) -> set[str]:
        """Which of the references of a source, other than alerts, made a case already."""
        at, names = case_file.c, list(references)
        asked = sa.select(at.reference).where(at.source == source, at.reference.in_(names))
        return set(connection.execute(asked).scalars())

    def of_alerts(self, alerts: Iterable[str]) -> dict[str, CaseLine]:
        """The newest case of each alert that has one."""
        named = case_file.c.alert.in_(list(alerts))
        asked = sa.select(case_file).where(named).order_by(case_file.c.recorded_at)
        return {line.alert: line for line in self._lines(asked) if line.alert}

    def lines(self, cases: Iterable[str]) -> list[CaseLine]:
        """The rows of the cases, by id."""
        return self._lines(sa.select(case_file).where(case_file.c.id.in_(list(cases))))

    def add(self, written: Written, connection: Any) -> bool:
        """Store a new case; False (and nothing stored) when its reference already made one."""
        line = line_of(written.after, written.recorded_at)
        statement = sa.text(_INSERT_LINE)
        if connection.execute(statement, line_values(line)).first() is None:
            return False
        connection.execute(sa.insert(case_event), _event_values(written))
        return True

    def append(self, steps: Sequence[Written], connection: Any) -> None:
        """Store steps of one case, each on top of the one before.

        Raises CaseMoved (and the caller's transaction must end) when somebody was faster.
        """
        first, last = steps[0], steps[-1]
        assert first.before is not None
        line = line_of(last.after, last.recorded_at)
        change = (
            sa.update(case_file)
            .where(case_file.c.id == line.id, case_file.c.version == first.before.version)
            .values(line_values(line))
        )
        try:
            if connection.execute(change).rowcount != 1:
                raise CaseMoved("事件刚被别人处理过;请看过现在的状态后再试")
        except IntegrityError as wrong:
            # Reopened while its alert has another open case.
            raise CaseStepRefused("这个告警已有另一个未结的事件;请处理那一个") from wrong
        connection.execute(sa.insert(case_event), [_event_values(one) for one in steps])

    def load(self, steps: Iterable[Sequence[Written]], connection: Any) -> int:
        """Store whole new cases by COPY and return how many; for histories, not for the desk."""
        lines: list[CaseLine] = []
        events: list[Written] = []
        for of_case in steps:
            lines.append(line_of(of_case[-1].after, of_case[0].recorded_at))
            events.extend(of_case)
        copy = connection.connection.cursor().copy
        with copy(f"COPY case_file ({', '.join(_LINE_COLUMNS)}) FROM STDIN") as stream:
            for line in lines:
                values = line_values(line)
                stream.write_row([values[name] for name in _LINE_COLUMNS])
        with copy(f"COPY case_event ({', '.join(_EVENT_COLUMNS)}) FROM STDIN") as stream:
            for one in events:
                found = _event_values(one)
                found["data"] = orjson.dumps(found["data"]).decode()
                stream.write_row([found[name] for name in _EVENT_COLUMNS])
        return len(lines)

    def differing(self, *, repair: bool = False) -> list[str]:
        """The cases whose row is not what their steps say; with `repair`, made so."""
        with unavailable(), self._engine.begin() as connection:
            kept = {line.id: line for line in _lines_of(connection.execute(sa.select(case_file)))}
            folded = {line.id: line for line in _folded(connection)}
            found = [one for one in {**folded, **kept} if folded.get(one) != kept.get(one)]
            if repair and found:
                connection.execute(sa.delete(case_file).where(case_file.c.id.in_(found)))
                rows = [line_values(folded[one]) for one in found if one in folded]
                if rows:
                    connection.execute(sa.insert(case_file), rows)
        return found

    @contextmanager
    def _reading(self, connection: Any = None) -> Iterator[Any]:
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.connect() as own:
                yield own

    def _one(self, asked: sa.Select[Any]) -> str | None:
        with unavailable(), self._engine.connect() as connection:
            found: str | None = connection.execute(asked).scalars().first()
            return found

    def _lines(self, asked: sa.Select[Any]) -> list[CaseLine]:
        with unavailable(), self._engine.connect() as connection:
            return list(_lines_of(connection.execute(asked)))


def _folded(connection: sa.Connection) -> Iterator[CaseLine]:
    """The row of every case as its steps make it."""
    asked = sa.select(case_event).order_by(case_event.c.case_id, case_event.c.version)
    with connection.execute(asked.execution_options(yield_per=5000)) as rows:
        for _, group in groupby(rows.mappings(), key=lambda row: row["case_id"]):
            events = [_event_of(row) for row in group]
            case = fold(events)
            assert case is not None
            yield line_of(case, events[0].at)


def written(before: Case | None, event: CaseEvent, recorded_at: datetime | None = None) -> Written:
    """The step as the store takes it; `recorded_at` is that of the case's first step."""
    return Written(before, event, apply(before, event), recorded_at or event.at)


def read_line(row: Mapping[Any, Any]) -> CaseLine:
    """A row of the index as a value; moments are UTC."""
    values = {name: _utc(row[name]) for name in _LINE_COLUMNS}
    for name in _ARRAYS:
        values[name] = tuple(_utc(one) for one in values[name])
    return CaseLine(**values)


def _lines_of(rows: sa.CursorResult[Any]) -> Iterator[CaseLine]:
    return (read_line(row) for row in rows.mappings())


def line_values(line: CaseLine) -> dict[str, Any]:
    """The row of the index for a line."""
    return asdict(line) | {name: list(getattr(line, name)) for name in _ARRAYS}


def _event_values(one: Written) -> dict[str, Any]:
    before, event, after = one.before, one.event, one.after
    left = before is not None and before.state is not after.state
    took = None
    if before is not None and before.since is not None and left:
        took = (event.at - before.since).total_seconds()
    return {
        "case_id": event.case,
        "version": after.version,
        "step": event.step.value,
        "at": event.at,
        "actor": event.actor,
        "note": event.note,
        "data": dict(event.data),
        "state": after.state.value,
        "left_state": before.state.value if before is not None and left else None,
        "took_s": took,
        "unit": after.unit,
        "support": [task.unit for task in after.tasks if not task.lead],
        "due": after.due,
        "beside_due": beside_due(after),
    }


def _event_of(row: Mapping[Any, Any]) -> CaseEvent:
    return CaseEvent(
        case=row["case_id"],
        step=CaseStep(row["step"]),
        at=row["at"].astimezone(UTC),
        actor=row["actor"],
        note=row["note"],
        data=row["data"],
        id=row["id"],
    )


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _placed(name: str) -> str:
    # A list of nothing but unknown moments does not say what it is a list of.
    return f"CAST(:{name} AS timestamptz[])" if name in _MOMENTS else f":{name}"


_INSERT_LINE = (
    f"INSERT INTO case_file ({', '.join(_LINE_COLUMNS)})"
    f" VALUES ({', '.join(_placed(name) for name in _LINE_COLUMNS)})"
    " ON CONFLICT DO NOTHING RETURNING id"
)
