"""Old versions go by the rule of the city or of their layer, and are gone for everybody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from app.api import layer_edit, tiles
from app.api.live_versions import LiveVersions
from layers.contracts import ImportRequest
from tests.api.review_city import LAYER, ReviewCity, review_city, stations

ROOT = Path(__file__).resolve().parents[2]
Bring = Callable[[int], list[str]]


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(home, database_url, valkey_url, layer_edit, tiles)


@pytest.fixture
def bring(city: ReviewCity, tmp_path: Path) -> Bring:
    """Publish so many versions; their ids, oldest first."""

    def run(many: int) -> list[str]:
        made = []
        for number in range(many):
            path = tmp_path / "a.csv"
            path.write_bytes(stations((f"N{number}", "甲", 113.6, 24.8)))
            request = ImportRequest(LAYER, title="排口", crs="EPSG:4490", key="code", publish=True)
            made.append(city.services.layers.import_file(path, request).version or "")
        return made

    return run


def keep(city: ReviewCity, **said: int) -> None:
    body = {"catalogue": {"keep": said}}
    assert city.ask("reviewer", "PATCH", f"/api/v1/layers/{LAYER}", json=body).status_code == 200


def age(database: str, days: int) -> None:
    with psycopg.connect(database, autocommit=True) as past:
        past.execute(
            "UPDATE layer_versions SET created_at = created_at - make_interval(days => %s),"
            " published_at = published_at - make_interval(days => %s)",
            (days, days),
        )


def test_a_layers_own_rule_comes_before_the_citys(city: ReviewCity, bring: Bring) -> None:
    made = bring(4)
    assert LiveVersions(city.services).prunable() == []
    keep(city, versions=2)
    gone = [one.id for one, _ in LiveVersions(city.services).prunable()]
    assert set(gone) == set(made[:2])
    keep(city, days=30)
    assert LiveVersions(city.services).prunable() == []
    age(city.database, 31)
    gone = [one.id for one, _ in LiveVersions(city.services).prunable()]
    assert set(gone) == set(made[:3])


def test_the_tiles_of_a_removed_version_are_not_found(city: ReviewCity, bring: Bring) -> None:
    old, live = bring(2)
    keep(city, versions=1)
    ((gone, reason),) = LiveVersions(city.services).prune(by="system")
    assert (gone.id, reason) == (old, "不在最近 1 个发布版之内")
    for version, status in ((old, 404), (live, 200)):
        path = f"/tiles/{LAYER}/{version}/6/52/27.mvt"
        assert city.ask("viewer", "GET", path).status_code == status
    answer = city.get("viewer", f"/api/v1/layers/{LAYER}/versions")
    assert [one["id"] for one in answer["items"]] == [live]
    (event,) = city.services.audit.list(action="layer.prune")
    assert old in event.detail


def test_the_command_lists_first_and_removes_when_told(
    city: ReviewCity, bring: Bring, tmp_path: Path, database_url: str, valkey_url: str
) -> None:
    old, _ = bring(2)
    config = tmp_path / "config.toml"
    config.write_text(
        f'home = "{city.services.config.home_path}"\n'
        "[layers]\nkeep_versions = 1\nkeep_days = 0\n"
        f'[engines]\npostgres_url = "{database_url}"\nvalkey_url = "{valkey_url}"\n'
    )

    def prune(*options: str) -> list[str]:
        command = [sys.executable, "-m", "app", "layers", "prune", "--json", *options]
        done = subprocess.run(
            [*command, "--config", str(config)],
            check=True, capture_output=True, text=True, cwd=ROOT, timeout=120,
        )  # fmt: skip
        return [one["id"] for one in json.loads(done.stdout)["items"]]

    assert prune("--dry-run") == [old]
    assert len(city.services.layers.versions(LAYER)) == 2
    assert prune() == [old]
    assert len(city.services.layers.versions(LAYER)) == 1
    assert prune() == []
