"""Submissions are kept, changed by one person at a time, and their log only grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from layers.errors import StaleRevision, UnknownSubmission
from layers.review.contracts import Step, Submission, Wanted
from layers.review.machine import State
from layers.stores.postgres_submissions import PostgresSubmissions

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)


def made(number: int = 1, **more: object) -> Submission:
    values = {
        "id": f"{number:016x}",
        "layer": "water.outfalls",
        "upload": f"u{number}",
        "state": State.RECEIVED,
        "revision": 1,
        "file": {"name": "排口.zip"},
        "about": {"title": "入河排污口"},
        "answers": {},
        "created_by": "clerk",
        "created_at": NOW + timedelta(minutes=number),
        "updated_at": NOW + timedelta(minutes=number),
    }
    return Submission(**(values | more))  # type: ignore[arg-type]


RECEIVED = Step("received", "clerk", to_state="received")


def test_a_submission_is_found_as_it_was_stored(store: PostgresSubmissions) -> None:
    first, new = store.create(made(), RECEIVED)
    assert new
    assert first == made() == store.require(first.id) == store.of_upload("u1")


def test_one_upload_becomes_one_submission(store: PostgresSubmissions) -> None:
    store.create(made(), RECEIVED)
    again, new = store.create(made(2, upload="u1"), RECEIVED)
    assert (again.id, new) == (made().id, False)
    assert len(store.steps(made().id)) == 1


def test_a_change_raises_the_revision_and_is_logged(store: PostgresSubmissions) -> None:
    store.create(made(), RECEIVED)
    step = Step("checked", "system", from_state="received", to_state="checked", detail={"n": 1})
    later = NOW + timedelta(hours=1)
    saved = store.save(replace(made(), state=State.CHECKED), step, now=later)
    assert (saved.revision, saved.state, saved.updated_at) == (2, State.CHECKED, later)
    assert [(one.action, one.at) for one in store.steps(saved.id)] == [
        ("received", made().created_at),
        ("checked", later),
    ]


def test_who_looked_at_an_older_revision_changes_nothing(store: PostgresSubmissions) -> None:
    first, _ = store.create(made(), RECEIVED)
    store.save(replace(first, state=State.CHECKED), None, now=NOW)
    with pytest.raises(StaleRevision, match="刷新"):
        store.save(replace(first, state=State.WITHDRAWN), RECEIVED, now=NOW)
    assert store.require(first.id).state is State.CHECKED
    assert len(store.steps(first.id)) == 1


def test_an_unknown_submission_is_told_apart(store: PostgresSubmissions) -> None:
    assert store.find("x\x00y") is None
    with pytest.raises(UnknownSubmission):
        store.require("0" * 16)


def test_lists_are_newest_first_and_go_on_where_a_page_ended(store: PostgresSubmissions) -> None:
    for number in range(1, 6):
        store.create(made(number), RECEIVED)
    page = store.page(Wanted(limit=2))
    assert [one.upload for one in page] == ["u5", "u4"]
    rest = store.page(Wanted(before=(page[-1].created_at, page[-1].id)))
    assert [one.upload for one in rest] == ["u3", "u2", "u1"]


def test_lists_can_be_narrowed(store: PostgresSubmissions) -> None:
    store.create(made(1), RECEIVED)
    store.create(made(2, layer="grid.events", created_by="other", state=State.CHECKED), RECEIVED)
    for wanted in (
        Wanted(state=State.CHECKED),
        Wanted(layer="grid.events"),
        Wanted(created_by="other"),
    ):
        assert [one.upload for one in store.page(wanted)] == ["u2"]


def test_only_what_is_built_and_whose_time_has_come_is_due(store: PostgresSubmissions) -> None:
    store.create(made(1, state=State.APPROVED, publish_at=NOW), RECEIVED)
    assert store.due(NOW) == []  # nothing is built yet


def test_the_ended_are_not_open(store: PostgresSubmissions) -> None:
    store.create(made(1, state=State.WITHDRAWN), RECEIVED)
    store.create(made(2), RECEIVED)
    assert [one.upload for one in store.open()] == ["u2"]


@pytest.mark.parametrize("statement", ["UPDATE submission_step SET note = 'x'",
                                       "DELETE FROM submission_step"])  # fmt: skip
def test_the_log_only_grows(store: PostgresSubmissions, engine: sa.Engine, statement: str) -> None:
    store.create(made(), RECEIVED)
    with pytest.raises((DBAPIError, psycopg.Error), match="append-only"), engine.begin() as writing:
        writing.execute(sa.text(statement))
