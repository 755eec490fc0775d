"""Filings, what happened to each, and the frozen scores of a month, in PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from layers.stores.postgres_engine import unavailable
from topics.kit.contracts import Period, PeriodKind
from topics.kit.errors import FilingMoved
from topics.kit.reporting.contracts import Cell, Cells, Filing, Place, Step
from topics.kit.reporting.machine import State

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_json = JSONB(none_as_null=True)

_start = sa.Table(
    "report_start", _metadata, sa.Column("form", sa.Text), sa.Column("since", _moment)
)
_filing = sa.Table(
    "report_filing",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("form", sa.Text),
    sa.Column("period_start", _moment),
    sa.Column("period_kind", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("revision", sa.Integer),
    sa.Column("cells", _json),
    sa.Column("accepted", _json),
    sa.Column("writers", ARRAY(sa.Text)),
    sa.Column("saved_by", sa.Text),
    sa.Column("saved_at", _moment),
)
_step = sa.Table(
    "report_step",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("filing", sa.Text),
    sa.Column("at", _moment),
    *(sa.Column(name, sa.Text) for name in ("by", "action", "from_state", "to_state", "note")),
    sa.Column("cells", _json),
    sa.Column("detail", _json),
)
_score = sa.Table(
    "report_score",
    _metadata,
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("at", _moment),
    sa.Column("by", sa.Text),
    sa.Column("result", _json),
)


class PostgresReports:
    """Keeps filings; a change counts only when nobody else changed the filing before."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def known_since(self, forms: Sequence[str], now: datetime) -> dict[str, datetime]:
        """From when each form is known here; a new one from `now`."""
        rows = [{"form": one, "since": now} for one in forms]
        read = sa.select(_start).where(_start.c.form.in_(forms))
        with unavailable(), self._engine.begin() as connection:
            known = {row.form: row.since for row in connection.execute(read)}
            new = [row for row in rows if row["form"] not in known]
            if new:
                connection.execute(insert(_start).on_conflict_do_nothing(), new)
                known = {row.form: row.since for row in connection.execute(read)}
        return {form: since.astimezone(UTC) for form, since in known.items()}

    def begun(self, form: str, since: datetime) -> None:
        """Let the form be owed from `since`; only where it is not known yet."""
        row = insert(_start).values(form=form, since=since).on_conflict_do_nothing()
        with unavailable(), self._engine.begin() as connection:
            connection.execute(row)

    def has_begun(self, form: str) -> bool:
        """Whether the form is known here."""
        asked = sa.select(_start.c.form).where(_start.c.form == form)
        with unavailable(), self._engine.connect() as connection:
            return connection.execute(asked).first() is not None

    def find(self, form: str, period: Period) -> Filing:
        """The filing; an untouched one of revision 0 where nobody has begun."""
        at = _filing.c
        asked = sa.select(_filing).where(
            at.form == form, at.period_start == period.start, at.period_kind == period.kind.value
        )
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(asked).mappings().first()
        return _read(row) if row is not None else Filing(uuid.uuid4().hex, form, period)

    def find_id(self, filing: str) -> Filing | None:
        """The filing of that id, or None."""
        asked = sa.select(_filing).where(_filing.c.id == filing)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(asked).mappings().first()
        return _read(row) if row is not None else None

    def all(self, forms: Sequence[str], since: datetime) -> list[Filing]:
        """The filings of the forms whose periods start at `since` or later."""
        asked = sa.select(_filing).where(_filing.c.form.in_(forms), _filing.c.period_start >= since)
        with unavailable(), self._engine.connect() as connection:
            return [_read(row) for row in connection.execute(asked).mappings()]

    def save(
        self, filing: Filing, step: Step | None, *, connection: sa.Connection | None = None
    ) -> Filing:
        """Store the filing in place of its revision and log the step.

        Raises FilingMoved (and stores nothing) when another revision stands there by now.
        """
        row = _row(filing)
        fresh = row | {"revision": 0, "state": State.PENDING.value}
        fresh |= {"cells": {}, "accepted": None, "writers": [], "saved_by": "", "saved_at": None}
        change = (
            sa.update(_filing)
            .where(_filing.c.form == filing.form)
            .where(_filing.c.period_start == filing.period.start)
            .where(_filing.c.period_kind == filing.period.kind.value)
            .where(_filing.c.revision == filing.revision)
            .values({name: row[name] for name in row if name != "id"})
            .values(revision=filing.revision + 1)
            .returning(_filing)
        )
        with self._writing(connection) as writing:
            if filing.revision == 0:
                writing.execute(insert(_filing).values(fresh).on_conflict_do_nothing())
            saved = writing.execute(change).mappings().first()
            if saved is None:
                raise FilingMoved("这张报表刚被别人改过;您填的还在页面上,请看过对方的数后再保存")
            if step is not None:
                _log(writing, saved["id"], step)
            return _read(saved)

    def note(self, filing: Filing, step: Step, *, connection: sa.Connection | None = None) -> None:
        """Log a step that changes nothing of the filing, such as a reminder."""
        row = _row(filing)
        with self._writing(connection) as writing:
            if filing.revision == 0:
                writing.execute(insert(_filing).values(row).on_conflict_do_nothing())
            same = sa.select(_filing.c.id).where(
                _filing.c.form == filing.form,
                _filing.c.period_start == filing.period.start,
                _filing.c.period_kind == filing.period.kind.value,
            )
            _log(writing, writing.execute(same).scalar_one(), step)

    def steps(
        self, filings: Iterable[str], *, as_of: datetime | None = None
    ) -> dict[str, list[Step]]:
        """What happened to each of the filings up to `as_of`, oldest first."""
        asked = sa.select(_step).where(_step.c.filing.in_(list(filings))).order_by(_step.c.id)
        if as_of is not None:
            asked = asked.where(_step.c.at <= as_of)
        found: dict[str, list[Step]] = {}
        with unavailable(), self._engine.connect() as connection:
            for row in connection.execute(asked).mappings():
                found.setdefault(row["filing"], []).append(_step_of(row))
        return found

    def frozen(self, month: date) -> Mapping[str, Any] | None:
        """{at, by, result} of a month that was frozen, or None."""
        asked = sa.select(_score).where(_score.c.month == month)
        with unavailable(), self._engine.connect() as connection:
            row = connection.execute(asked).mappings().first()
        return dict(row) if row is not None else None

    def freeze(
        self,
        month: date,
        result: Mapping[str, Any],
        *,
        by: str,
        now: datetime,
        connection: sa.Connection | None = None,
    ) -> bool:
        """Keep the result of a month for good; False when it was kept before."""
        row = {"month": month, "at": now, "by": by, "result": dict(result)}
        new = insert(_score).values(row).on_conflict_do_nothing().returning(_score.c.month)
        with self._writing(connection) as writing:
            return writing.execute(new).first() is not None

    @contextmanager
    def _writing(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own


def _log(writing: sa.Connection, filing: str, step: Step) -> None:
    writing.execute(
        sa.insert(_step).values(
            filing=filing,
            at=step.at,
            by=step.by,
            action=step.action,
            from_state=step.from_state.value,
            to_state=step.to_state.value,
            note=step.note,
            cells=None if step.cells is None else _cells_json(step.cells),
            detail=dict(step.detail),
        )
    )


def _row(filing: Filing) -> dict[str, Any]:
    return {
        "id": filing.id,
        "form": filing.form,
        "period_start": filing.period.start,
        "period_kind": filing.period.kind.value,
        "state": filing.state.value,
        "revision": filing.revision,
        "cells": _cells_json(filing.cells),
        "accepted": None if filing.accepted is None else _cells_json(filing.accepted),
        "writers": list(filing.writers),
        "saved_by": filing.saved_by,
        "saved_at": filing.saved_at,
    }


def _read(row: sa.RowMapping) -> Filing:
    start = row["period_start"].astimezone(UTC)
    return Filing(
        id=row["id"],
        form=row["form"],
        period=Period(start, PeriodKind(row["period_kind"])),
        state=State(row["state"]),
        revision=row["revision"],
        cells=_cells(row["cells"]),
        accepted=None if row["accepted"] is None else _cells(row["accepted"]),
        writers=tuple(row["writers"]),
        saved_by=row["saved_by"],
        saved_at=row["saved_at"] and row["saved_at"].astimezone(UTC),
    )


def _step_of(row: sa.RowMapping) -> Step:
    return Step(
        filing=row["filing"],
        at=row["at"].astimezone(UTC),
        by=row["by"],
        action=row["action"],
        from_state=State(row["from_state"]),
        to_state=State(row["to_state"]),
        note=row["note"],
        cells=None if row["cells"] is None else _cells(row["cells"]),
        detail=row["detail"],
    )


def _cells_json(cells: Cells) -> dict[str, list[str]]:
    return {str(place): [one.text, one.note, one.by, one.at] for place, one in cells.items()}


def _cells(found: Mapping[str, Sequence[str]]) -> Cells:
    pairs = ((Place.parse(name), Cell(*parts)) for name, parts in found.items())
    return {place: cell for place, cell in pairs if place is not None}
