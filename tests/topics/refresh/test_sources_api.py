"""/api/v1/sources over real stores and a real source: who sees, runs, decides and switches what."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import orjson
import pytest
import sqlalchemy as sa

from app.api import sources as sources_api
from app.config import Config, ConnectorsConfig, SourceConfig
from app.errors import BadConfig
from app.main import REFERENCE
from app.roles.refresh_jobs import backfill, refresh_now
from app.roles.refreshing import BACKFILL_JOB, REFRESH_JOB, refresh_runner, sources_of
from app.stores.postgres import PostgresAccounts, PostgresAudit, PostgresTokens
from tests.api.layer_server import Routes, serve
from topics.kit.catalogue import Catalogue
from topics.kit.jobs import JobRunner
from topics.kit.organisations import Organisations
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_held import PostgresHeld
from topics.kit.stores.postgres_jobs import PostgresJobs
from topics.kit.stores.postgres_refreshers import PostgresRefreshers
from topics.kit.stores.postgres_runs import PostgresRuns

from .conftest import MANIFEST, Site, emptied

BY_DAY = """
[[refreshers]]
id = "air.days"
kind = "http"
source = "web"
schedule = "1h"
retry = 0
path = "/days?from={from}&to={to:%Y%m%d}&last={last}"
items = "rows"
map = { region = "code", period = "time", values = { pm25 = "air.pm25_hour" } }
"""


@cache
def today() -> date:
    """The day on which the test first asked."""
    return datetime.now(ZONE).date()


def first_day() -> date:
    return today() - timedelta(days=4)


@pytest.fixture(autouse=True)
def _own_day() -> None:
    today.cache_clear()


@pytest.fixture
def engine(module_engine: sa.Engine) -> sa.Engine:
    return emptied(module_engine)


@pytest.fixture
def services(engine: sa.Engine, site: Site, tmp_path: Path) -> Any:
    folder = tmp_path / "topics" / "air"
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(MANIFEST + BY_DAY, encoding="utf-8")
    (folder / "own.py").write_text('"""Own."""\n\n\ndef values(ctx):\n    """None."""\n', "utf-8")
    secret = tmp_path / "token"
    secret.write_text("s3cret\n", encoding="utf-8")
    config = Config(
        sources={"web": SourceConfig(url=site.url, secret_file=str(secret))},
        connectors=ConnectorsConfig(allow_hosts=["127.0.0.0/8"]),
        home_path=tmp_path,
    )
    return SimpleNamespace(
        config=config,
        catalogue=Catalogue.load([tmp_path / "topics"], ["air"]),
        regions=RegionTree.load(REFERENCE / "regions.csv"),
        organisations=Organisations.load(REFERENCE / "organisations.csv"),
        observations=PostgresObservations(engine),
        layers=None,
        relay=SimpleNamespace(relay=lambda: None),
        runs=PostgresRuns(engine),
        refreshers=PostgresRefreshers(engine),
        held=PostgresHeld(engine),
        case_numbers=None,
        jobs=PostgresJobs(engine),
        events=PostgresEvents(engine),
        audit=PostgresAudit(engine),
        accounts=PostgresAccounts(engine),
        tokens=PostgresTokens(engine),
    )


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(services: Any) -> Ask:
    routes: Routes = serve(sources_api.router(services))

    def asked(who: str, method: str, path: str, **options: Any) -> httpx.Response:
        return routes.ask(method, f"/api/v1/sources{path}", headers={"x-who": who}, **options)

    return asked


@pytest.fixture
def work(services: Any) -> Iterator[Callable[[], bool]]:
    """Does one job."""
    runner = refresh_runner(services)
    handlers = {
        REFRESH_JOB: refresh_now(services, runner),
        BACKFILL_JOB: backfill(services, runner),
    }
    jobs = JobRunner(services.jobs, handlers, worker="w")
    return lambda: jobs.step(threading.Event())


def rows(factor: float, hour: int, day: Any = None) -> str:
    moment = f"{day or today() - timedelta(days=1)}T{hour:02}:00:00+08:00"
    found = [
        {"code": f"4402{n:02}", "time": moment, "pm25": (20.5 + n) * factor + hour}
        for n in (3, 4, 5)
    ]
    return orjson.dumps({"data": {"rows": found}, "rows": found}).decode()


def test_the_list_says_state_schedule_and_rights_and_never_a_secret(ask: Ask, site: Site) -> None:
    answer = ask("clerk", "GET", "")
    item = {one["id"]: one for one in answer.json()["items"]}["air.http"]
    assert (item["state_title"], item["kind_title"], item["schedule"]) == ("未取过", "接口", "15s")
    assert item["may"] == {"refresh": True, "decide": False}
    detail = ask("clerk", "GET", "/air.http")
    assert {"name": "地址", "text": site.url} in detail.json()["setup"]
    assert "s3cret" not in answer.text + detail.text
    assert "token" not in detail.text


def test_visitors_see_nothing_and_viewers_not_how_a_source_is_asked(ask: Ask) -> None:
    assert ask("", "GET", "").json()["items"] == []
    assert ask("", "GET", "/air.http").status_code == 404
    assert ask("viewer", "GET", "/air.http").json()["setup"] == []
    assert ask("viewer", "POST", "/air.http/runs").status_code == 403
    assert ask("clerk", "GET", "/air.nothing%00").status_code == 404


def test_a_run_asked_for_is_in_the_record_with_what_was_refused(
    ask: Ask, site: Site, work: Callable[[], bool]
) -> None:
    site.json(rows(1, 8).replace('"440205"', '"999999"'))
    assert ask("clerk", "POST", "/air.http/runs").status_code == 202
    ask("clerk", "POST", "/air.http/runs")  # again before it ran: still one job
    assert (work(), work()) == (True, False)
    (run,) = ask("clerk", "GET", "/air.http/runs").json()["items"]
    assert (run["kept"], run["refused"], run["http_status"]) == (2, 1, 200)
    assert run["bytes"] > 100
    assert "999999" in run["refusals"][0]["reason"]


def test_a_test_shows_values_and_stores_nothing(ask: Ask, site: Site, services: Any) -> None:
    site.json(rows(1, 8))
    answer = ask("clerk", "POST", "/air.http/test").json()
    assert [one["value"] for one in answer["items"]] == [31.5, 32.5, 33.5]
    assert services.observations.latest(as_of=None) == []
    site.answers.clear()
    assert "HTTP 404" in ask("clerk", "POST", "/air.http/test").json()["error"]


def held(ask: Ask, site: Site, work: Callable[[], bool]) -> dict[str, Any]:
    site.json(rows(1, 8))
    ask("clerk", "POST", "/air.http/runs")
    work()
    site.json(rows(1000, 9))
    ask("clerk", "POST", "/air.http/runs")
    work()
    found: dict[str, Any] = ask("clerk", "GET", "/air.http").json()["batches"][0]
    return found


def test_a_held_batch_is_released_by_a_reviewer_once(
    ask: Ask, site: Site, services: Any, work: Callable[[], bool], engine: sa.Engine
) -> None:
    batch = held(ask, site, work)
    assert "1,000 倍" in batch["reason"]
    path = f"/air.http/held/{batch['id']}"
    assert ask("clerk", "POST", path, json={"action": "release"}).status_code == 403
    shown = ask("admin", "GET", path).json()
    assert (shown["items"][0]["value"], shown["items"][0]["before"]) == (23509, 31.5)
    released = ask("admin", "POST", path, json={"action": "release", "note": "已核实"})
    assert released.json()["kept"] == 3
    assert ask("admin", "POST", path, json={"action": "release"}).status_code == 404
    assert services.observations.latest(as_of=None)[0].value == 23509
    with engine.connect() as connection:
        told = connection.execute(sa.text("SELECT action, detail FROM audit ORDER BY seq DESC"))
        assert ("refresher.release", True) in [(row[0], "已核实" in row[1]) for row in told]


def test_a_discarded_batch_is_not_asked_about_again(
    ask: Ask, site: Site, services: Any, work: Callable[[], bool]
) -> None:
    batch = held(ask, site, work)
    ask("admin", "POST", f"/air.http/held/{batch['id']}", json={"action": "discard"})
    ask("clerk", "POST", "/air.http/runs")
    work()
    run = ask("clerk", "GET", "/air.http/runs").json()["items"][0]
    assert (run["ok"], run["kept"]) == (True, 0)
    assert "不再入库" in run["notes"][0]
    assert services.observations.latest(as_of=None)[0].value == 31.5


def test_switching_off_needs_a_reason_and_a_reviewer_and_stops_runs(
    ask: Ask, services: Any
) -> None:
    off = {"enabled": False, "reason": "系统升级"}
    assert ask("clerk", "POST", "/air.http/state", json=off).status_code == 403
    assert ask("admin", "POST", "/air.http/state", json={"enabled": False}).status_code == 422
    answer = ask("admin", "POST", "/air.http/state", json=off).json()
    assert (answer["state"], answer["pause"]["reason"], answer["next"]) == ("off", "系统升级", None)
    refused = ask("clerk", "POST", "/air.http/runs")
    assert (refused.status_code, "系统升级" in refused.text) == (409, True)
    assert ask("admin", "POST", "/air.http/state", json={"enabled": True}).json()["pause"] is None


def days(site: Site, factor: float = 1) -> None:
    for n in range(4):
        day = first_day() + timedelta(days=n)
        after = day + timedelta(days=1)
        path = f"/days?from={day}&to={after:%Y%m%d}&last={day}"
        site.json(rows(factor, n, day), path)


def test_past_days_are_read_one_by_one_and_again_without_effect(
    ask: Ask, site: Site, services: Any, work: Callable[[], bool], engine: sa.Engine
) -> None:
    days(site)
    site.json(rows(1, 12))
    ask("clerk", "POST", "/air.http/runs")
    work()
    body = {"from": str(first_day()), "to": str(first_day() + timedelta(days=2))}
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM live_outbox"))
    for _ in range(2):
        assert ask("clerk", "POST", "/air.days/backfill", json=body).status_code == 202
        assert work()
    runs = ask("clerk", "GET", "/air.days/runs").json()["items"]
    assert [one["kept"] for one in runs] == [0, 0, 0, 3, 3, 3]
    assert {one["cause_title"] for one in runs} == {"补跑"}
    job = ask("clerk", "GET", "/air.days").json()["jobs"][0]
    assert (job["state"], job["result"]["days"]) == ("done", 3)
    with engine.connect() as connection:  # the past is no news
        assert connection.execute(sa.text("SELECT count(*) FROM live_outbox")).scalar() == 0
    assert ask("clerk", "GET", "/air.days").json()["last"] is None  # nor the state of today


def test_a_back_fill_that_differs_leaves_a_revision(
    ask: Ask, site: Site, services: Any, work: Callable[[], bool]
) -> None:
    body = {"from": str(first_day()), "to": str(first_day())}
    for factor in (1, 1.5):
        days(site, factor)
        ask("clerk", "POST", "/air.days/backfill", json=body)
        work()
    (newest,) = services.observations.latest(regions=["440203"], as_of=None)
    said = services.observations.revisions("air.pm25_hour", "440203", newest.period)
    assert [one.value for one in said] == [23.5, 35.25]


def test_a_back_fill_stops_when_it_is_cancelled_or_the_source_is_away(
    ask: Ask, site: Site, services: Any, work: Callable[[], bool]
) -> None:
    body = {"from": str(first_day()), "to": str(today())}
    job = ask("clerk", "POST", "/air.days/backfill", json=body).json()["id"]
    assert ask("clerk", "DELETE", f"/air.days/jobs/{job}").json() == {"cancelled": True}
    assert not work()
    ask("clerk", "POST", "/air.days/backfill", json=body)
    work()
    assert len(ask("clerk", "GET", "/air.days/runs").json()["items"]) == 3  # gives up after three
    told = ask("clerk", "GET", "/air.days").json()["jobs"][0]["error"]
    assert "已停止" in told


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-10-05", "2026-10-01", "对调"),
        ("bald", "2026-10-01", "读不懂"),
        ("2026-10-01", "2099-01-01", "未来"),
        ("2020-01-01", "2026-01-01", "分几次"),
    ],
)
def test_days_that_make_no_sense_are_told(ask: Ask, first: str, last: str, words: str) -> None:
    answer = ask("clerk", "POST", "/air.days/backfill", json={"from": first, "to": last})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_source_that_cannot_be_asked_by_time_says_how_it_could(ask: Ask) -> None:
    body = {"from": "2026-10-01", "to": "2026-10-01"}
    assert "{from}" in ask("clerk", "POST", "/air.http/backfill", json=body).text


def test_failures_open_the_circuit_and_the_list_says_until_when(
    ask: Ask, site: Site, work: Callable[[], bool]
) -> None:
    for _ in range(5):
        ask("clerk", "POST", "/air.http/runs")
        work()
    item = {one["id"]: one for one in ask("clerk", "GET", "").json()["items"]}["air.http"]
    assert (item["state_title"], item["failures"]) == ("熔断", 5)
    assert ask("clerk", "GET", "").json()["items"][0]["id"] == "air.http"  # the worst first
    site.json(rows(1, 8))
    ask("clerk", "POST", "/air.http/runs")
    work()
    assert ask("clerk", "GET", "/air.http").json()["state_title"] == "正常"


def test_a_secret_may_come_from_the_environment_and_must_be_there() -> None:
    config = Config(sources={"web": SourceConfig(url="http://a", secret_env="TOKEN_A")})
    assert sources_of(config, {"TOKEN_A": "s3 "})["web"].secret == "s3"
    with pytest.raises(BadConfig, match="TOKEN_A"):
        sources_of(config, {})
    with pytest.raises(BadConfig, match="auth"):
        sources_of(Config(sources={"web": SourceConfig(auth="magic")}), {})
