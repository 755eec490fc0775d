"""GET and POST below /api/v1/quality on real stores: ranking, rights, release, notes, as_of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.api import quality
from app.services import Services
from app.stores.postgres import PostgresAudit
from layers.stores.postgres_engine import connect
from tests.api.layer_server import Routes, serve, who
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.organisations import Organisations
from topics.kit.periods import spelt
from topics.kit.quality.tags import ValueQuality
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_intake import PostgresIntake
from topics.kit.stores.postgres_presence import PostgresPresence
from topics.kit.stores.postgres_quality import PostgresQuality
from topics.kit.stores.postgres_runs import PostgresRuns

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
HOUR = timedelta(hours=1)
ONE = """
[[indicators]]
id = "{id}"
title = "{title}"
definition = "口径"
unit = "件"
precision = 0
frequency = "1h"
period_kind = "小时"
levels = ["city", "county"]
owner = "sthjj"
source = "{title}平台"
freshness = "2h"
classification = "{classification}"
checks = {{ soft_max = 100, complete = 90 }}
"""
INDICATORS = (
    ("grid.fresh", "按时的", "公开"),
    ("grid.late", "迟到的", "公开"),
    ("grid.dead", "停更的", "公开"),
    ("grid.never", "没来的", "公开"),
    ("grid.secret", "敏感的", "敏感"),
)


@cache
def this_hour() -> datetime:
    """The hour at which the tests began."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


class Releases:
    """One indicator's periods wait for tomorrow."""

    held = ""

    def at(self, spec: Any, period: Period) -> datetime | None:
        return this_hour() + 24 * HOUR if spec.id == self.held else None


