"""The simulated systems answer as bureaus' systems would, and the refreshers can read them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from app.demo import readings, tables
from app.demo.history import brought, levels_brought
from app.demo.service import service_names
from layers.stores.postgres_engine import connect
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import ValueStatus
from topics.kit.refresh.assembly import make_runner
from topics.kit.refresh.sources import source_book
from topics.kit.regions import RegionTree
from topics.kit.runs import RunRecord
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_runs import PostgresRuns

CATALOGUE = Catalogue.load([SHIPPED])
REGIONS = RegionTree.load(tables.DATA / "reference" / "regions.csv")
BROKEN = "market.elevators"
# What is counted from cases asks no source; tests/topics/evaluation has its tests.
READING = [one for one in CATALOGUE.refreshers() if one.kind != "cases"]
COUNTED = {
    count.indicator for one in CATALOGUE.refreshers() if one.kind == "cases" for count in one.counts
}
CODES = {tables.CITY, *(county.code for county in tables.counties())}
_START = "import sys; from pathlib import Path; from app.demo.sources import run; "
_START += "run(Path(sys.argv[1]), sys.argv[2])"


def _started(home: Path, database: str) -> subprocess.Popen[bytes]:
    """A simulator process that has registered its addresses and answers."""
    child = subprocess.Popen([sys.executable, "-c", _START, str(home), database])
    for _ in range(400):
        if _answers(_registered(home).get("ecology_air", "")):
            return child
        assert child.poll() is None
        time.sleep(0.05)
    child.kill()
    raise AssertionError("the simulators did not start")


def _registered(home: Path) -> dict[str, str]:
    file = home / "demo" / "sources.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/now", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def addresses(module_home: Path, module_database_url: str) -> Iterator[dict[str, str]]:
    child = _started(module_home, module_database_url)
    time.sleep(3)  # files must have settled, tables must be written
    yield _registered(module_home)
    child.terminate()
    assert child.wait(timeout=60) is not None


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[Engine]:
    engine = connect(module_database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def observations(engine: Engine) -> PostgresObservations:
    return PostgresObservations(engine)


@pytest.fixture(scope="module")
def records(
    observations: PostgresObservations,
    addresses: dict[str, str],
    module_home: Path,
    engine: Engine,
) -> dict[str, RunRecord]:
    """Every refresher, run once as an operator would."""
    runner = make_runner(
        catalogue=CATALOGUE,
        regions=RegionTree.load(tables.DATA / "reference" / "regions.csv").with_sites(
            CATALOGUE.sites
        ),
        observations=observations,
        layers=None,
        runs=PostgresRuns(engine),
        sources=source_book({}, module_home / "demo" / "sources.json"),
        announce=lambda: None,
    )
    return {spec.id: runner.run(spec) for spec in READING}


def test_every_source_that_a_refresher_names_is_registered(addresses: dict[str, str]) -> None:
    assert {one.source for one in READING} == set(addresses)


@pytest.mark.parametrize("refresher", [r.id for r in READING if r.id != BROKEN])
def test_a_refresher_reads_its_source_without_a_refused_row(
    records: dict[str, RunRecord], refresher: str
) -> None:
    record = records[refresher]
    assert record.ok, record.error
    assert record.refused == 0, record.refusals
    assert record.read > 0


def test_the_source_without_login_is_told_in_words(records: dict[str, RunRecord]) -> None:
    assert not records[BROKEN].ok
    assert "网页" in records[BROKEN].error


def test_city_and_all_counties_arrive(
    observations: PostgresObservations, records: dict[str, RunRecord]
) -> None:
    for spec in [one for one in brought(CATALOGUE) if one.id not in COUNTED]:
        found = observations.latest(indicators=[spec.id], regions=None, as_of=None)
        levels = levels_brought(CATALOGUE, spec)
        wanted = {tables.CITY} if "city" in levels else set()
        wanted |= CODES - {tables.CITY} if "county" in levels else set()
        if "site" in levels:
            wanted |= {one.code for one in CATALOGUE.sites if one.kind == spec.sites}
        if spec.id != "market.elevators_online":
            assert {one.region for one in found} == wanted, spec.id


def test_a_county_that_did_not_report_is_missing_and_not_zero(
    observations: PostgresObservations, records: dict[str, RunRecord]
) -> None:
    found = observations.latest(indicators=["water.leakage"], regions=["440233"], as_of=None)
    assert [(one.value, one.status) for one in found] == [(None, ValueStatus.MISSING)]


def test_reports_are_in_the_encoding_of_bureau_offices(addresses: dict[str, str]) -> None:
    reports = [one.read_bytes() for one in Path(addresses["economy_statistics"]).glob("*.csv")]
    assert any("地区生产总值" in one.decode("gbk") for one in reports)
    with pytest.raises(UnicodeDecodeError):
        reports[0].decode("utf-8")


def test_services_keep_their_address_over_a_restart(tmp_path: Path, database_url: str) -> None:
    ports = []
    for _ in range(2):
        child = _started(tmp_path, database_url)
        ports.append(_registered(tmp_path)["ecology_air"])
        child.terminate()
        child.wait(timeout=60)
    assert ports[0] == ports[1]


def test_the_same_moment_always_gives_the_same_answer() -> None:
    now = datetime(2026, 11, 22, 2, 24, 36, tzinfo=UTC)
    for answer in [*readings.WEB.values(), *readings.TABLES.values()]:
        assert answer(now) == answer(now)


@pytest.mark.parametrize(
    "path",
    [
        "ecology_air/now",
        "economy_power/load",
        "water_hydrology/level",
        "market_kitchens/online",
    ],
)
def test_a_live_number_moves_within_thirty_seconds(path: str) -> None:
    now = datetime(2026, 11, 22, 2, 24, 36, tzinfo=UTC)

    def numbers(moment: datetime) -> list[Any]:
        rows = readings.WEB[path](moment)
        return [[v for k, v in row.items() if k != "time"] for row in rows]

    assert numbers(now) != numbers(now + timedelta(seconds=30))


def test_every_web_service_stands_in_some_manifest() -> None:
    assert set(service_names()) <= {one.source for one in CATALOGUE.refreshers()}
