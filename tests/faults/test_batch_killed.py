"""kill -9 of a writer in the middle of batches: no half batch, none acknowledged lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.faults.processes import ROOT, eventually, let_go, marked
from topics.kit.stores.postgres import PostgresObservations

BATCH = 4000
# Writes batch after batch, each with its number as its value; says each number once it is stored.
WRITER = f"""
import sys
from datetime import UTC, datetime, timedelta
from layers.stores.postgres_engine import connect
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.stores.postgres import PostgresObservations
store = PostgresObservations(connect(sys.argv[1]))
start = datetime(2026, 11, 1, tzinfo=UTC)
for number in range(1000):
    # Every other batch corrects the one before: both ways of storing are cut off.
    period = Period(start + timedelta(hours=number // 2), PeriodKind.HOUR)
    store.append(
        Observation("fault.i%d" % n, "440200", period, float(number)) for n in range({BATCH})
    )
    print(number, flush=True)
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


def written_until_killed(url: str, log: Path, kill_after: float) -> int:
    """Let a writer acknowledge two batches and go on for a moment; return its last number."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, marked(url)], cwd=ROOT, stdout=out
        )
        try:
            assert eventually(lambda: log.read_text().count("\n") >= 2)
            time.sleep(kill_after)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert eventually(lambda: let_go(url), every=0.1)
    return int(log.read_text().split("\n")[-2])


def values(engine: sa.Engine) -> Counter[float]:
    query = sa.text("SELECT value, count(*) FROM observation GROUP BY value")
    with engine.connect() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(query)})


@pytest.mark.parametrize("kill_after", [0.02, 0.17])
def test_a_killed_writer_leaves_whole_batches_only_and_all_it_was_told_of(
    engine: sa.Engine, database_url: str, tmp_path: Path, kill_after: float
) -> None:
    last = written_until_killed(database_url, tmp_path / "log", kill_after)
    found = values(engine)
    assert set(found.values()) == {BATCH}
    # Of each period the later of its two batches, as far as they came; one more may be committed.
    newest = int(max(found))
    assert newest in (last, last + 1)
    assert sorted(found) == [*range(1, newest, 2), newest]
    revisions = sa.text("SELECT count(*) FROM observation_revision")
    with engine.connect() as connection:
        kept = connection.execute(revisions).scalar_one()
    assert kept == (newest + 1) // 2 * BATCH


def test_who_comes_after_a_killed_writer_writes_at_once_and_screens_hear_of_all_that_is_seen(
    engine: sa.Engine, database_url: str, tmp_path: Path
) -> None:
    written_until_killed(database_url, tmp_path / "log", 0.1)
    store = PostgresObservations(engine)
    last = store.latest(indicators=["fault.i7"], as_of=None)[0]
    assert store.append([last], live=False) == []
    told = sa.text(
        "SELECT count(*) FROM observation AS o WHERE NOT EXISTS (SELECT FROM live_outbox AS l"
        " WHERE (l.indicator, l.region, l.period_start, l.value)"
        " = (o.indicator, o.region, o.period_start, o.value))"
    )
    with engine.connect() as connection:
        assert connection.execute(told).scalar_one() == 0