@pytest.fixture(scope="module")
def city(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    home = tmp_path_factory.mktemp("home")
    folder = home / "topics" / "grid"
    folder.mkdir(parents=True)
    head = '[topic]\nid = "grid"\ntitle = "网格治理"\nowner = "sthjj"\ndemo = true\n'
    tables = (ONE.format(id=i, title=t, classification=c) for i, t, c in INDICATORS)
    (folder / "topic.toml").write_text(head + "".join(tables), encoding="utf-8")
    catalogue = Catalogue.load([home / "topics"])
    engine = connect(module_database_url)
    events = PostgresEvents(engine)
    observations = PostgresObservations(engine, PostgresIntake(catalogue.find, events))
    regions = RegionTree.load(REFERENCE / "regions.csv")
    flags = PostgresQuality(engine, observations, events)
    yield SimpleNamespace(
        catalogue=catalogue,
        observations=observations,
        regions=regions,
        organisations=Organisations.load(REFERENCE / "organisations.csv"),
        runs=PostgresRuns(engine),
        releases=Releases(),
        audit=PostgresAudit(engine, anchor=home / "anchor"),
        quality=ValueQuality(flags, PostgresPresence(engine), observations, regions),
        relay=SimpleNamespace(relay=lambda: 0),
        accounts=SimpleNamespace(by_id=lambda _: None),
        tokens=SimpleNamespace(all=list),
    )
    engine.dispose()


def value(indicator: str, number: float, hours_ago: int) -> Observation:
    period = Period(this_hour() - hours_ago * HOUR, PeriodKind.HOUR)
    return Observation(indicator, "440203", period, number, unit="件")


@pytest.fixture(scope="module")
def asked(city: SimpleNamespace) -> Routes:
    city.observations.append(
        [
            value("grid.fresh", 5, 1),
            value("grid.late", 6, 5),
            value("grid.dead", 7, 30),
            value("grid.dead", 500, 31),
            value("grid.secret", 900, 2),
        ]
    )
    return serve(quality.router(cast(Services, city)))


def get(asked: Routes, path: str, name: str = "viewer", **params: Any) -> Any:
    answer = asked.get(f"/api/v1/quality{path}", params=params, headers=who(name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def flag_of(asked: Routes, indicator: str, name: str = "admin") -> Any:
    (found,) = get(asked, "/flags", name, indicator=indicator, state="all")["items"]
    return found


def test_the_latest_source_stands_first_and_what_never_came_before_what_is_fresh(asked):
    found = get(asked, "")["sources"]
    assert [one["title"] for one in found] == [
        "停更的平台",
        "迟到的平台",
        "没来的平台",
        "按时的平台",
    ]
    assert found[0]["state"] == "dead"
    assert found[0]["text"].startswith("停更,已迟 1天")
    assert found[1]["since"] == spelt(Period(this_hour() - 2 * HOUR, PeriodKind.HOUR))
    assert found[1]["indicators"][0]["promise"] == "2 时"


def test_what_may_not_be_read_is_not_counted_ranked_or_listed(asked):
    assert get(asked, "")["states"] == {"dead": 1, "late": 1, "never": 1, "fresh": 1}
    assert {one["indicator"] for one in get(asked, "/flags")["items"]} == {"grid.dead"}
    assert "grid.secret" not in {o["indicator"] for o in get(asked, "/completeness")["items"]}
    assert flag_of(asked, "grid.secret")["value"] == 900


def test_a_bureau_is_told_what_of_its_own_is_late_now(asked):
    (row,) = get(asked, "")["owners"]
    assert (row["indicators"], row["late_now"]) == (4, 2)


def test_in_replay_nothing_is_late_that_was_not_then(asked):
    then = (this_hour() - 30 * HOUR).isoformat()
    assert all(one["state"] == "never" for one in get(asked, "", as_of=then)["sources"])
    assert get(asked, "/flags", as_of=then)["items"] == []


def test_a_value_that_waits_for_its_release_is_not_told_by_its_doubt(asked, city):
    city.releases.held = "grid.dead"
    try:
        assert get(asked, "/flags")["items"] == []
    finally:
        city.releases.held = ""
    assert len(get(asked, "/flags")["items"]) == 1


def test_completeness_counts_the_periods_since_the_first_value(asked):
    rows = {one["indicator"]: one for one in get(asked, "/completeness")["items"]}
    dead = rows["grid.dead"]
    assert dead["periods"][-1]["came"] == 0
    assert dead["share"] == pytest.approx(2 / len(dead["periods"]), abs=0.01)


def test_a_note_is_kept_with_its_author_and_audited(asked, city):
    number = flag_of(asked, "grid.dead")["id"]
    body = {"text": "已知:设备检修", "until": "2026-12-05"}
    answer = asked.ask(
        "POST", f"/api/v1/quality/flags/{number}/notes", json=body, headers=who("admin")
    )
    assert answer.status_code == 201
    (note,) = answer.json()["notes"]
    assert note["text"] == "已知:设备检修"
    assert note["until"].startswith("2026-12-05")
    assert flag_of(asked, "grid.dead")["cleared_at"] is None


@pytest.mark.parametrize("what", ["notes", "acceptance"])
@pytest.mark.parametrize(("name", "status"), [("nobody", 401), ("viewer", 403)])
def test_who_may_not_write_may_not_say(asked, what, name, status):
    number = flag_of(asked, "grid.dead")["id"]
    path = f"/api/v1/quality/flags/{number}/{what}"
    assert asked.ask("POST", path, json={"text": "已知"}, headers=who(name)).status_code == status


@pytest.mark.parametrize("number", [0, 10**30, 987654])
def test_a_flag_that_is_none_is_told_in_chinese(asked, number):
    path = f"/api/v1/quality/flags/{number}/notes"
    answer = asked.ask("POST", path, json={"text": "已知"}, headers=who("admin"))
    assert answer.status_code in (404, 422)
    assert "没有" in answer.text


def test_an_accepted_value_is_good_again_and_a_second_time_is_told(asked, city):
    number = flag_of(asked, "grid.secret")["id"]
    path = f"/api/v1/quality/flags/{number}/acceptance"
    first = asked.ask("POST", path, json={"text": "现场核对"}, headers=who("admin"))
    assert first.status_code == 200
    assert first.json()["cleared_text"] == "已核实无误"
    assert (
        asked.ask("POST", path, json={"text": "现场核对"}, headers=who("admin")).status_code == 422
    )
    (now,) = city.observations.latest(indicators=["grid.secret"], as_of=None)
    assert now.status.value == "ok"


@pytest.mark.parametrize("query", ["next=x", "kind=%00", "as_of=morgen", "state=closed"])
def test_a_question_that_cannot_be_read_is_refused_with_words(asked, query):
    answer = asked.get(f"/api/v1/quality/flags?{query}", headers=who("admin"))
    assert answer.status_code in (400, 422)


def test_pages_of_flags_go_on_where_the_one_before_ended(asked, city):
    rows = [replace(value("grid.late", 300 + n, 6 + n), region="440204") for n in range(5)]
    for one in rows:
        city.observations.append([one])
    seen, mark = [], None
    while True:
        params = {"limit": 2, "indicator": "grid.late"} | ({"next": mark} if mark else {})
        page = get(asked, "/flags", "admin", **params)
        seen += [one["id"] for one in page["items"]]
        mark = page["next"]
        if mark is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
