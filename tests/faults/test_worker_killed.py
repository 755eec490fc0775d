"""kill -9 of the worker while it reads or builds a submission: nothing is stuck or lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from app.config import Config
from layers.stores.postgres_engine import connect
from tests.api.review_city import LAYER, ReviewCity, review_city, stations
from tests.faults.processes import eventually, go, worker
from topics.kit.jobs import Job, JobState


def many(count: int = 40_000) -> bytes:
    """A CSV that takes a moment."""
    rows = [(f"S{n}", f"站{n}", 113 + n % 997 / 1000, 24 + n // 997 / 1000) for n in range(count)]
    return stations(*rows)


class Watched(ReviewCity):
    """A city whose jobs are done by real workers, which may be killed."""

    def work(self) -> int:
        """Nobody works in this process."""
        return 0

    def job(self, submission: str) -> Job:
        """The job of the submission."""
        stored = self.services.submissions.store.find(submission)
        assert stored is not None
        found = self.services.jobs.find(stored.job or "")
        assert found is not None
        return found

    def state(self, submission: str) -> str:
        """Where the submission stands."""
        stored = self.services.submissions.store.find(submission)
        assert stored is not None
        return str(stored.state)


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> Watched:
    made = review_city(home, database_url, valkey_url, confined=True)
    made.__class__ = Watched
    assert isinstance(made, Watched)
    return made


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def places(home: Path, database_url: str, valkey_url: str) -> tuple[Path, str, str]:
    return home, valkey_url, database_url


def let_time_pass(engine: sa.Engine) -> None:
    """As if the workers that are dead had been silent for a minute."""
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE job SET heartbeat = heartbeat - interval '1 minute'"
                    " WHERE state = 'running'")
        )  # fmt: skip


def hand_in(city: Watched) -> str:
    return str(city.hand_in(many())["id"])


def runs(city: Watched, submission: str, step: str) -> bool:
    job = city.job(submission)
    return job.state is JobState.RUNNING and (job.progress or {}).get("step") == step


def killed_while_reading(city: Watched, places: Any, step: str) -> str:
    """The submission that a worker was killed over in that step, with all that it had started."""
    submission = hand_in(city)
    with worker(*places, still=step) as first:
        assert eventually(lambda: runs(city, submission, step))
        children = psutil.Process(first.pid).children(recursive=True)
        first.kill()
        first.wait()
        _, alive = psutil.wait_procs(children, timeout=120)
        assert alive == []
    return submission


@pytest.mark.parametrize("step", ["读取", "坐标", "检查"])
def test_a_worker_killed_while_reading_is_followed_by_another(
    city: Watched, places: Any, engine: sa.Engine, step: str
) -> None:
    submission = killed_while_reading(city, places, step)
    assert city.state(submission) == "received"
    assert city.job(submission).state is JobState.RUNNING
    let_time_pass(engine)
    with worker(*places):
        assert eventually(lambda: city.state(submission) == "checked")
    assert city.live() is None
    assert city.submission("clerk", submission)["report"]["features"] == 40_000


def _move(city: Watched, who: str, submission: str, action: str) -> None:
    answer = city.move(who, submission, action, note="可以")
    assert answer.status_code == 200, answer.text


def test_a_worker_killed_while_building_leaves_what_is_live_until_another_has_built(
    city: Watched, places: Any, engine: sa.Engine, home: Path
) -> None:
    with worker(*places):
        submission = hand_in(city)
        assert eventually(lambda: city.state(submission) == "checked")
    _move(city, "clerk", submission, "submit")
    with worker(*places, still="编译") as first:
        assert eventually(lambda: runs(city, submission, "编译"))
        first.kill()
        first.wait()
    assert city.live() is None
    let_time_pass(engine)
    with worker(*places):
        assert eventually(lambda: city.submission("reviewer", submission)["version"] is not None)
        assert city.live() is None
        _move(city, "reviewer", submission, "approve")
    assert city.state(submission) == "published"
    assert len(city.services.layers.versions(LAYER)) == 1
    assert len(city.services.layers.master(LAYER, city.live() or "")) == 40_000
    city.services.layers.sweep()
    assert [one.name for one in (home / "layers" / "versions" / LAYER).iterdir()] == [city.live()]
    assert list((home / "layers" / "staging").iterdir()) == []


def test_a_worker_that_is_asked_to_end_gives_its_job_back_at_once(
    city: Watched, places: Any, home: Path
) -> None:
    submission = hand_in(city)
    with worker(*places, still="读取") as first:
        assert eventually(lambda: runs(city, submission, "读取"))
        first.terminate()
        assert eventually(lambda: city.job(submission).state is not JobState.RUNNING)
        job = city.job(submission)
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
        go(home)
        assert first.wait(240) == 0
    job = city.job(submission)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    with worker(*places):
        assert eventually(lambda: city.state(submission) == "checked")


def test_a_job_that_kills_every_worker_is_given_up_with_a_reason(
    city: Watched, places: Any, engine: sa.Engine
) -> None:
    submission = hand_in(city)
    for attempt in (1, 2, 3):
        with worker(*places, still="读取") as one:
            assert eventually(lambda: city.job(submission).attempts == attempt)  # noqa: B023
            one.kill()
            one.wait()
        let_time_pass(engine)
    with worker(*places):
        assert eventually(lambda: city.job(submission).state is JobState.FAILED)
    assert "连续 3 次意外中断" in city.job(submission).error
    assert "reread" in city.submission("clerk", submission)["actions"]


def test_the_defaults_let_one_layer_job_run_beside_the_refreshes() -> None:
    assert Config().worker.layer_jobs == 1
