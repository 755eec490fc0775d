"""What refreshing tells the event log: a failure once, the recovery once, and who asked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.roles.refreshing import asked_for
from topics.kit.eventlog import Event
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.runs import Claim, Yield
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_runs import PostgresRuns

from .conftest import Site
from .test_runner import GOOD

Find = Callable[[str], RefresherSpec]
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def events(engine: sa.Engine) -> PostgresEvents:
    return PostgresEvents(engine)


def _told(events: PostgresEvents) -> list[Event]:
    """Oldest first."""
    return events.read(as_of=None, limit=100)[::-1]


def test_many_failures_and_successes_are_one_failure_and_one_recovery(
    runner: RefreshRunner, site: Site, spec: Find, events: PostgresEvents
) -> None:
    for _ in range(3):
        runner.run(spec("air.http"))
    site.json(GOOD)
    for _ in range(2):
        runner.run(spec("air.http"))
    failed, recovered = _told(events)
    assert (failed.kind, failed.object, failed.topic) == ("refresher.failed", "air.http", "air")
    assert "HTTP 404" in failed.data["error"]
    assert (recovered.kind, recovered.data["failures"]) == ("refresher.recovered", 3)


def test_a_second_fall_is_told_again(
    runner: RefreshRunner, site: Site, spec: Find, events: PostgresEvents
) -> None:
    for answers in ({}, GOOD, {}):
        site.answers.clear()
        if answers:
            site.json(GOOD)
        runner.run(spec("air.http"))
    assert [one.kind.partition(".")[2] for one in _told(events)] == [
        "failed",
        "recovered",
        "failed",
    ]


def test_a_refresher_that_always_worked_is_no_event(
    runner: RefreshRunner, site: Site, spec: Find, events: PostgresEvents
) -> None:
    site.json(GOOD)
    runner.run(spec("air.http"))
    assert _told(events) == []


def test_of_runs_that_fail_at_the_same_time_one_is_the_first(
    runs: PostgresRuns, events: PostgresEvents
) -> None:
    begun = [runs.begin("air.http", cause="manual", tick=NOW, now=NOW) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda run: runs.finish(run, Yield(), error="坏", now=NOW), begun))
    assert [one.turned for one in ended].count(True) == 1
    assert len(_told(events)) == 1


def test_a_run_that_was_overtaken_is_neither_a_failure_nor_a_recovery(
    runner: RefreshRunner, site: Site, spec: Find, runs: PostgresRuns, events: PostgresEvents
) -> None:
    site.json(GOOD)
    now = datetime.now(UTC)
    mine = Claim("air.http", now, runs.next_fence())
    assert runs.claim(mine)
    runs.claim(Claim("air.http", now + timedelta(seconds=1), runs.next_fence()))
    record = runner.run(spec("air.http"), cause="schedule", claim=mine)
    assert (record.ok, record.failures_in_row) == (False, 0)
    assert _told(events) == []


def test_a_run_that_somebody_asked_for_names_them(
    runner: RefreshRunner, site: Site, spec: Find, events: PostgresEvents
) -> None:
    site.json(GOOD)
    record = runner.run(spec("air.http"))
    (stored,) = events.append([asked_for(record, by="u1")])
    assert (stored.kind, stored.object, stored.actor) == ("refresher.asked", "air.http", "u1")
    assert stored.data == {"run": record.id, "ok": True, "kept": 1}


def test_a_scheduled_run_ends_the_one_that_was_cut_off_before_it(runs: PostgresRuns) -> None:
    cut = runs.begin("air.http", cause="schedule", tick=NOW, now=NOW)
    runs.begin("air.http", cause="schedule", tick=NOW, now=NOW + timedelta(seconds=9))
    (found,) = [one for one in runs.history("air.http") if one.id == cut]
    assert "中断" in found.error
