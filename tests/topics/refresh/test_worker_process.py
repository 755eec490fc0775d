"""The worker as the supervisor runs it, through the death of each engine and its own end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from layers.errors import StoreUnavailable

from .conftest import Site
from .working_city import PASSWORD, WorkingCity, eventually, publish_sites, working_city

_values = count(1000)


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[WorkingCity]:
    bring(site)
    with working_city(tmp_path_factory.mktemp("c"), site.url) as made:
        made.start()
        assert eventually(lambda: made.value("air.web"), 60)
        yield made


def bring(site: Site) -> float:
    """Have the web source give a value nobody has seen before."""
    value = next(_values)
    for path in ("/hourly", "/slow"):
        site.json(f'{{"data":{{"rows":[{{"code":"440203","v":{value}}}]}}}}', path)
    return value


def arrives(city: WorkingCity, value: float, seconds: float = 60) -> bool:
    """Whether the value is stored and streamed within the time, though an engine be away."""

    def there() -> bool:
        with suppress(StoreUnavailable):
            return city.value("air.web") == value and value in city.streamed("air.web")
        return False

    return eventually(there, seconds)


def test_values_of_every_kind_of_source_are_stored_and_streamed(
    city: WorkingCity, site: Site
) -> None:
    assert arrives(city, bring(site))
    expected = {"air.bureau": 7, "air.sites_count": 3, "air.sites_area": 2}
    assert eventually(lambda: {name: city.value(name) for name in expected} == expected, 60), (
        city.runs.latest()
    )
    assert city.streamed("air.sites_count")[-1] == 3
    publish_sites(city.layers, [4.0])
    assert eventually(lambda: city.value("air.sites_count") == 1, 60)


def test_a_wrong_password_is_told_and_the_right_one_is_read_anew(city: WorkingCity) -> None:
    def latest() -> str | None:
        record = city.runs.latest().get("air.query")
        return record.error if record and record.finished else None

    assert eventually(lambda: city.value("air.bureau") == 7, 60)
    city.secret.write_text("falsch\n", "utf-8")
    assert eventually(lambda: "口令" in (latest() or ""), 60)
    city.secret.write_text(f"{PASSWORD}\n", "utf-8")
    assert eventually(lambda: latest() == "", 60)
    told = city.events.read(as_of=None, objects=["air.query"], limit=10)
    assert [one.kind for one in told] == ["refresher.recovered", "refresher.failed"]


@pytest.mark.parametrize("engine", ["valkey-server", "bin/postgres"])
def test_the_worker_goes_on_by_itself_when_an_engine_was_killed(
    city: WorkingCity, site: Site, engine: str
) -> None:
    for _ in range(2):
        city.kill_engine(engine)
        assert arrives(city, bring(site)), city.runs.latest()
    assert city.doubled_ticks() == []
    # What was stored last may still be on its way.
    assert eventually(lambda: city.asked("SELECT 1 FROM live_outbox") == [], 60)


def test_a_stop_is_quick_and_what_was_missed_is_caught_up(city: WorkingCity, site: Site) -> None:
    assert eventually(lambda: city.value("air.slow"), 10)
    assert city.stop() < 3
    assert city.worker.status() == 0
    city.miss("air.hourly", hours=5)
    value = bring(site)
    city.start()
    assert arrives(city, value)
    assert eventually(lambda: city.value("air.slow") == value, 10)
    assert [one.cause for one in city.runs.history("air.hourly")] == ["catch-up", "catch-up"]
    kinds = [one.kind for one in city.events.read(as_of=None, limit=100)]
    assert [one for one in kinds if one.startswith("leader.")] == [
        "leader.took-over",
        "leader.stepped-down",
        "leader.took-over",
    ]
