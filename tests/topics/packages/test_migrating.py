"""Migrations of indicators: history stays readable, the break is said, and all can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.config import Config
from app.installing import settle_on_start
from layers.stores.postgres_engine import connect
from tests.topics.packages.small_topic import edit, write
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.definitions.book import DefinitionBook
from topics.kit.definitions.manifest import manifest_versions
from topics.kit.errors import BadManifest
from topics.kit.manifest import Manifest, load_manifest
from topics.kit.packages.migrate import settle
from topics.kit.period_texts import parse_period
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_definitions import PostgresDefinitions
from topics.kit.stores.postgres_topic_migrations import PostgresTopicMigrations

MAY = datetime(2026, 5, 20, tzinfo=UTC)
JUNE = datetime(2026, 6, 20, tzinfo=UTC)
RENAMED = """
[[migrations]]
version = "1.1.0"
indicator = "tourism.guests"
was = "tourism.visitors"
unit = "万人次"
factor = 10000
breaks = true
valid_from = "2026-07-01"
reason = "文旅统计制度 2026"
"""


class City:
    """A database with a topic of version 1.0.0 and a value that was corrected once."""

    def __init__(self, url: str, folder: Path) -> None:
        """Store what was reported in May and corrected in June."""
        self._engine = connect(url)
        self.folder = folder
        self.store = PostgresTopicMigrations(self._engine)
        self.definitions = PostgresDefinitions(self._engine)
        self.observations = PostgresObservations(self._engine)
        self.sync()
        for moment, value in ((MAY, 2.5), (JUNE, 2.6)):
            self.report("tourism.visitors", value, "万人次", moment)

    def topic(self) -> Manifest:
        """The topic as its folder says."""
        return load_manifest(self.folder)

    def upgrade(self) -> list[str]:
        """Use version 1.1.0."""
        self.edit_to_next()
        return self.settle()

    def edit_to_next(self) -> None:
        """Version 1.1.0 on the disk: visitors become guests, counted in persons."""
        edit(self.folder, 'version = "1.0.0"', 'version = "1.1.0"')
        edit(self.folder, 'unit = "万人次"', 'unit = "人次"')
        file = self.folder / "topic.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("tourism.visitors", "tourism.guests") + RENAMED, "utf-8")

    def settle(self) -> list[str]:
        """Bring the database to the folder's version."""
        return settle([self.topic()], self.store)

    def sync(self) -> None:
        """Store what the manifest says, as the program does when it starts."""
        known = self.definitions.load().versions
        declared = Catalogue([self.topic()]).indicators()
        self.definitions.add(manifest_versions(declared, known, now=datetime.now(UTC)))

    def report(self, indicator: str, value: float, unit: str, at: datetime) -> None:
        """One value of May."""
        one = Observation(indicator, "440205", MAY_PERIOD, value, unit=unit, recorded_at=at)
        self.observations.append([one])

    def value(self, indicator: str, as_of: datetime | None = None) -> float | None:
        """What is known of May."""
        found = self.observations.series(indicator, "440205", as_of=as_of)
        return found[0].value if found else None

    def book(self) -> DefinitionBook:
        """The definitions as stored."""
        declared = Catalogue([self.topic()]).indicators()
        return DefinitionBook(declared, self.definitions.load().versions)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


MAY_PERIOD = parse_period("2026-05", PeriodKind.MONTH)


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    found = City(database_url, write(tmp_path))
    yield found
    found.close()


def test_history_reads_under_the_new_id_in_the_new_unit_as_of_every_moment(city: City) -> None:
    assert city.upgrade() == ["转换 tourism.visitors → tourism.guests:2 个值"]
    assert city.value("tourism.guests") == 26_000
    assert city.value("tourism.guests", as_of=JUNE.replace(day=1)) == 25_000
    assert city.value("tourism.guests", as_of=MAY.replace(day=1)) is None
    assert [
        one.unit for one in city.observations.series("tourism.guests", "440205", as_of=None)
    ] == ["人次"]


def test_the_old_id_keeps_its_values(city: City) -> None:
    city.upgrade()
    assert city.value("tourism.visitors") == 2.6


