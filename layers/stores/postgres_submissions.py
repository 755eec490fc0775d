"""Submissions and the log of what happened to each, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from layers.errors import StaleRevision, UnknownSubmission
from layers.review.contracts import Step, Submission, Wanted
from layers.review.machine import ENDED, State
from layers.stores.postgres_engine import unavailable

_metadata = sa.MetaData()
_moment = sa.TIMESTAMP(timezone=True)
_json = JSONB(none_as_null=True)

submissions = sa.Table(
    "submission",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("layer", sa.Text),
    sa.Column("upload", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("revision", sa.Integer),
    *(
        sa.Column(name, _json)
        for name in ("file", "about", "answers", "question", "report", "diff")
    ),
    *(sa.Column(name, sa.Text) for name in ("version", "base", "job")),
    sa.Column("urgent", sa.Boolean),
    sa.Column("created_by", sa.Text),
    sa.Column("created_at", _moment),
    sa.Column("updated_at", _moment),
    sa.Column("reviewer", sa.Text),
    sa.Column("review_note", sa.Text),
    sa.Column("publish_at", _moment),
)
steps = sa.Table(
    "submission_step",
    _metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("submission", sa.Text),
    sa.Column("at", _moment),
    *(sa.Column(name, sa.Text) for name in ("by", "action", "from_state", "to_state", "note")),
    sa.Column("detail", _json),
)
_FIXED = {"id", "layer", "upload", "created_by", "created_at", "revision"}


class PostgresSubmissions:
    """Keeps submissions; a change counts only when nobody else changed the submission before."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`; opens nothing yet."""
        self._engine = engine

    def create(
        self, submission: Submission, step: Step, *, connection: sa.Connection | None = None
    ) -> tuple[Submission, bool]:
        """Store a new submission; the one that is there (and False) where its upload has one."""
        row = asdict(submission) | {"state": submission.state.value}
        new = insert(submissions).values(row).on_conflict_do_nothing(index_elements=["upload"])
        with self._writing(connection) as writing:
            made = writing.execute(new.returning(submissions.c.id)).first() is not None
            if made:
                self._log(writing, submission.id, step, submission.created_at)
            same = sa.select(submissions).where(submissions.c.upload == submission.upload)
            return _submission(writing.execute(same).mappings().one()), made

    def find(self, submission: str) -> Submission | None:
        """The submission, or None."""
        if "\x00" in submission:
            return None  # PostgreSQL stores no NUL and refuses to look for one
        return next(iter(self._read(submissions.c.id == submission)), None)

    def require(self, submission: str) -> Submission:
        """The submission; raises UnknownSubmission."""
        found = self.find(submission)
        if found is None:
            raise UnknownSubmission(f"没有上传单 {submission};请从上传单列表中选择")
        return found

    def of_upload(self, upload: str) -> Submission | None:
        """The submission that was made of the upload, or None."""
        return next(iter(self._read(submissions.c.upload == upload)), None)

    def of_version(self, version: str) -> Submission | None:
        """The submission whose draft the version is, or None."""
        return next(iter(self._read(submissions.c.version == version)), None)

    def notes(self, layer: str) -> dict[str, str]:
        """What was said of each version of the layer that came by a submission, by its id."""
        note = submissions.c.about["note"].astext
        asked = sa.select(submissions.c.version, note).where(
            submissions.c.layer == layer, submissions.c.version.is_not(None), note != ""
        )
        with unavailable(), self._engine.connect() as connection:
            return {str(version): str(said) for version, said in connection.execute(asked)}

    def page(self, wanted: Wanted) -> list[Submission]:
        """The submissions, newest first."""
        at = submissions.c
        conditions: list[sa.ColumnElement[bool]] = []
        if wanted.state is not None:
            conditions.append(at.state == wanted.state.value)
        if wanted.layer is not None:
            conditions.append(at.layer == wanted.layer)
        if wanted.created_by is not None:
            conditions.append(at.created_by == wanted.created_by)
        if wanted.before is not None:
            conditions.append(sa.tuple_(at.created_at, at.id) < sa.tuple_(*wanted.before))
        return self._read(*conditions, limit=wanted.limit)

    def open(self) -> list[Submission]:
        """Every submission that has not ended, newest first."""
        return self._read(submissions.c.state.not_in([one.value for one in ENDED]))

    def due(self, now: datetime) -> list[Submission]:
        """The submissions whose time of publication has come, the earliest first."""
        at = submissions.c
        rows = self._read(
            at.state == State.APPROVED.value, at.publish_at <= now, at.version.is_not(None)
        )
        return sorted(rows, key=lambda one: (one.publish_at or now, one.id))

    def save(
        self,
        submission: Submission,
        step: Step | None,
        *,
        now: datetime,
        connection: sa.Connection | None = None,
    ) -> Submission:
        """Store the submission in place of its revision and log the step.

        Raises StaleRevision (and stores nothing) when another revision stands there by now.
        """
        row = {name: value for name, value in asdict(submission).items() if name not in _FIXED}
        row |= {"state": submission.state.value, "updated_at": now}
        change = (
            sa.update(submissions)
            .where(submissions.c.id == submission.id)
            .where(submissions.c.revision == submission.revision)
            .values(row | {"revision": submission.revision + 1})
            .returning(submissions)
        )
        with self._writing(connection) as writing:
            saved = writing.execute(change).mappings().first()
            if saved is None:
                raise StaleRevision("这份上传单刚刚被改动过;请刷新页面,看过最新内容后再操作")
            if step is not None:
                self._log(writing, submission.id, step, now)
            return _submission(saved)

    def steps(self, submission: str) -> list[Step]:
        """What happened to the submission, oldest first."""
        query = sa.select(steps).where(steps.c.submission == submission).order_by(steps.c.id)
        with unavailable(), self._engine.connect() as reading:
            rows = reading.execute(query).mappings().all()
        return [
            Step(**{name: row[name] for name in row if name not in {"id", "submission"}})
            for row in rows
        ]

    def _log(self, writing: sa.Connection, submission: str, step: Step, now: datetime) -> None:
        row = asdict(step) | {"submission": submission, "at": step.at or now}
        writing.execute(sa.insert(steps).values(row))

    def _read(
        self, *conditions: sa.ColumnElement[bool], limit: int | None = None
    ) -> list[Submission]:
        at = submissions.c
        query = sa.select(submissions).where(*conditions).limit(limit)
        with unavailable(), self._engine.connect() as reading:
            rows = reading.execute(query.order_by(at.created_at.desc(), at.id.desc())).mappings()
            return [_submission(row) for row in rows]

    @contextmanager
    def _writing(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        """The caller's transaction, else one of our own."""
        with unavailable():
            if connection is not None:
                yield connection
                return
            with self._engine.begin() as own:
                yield own


def _submission(row: sa.RowMapping) -> Submission:
    values: dict[str, Any] = dict(row)
    return Submission(**(values | {"state": State(values["state"])}))
