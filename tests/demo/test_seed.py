"""The demo city enters the stores once, whole, and continues after a kill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import load_config
from app.demo.layers import demo_layers
from app.demo.seed import is_seeded, seed
from app.engines.contracts import EngineUrls
from app.main import compose
from topics.kit.reporting.machine import State

Progress = list[tuple[str, float]]

# Years need 324 days with values (GB 3095-2026 表 4); the stations of the demo have fewer.
OF_A_WHOLE_YEAR = {
    f"ecology.{name}_year"
    for name in ("so2", "no2", "pm10", "so2_p98", "no2_p98", "pm10_p95", "co_p95", "o3_p90")
}


class Killed(Exception):
    """Stands for the moment somebody pulls the plug."""


def _killing(after: str) -> Callable[[str, float], None]:
    def progress(text: str, share: float) -> None:
        if after in text:
            raise Killed

    return progress


@pytest.fixture(scope="module")
def services(module_home: Path, module_database_url: str) -> Any:
    """The program's own parts on stores of this module's own; seeding tells nobody anything."""
    urls = EngineUrls(valkey="unix:///nowhere/valkey.sock", postgres=module_database_url)
    return compose(load_config(None, home=module_home), urls)


@pytest.fixture(scope="module")
def heard(services: Any) -> Progress:
    """Seeding was cut off among the layers and among the histories, then finished."""
    for where in ("河流水系", "PM2.5 小时值"):
        with pytest.raises(Killed):
            seed(services, _killing(where))
        assert not is_seeded(services)
    steps: Progress = []
    seed(services, lambda text, share: steps.append((text, share)))
    return steps


def test_after_two_kills_nothing_is_missing(services: Any, heard: Progress) -> None:
    assert is_seeded(services)


def test_bureaus_have_reported_for_months_and_have_something_left_to_do(
    services: Any, heard: Progress
) -> None:
    now = datetime.now(UTC)
    names = [one.id for one in services.reports.forms.specs()]
    owed = services.reports.forms.owed(services.report_store.known_since(names, now), now)
    states = [services.report_store.find(one.spec.id, one.period).state for one in owed]
    assert states.count(State.ACCEPTED) >= 3 * len(names)
    assert State.PENDING in states


def test_progress_rises_to_the_end(heard: Progress) -> None:
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_every_layer_is_published_as_demo_data(services: Any, heard: Progress) -> None:
    for layer in demo_layers():
        found = services.layers.require(layer.id)
        assert (found.demo, found.classification, found.version is not None) == (True, "公开", True)


def test_a_second_seeding_makes_no_second_version(services: Any, heard: Progress) -> None:
    seed(services, lambda text, share: None)
    assert all(len(services.layers.versions(layer.id)) == 1 for layer in demo_layers())


def test_history_ends_where_the_sources_go_on(services: Any, heard: Progress) -> None:
    newest = services.observations.latest(
        indicators=["economy.power_load"], regions=["440200"], as_of=None
    )
    assert datetime.now(UTC) - newest[0].period.start < timedelta(minutes=5)


def test_two_years_are_there_with_their_corrections(services: Any, heard: Progress) -> None:
    rates = services.observations.series("economy.industry_growth", "440200", as_of=None)
    said = [services.observations.revisions(o.indicator, o.region, o.period) for o in rates]
    assert len(rates) >= 20
    counties = services.observations.series("economy.industry_growth", "440203", as_of=None)
    said += [services.observations.revisions(o.indicator, o.region, o.period) for o in counties]
    assert any(len(statements) == 2 for statements in said)


def test_what_formulas_make_of_the_history_is_there_when_seeding_ends(
    services: Any, heard: Progress
) -> None:
    # Not every county has every kind of site.
    counties = [one.code for one in services.regions.children("440200")]
    formulas = {one.id for one in services.catalogue.formulas if "county" in one.levels}
    for name in sorted(formulas - OF_A_WHOLE_YEAR):
        assert services.observations.latest(indicators=[name], regions=counties, as_of=None), name
    city = services.observations.series("grid.closed_on_time", "440200", as_of=None)
    owed = services.observations.series("grid.due", "440200", as_of=None)
    due = {one.period.start: one.value for one in owed}
    # Where nothing fell due (a Sunday) there is no rate, and never a zero.
    assert all((one.value is None) == (due[one.period.start] == 0) for one in city)
    assert sum(one.value is not None for one in city) > 600
