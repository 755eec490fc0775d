"""A worker killed between computing and committing leaves nothing half done or forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from layers.stores.postgres_engine import connect
from tests.topics.formula.small_city import CITY, GEOGRAPHY, formula, known, month, said, spec
from topics.kit.contracts import Observation
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.recompute import Recomputation
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_stale import PostgresStale

X, Y, RATE = spec("a.x", "件"), spec("a.y", "件"), spec("a.rate", "%")
ROOT = Path(__file__).parents[3]


class Deadly(PostgresObservations):
    """Stores what it is given, then the process is killed before anything is committed."""

    def append(self, *given: Any, **more: Any) -> list[Observation]:
        super().append(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
        return []


def computing(
    url: str, kind: type[PostgresObservations] = PostgresObservations
) -> tuple[Recomputation, PostgresObservations, PostgresStale]:
    engine = connect(url)
    made = formula("a.x / a.y * 100", X, Y, result=RATE)
    store, stale = kind(engine), PostgresStale(engine)
    book = FormulaBook([made])
    return Recomputation(book, known(X, Y, RATE), GEOGRAPHY, stale, store), store, stale


def die_before_the_commit(url: str) -> None:
    computing(url, Deadly)[0].run()


def test_a_kill_before_the_commit_loses_no_change_and_shows_no_part(database_url: str) -> None:
    work, store, stale = computing(database_url)
    work.run()
    store.append([said("a.x", month(2026, 1), 30.0), said("a.y", month(2026, 1), 60.0)])
    script = (
        "from tests.topics.formula.test_killed import die_before_the_commit as act;"
        f"act({database_url!r})"
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert store.series("a.rate", CITY, as_of=None) == []
    assert stale.waiting() == 2
    work.run()
    assert [one.value for one in store.series("a.rate", CITY, as_of=None)] == [50.0]
    assert stale.waiting() == 0


def test_the_same_work_done_twice_changes_nothing(database_url: str) -> None:
    work, store, _ = computing(database_url)
    work.run()
    store.append([said("a.x", month(2026, 1), 30.0), said("a.y", month(2026, 1), 60.0)])
    work.run()
    again, _, stale = computing(database_url)
    with stale.batch() as batch:
        assert batch is None
    assert again.run() == 0
    assert len(store.revisions("a.rate", CITY, month(2026, 1))) == 1