def test_the_drawer_is_told_the_break_and_the_older_versions(city: City) -> None:
    city.upgrade()
    city.sync()
    first, last = city.book().history("tourism.guests")
    assert (first.spec.unit, first.valid_from) == ("万人次", None)
    assert (last.spec.unit, last.breaks, last.valid_from) == ("人次", True, date(2026, 7, 1))
    assert last.reason == "改编号 tourism.visitors → tourism.guests;文旅统计制度 2026"
    june, july = (Period(datetime(2026, n, 1, tzinfo=UTC), PeriodKind.MONTH) for n in (6, 8))
    assert city.book().broken_between("tourism.guests", june, july) == last


def test_settling_again_changes_nothing(city: City) -> None:
    city.upgrade()
    mark = city.definitions.mark()
    assert city.settle() == []
    assert city.definitions.mark() == mark
    assert city.value("tourism.guests") == 26_000


def test_a_rollback_takes_along_what_came_under_the_new_id(city: City) -> None:
    old = (city.folder / "topic.toml").read_text(encoding="utf-8")
    city.upgrade()
    city.report("tourism.guests", 27_000, "人次", datetime(2026, 8, 1, tzinfo=UTC))
    (city.folder / "topic.toml").write_text(old, encoding="utf-8")
    assert city.settle() == ["退回 tourism.visitors → tourism.guests:1 个值"]
    assert city.value("tourism.visitors") == 2.7
    assert city.value("tourism.visitors", as_of=JUNE.replace(day=1)) == 2.5


def test_an_installation_cut_off_before_the_migration_is_completed_by_the_next_start(
    database_url: str, tmp_path: Path
) -> None:
    city = City(database_url, write(tmp_path / "topics"))
    city.edit_to_next()
    config = replace(Config(), home_path=tmp_path)
    said = ["转换 tourism.visitors → tourism.guests:2 个值"]
    assert settle_on_start(config, database_url) == said
    assert settle_on_start(config, database_url) == []
    assert city.value("tourism.guests") == 26_000
    city.close()


def test_another_unit_under_the_same_id_is_a_revision_of_the_values(city: City) -> None:
    before = datetime.now(UTC)
    edit(city.folder, 'version = "1.0.0"', 'version = "1.1.0"')
    edit(city.folder, 'unit = "万人次"', 'unit = "人次"')
    added = RENAMED.replace("tourism.guests", "tourism.visitors").replace(
        'was = "tourism.visitors"\n', ""
    )
    kept = added.replace('breaks = true\nvalid_from = "2026-07-01"\n', "")
    file = city.folder / "topic.toml"
    file.write_text(file.read_text(encoding="utf-8") + kept, encoding="utf-8")
    assert city.settle() == ["转换 tourism.visitors:1 个值"]
    city.sync()
    assert city.value("tourism.visitors") == 26_000
    assert city.value("tourism.visitors", as_of=before) == 2.6
    last = city.book().history("tourism.visitors")[-1]
    assert (last.spec.unit, last.breaks) == ("人次", False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('indicator = "tourism.guests"', 'indicator = "tourism.gusts"', "是不是 tourism.guests"),
        ('unit = "万人次"\nfactor', 'unit = "人次"\nfactor', "就是现在的单位"),
        ("factor = 10000\n", "", "要一起写"),
        ('valid_from = "2026-07-01"\n', "", "breaks = true 时要写 valid_from"),
        ('version = "1.1.0"\nindicator', 'version = "2.0.0"\nindicator', "先改 [topic] version"),
        ('was = "tourism.visitors"', 'was = "tourism.rooms"', "还在 [[indicators]] 里"),
    ],
)
def test_a_migration_that_cannot_be_is_refused_with_the_fix(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = write(tmp_path)
    edit(folder, 'version = "1.0.0"', 'version = "1.1.0"')
    edit(folder, 'unit = "万人次"', 'unit = "人次"')
    file = folder / "topic.toml"
    text = file.read_text(encoding="utf-8").replace("tourism.visitors", "tourism.guests")
    file.write_text(text + RENAMED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadManifest) as refused:
        load_manifest(folder)
    assert said in str(refused.value)
