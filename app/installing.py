"""What installing topics needs of the program: its regions and bureaus, migrations, the trail."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from app.config import Config
from app.main import reference
from layers.stores.postgres_engine import connect
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.installed import load_topics
from topics.kit.manifest import Manifest
from topics.kit.organisations import Organisations
from topics.kit.packages.check import Surroundings
from topics.kit.packages.migrate import settle
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_topic_migrations import PostgresTopicMigrations
from topics.kit.worktime.calendar import WorkCalendar

PROGRAM_VERSION = version("tonglan")


def city_regions(config: Config) -> RegionTree:
    """The administrative regions of this city, without sites."""
    return RegionTree.load(reference(config.home_path)("regions.csv"))


def topics_of(config: Config) -> Catalogue:
    """The shipped and installed topics, those that are wrong left out; needs no database."""
    place = config.home_path / "topics"
    return load_topics(place, config.topics.allow_python, city_regions(config))[0]


def surroundings(config: Config) -> Surroundings:
    """What topics are checked against on this home; needs no database."""
    tables = reference(config.home_path)
    organisations = Organisations.load(tables("organisations.csv"))
    calendar = WorkCalendar.load(tables("work_calendar.csv"))
    return Surroundings(topics_of(config).topics, city_regions(config), organisations, calendar)


def shipped_ids() -> frozenset[str]:
    """The topics that belong to the program."""
    return frozenset(one.parent.name for one in SHIPPED.glob("*/topic.toml"))


def settle_topics(topics: Iterable[Manifest], postgres: str) -> list[str]:
    """Bring values and definitions to the topics' versions; what was done, in words."""
    engine = connect(postgres)
    try:
        return settle(topics, PostgresTopicMigrations(engine))
    finally:
        engine.dispose()


def settle_on_start(config: Config, postgres: str) -> list[str]:
    """The same before the roles start, should an installation have been cut off before it."""
    return settle_topics(topics_of(config).topics, postgres)
