"""GET and DELETE /api/v1/jobs over a real database: who sees which jobs, and ends them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from app.api import jobs as jobs_api
from app.services import Services
from app.stores.postgres import PostgresAudit
from layers.stores.postgres_engine import connect
from tests.api.layer_server import serve, who
from tests.security.serving import serving
from topics.kit.jobs import JobState
from topics.kit.stores.postgres_jobs import PostgresJobs

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.fixture
def services(database_url: str) -> Iterator[Any]:
    engine = connect(database_url)
    yield SimpleNamespace(jobs=PostgresJobs(engine), audit=PostgresAudit(engine))
    engine.dispose()


@pytest.fixture
def client(services: Any) -> Iterator[httpx.Client]:
    routes = serve(jobs_api.router(cast(Services, services)))
    with serving(cast(Any, routes.server)) as made:
        made.headers.update(who("clerk"))
        yield made


@pytest.fixture
def mine(services: Any) -> str:
    return _queue(services, "u2")


def _queue(services: Any, by: str, seconds: int = 0) -> str:
    now = NOW + timedelta(seconds=seconds)
    about = "layer:water.outfalls"
    return str(services.jobs.enqueue("layer.read", {"x": 1}, now=now, subject=about, created_by=by))


def test_a_job_is_told_with_its_progress_and_without_its_payload(
    client: httpx.Client, services: Any, mine: str
) -> None:
    services.jobs.claim("w", ["layer.read"], now=NOW)
    services.jobs.advance(mine, "w", {"step": "检查", "done": 3, "of": 7})
    told = client.get(f"/api/v1/jobs/{mine}").json()
    assert told["progress"] == {"step": "检查", "done": 3, "of": 7}
    assert (told["state"], told["state_title"], told["kind_title"]) == (
        "running", "处理中", "读取与检查",
    )  # fmt: skip
    assert "payload" not in told


def test_others_see_nothing_of_a_job(client: httpx.Client, services: Any) -> None:
    theirs = _queue(services, "u9")
    assert client.get(f"/api/v1/jobs/{theirs}").status_code == 404
    assert client.delete(f"/api/v1/jobs/{theirs}").status_code == 404
    assert client.get("/api/v1/jobs").json()["items"] == []
    assert client.get(f"/api/v1/jobs/{theirs}", headers=who("viewer")).status_code == 403
    assert services.jobs.find(theirs).state is JobState.QUEUED


def test_an_administrator_sees_all_jobs_or_only_his_own(client: httpx.Client, mine: str) -> None:
    everything = client.get("/api/v1/jobs", headers=who("admin")).json()["items"]
    assert [one["id"] for one in everything] == [mine]
    assert client.get("/api/v1/jobs?mine=1", headers=who("admin")).json()["items"] == []


def test_jobs_come_in_pages(client: httpx.Client, services: Any) -> None:
    made = [_queue(services, "u2", n) for n in range(3)]
    first = client.get("/api/v1/jobs?limit=2").json()
    rest = client.get("/api/v1/jobs", params={"limit": 2, "next": first["next"]}).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


def test_a_cancelled_job_is_ended_and_recorded_once(
    client: httpx.Client, services: Any, mine: str
) -> None:
    assert client.delete(f"/api/v1/jobs/{mine}").json()["state"] == "cancelled"
    again = client.delete(f"/api/v1/jobs/{mine}")
    assert (again.status_code, again.json()["type"]) == (409, "tonglan:job-ended")
    (event,) = services.audit.list(action="job.cancel")
    assert (event.actor, event.object) == ("u2", mine)


@pytest.mark.parametrize("query", ["next=x", "state=open", "subject=%00", "limit=0"])
def test_a_question_that_cannot_be_read_is_refused(client: httpx.Client, query: str) -> None:
    assert client.get(f"/api/v1/jobs?{query}").status_code == 422


def test_what_is_no_job_is_not_found(client: httpx.Client) -> None:
    assert client.get("/api/v1/jobs/%00").status_code == 404
