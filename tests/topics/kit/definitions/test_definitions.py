"""Definitions in versions: what manifests and people changed, when, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.stores.postgres_engine import connect
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Period, PeriodKind
from topics.kit.definitions.book import DefinitionBook
from topics.kit.definitions.contracts import ReleaseEntry, StoredVersion
from topics.kit.definitions.effective import EffectiveCatalogue
from topics.kit.definitions.fields import applied, changed, plain, spec_of
from topics.kit.definitions.library import DefinitionLibrary
from topics.kit.definitions.manifest import manifest_versions
from topics.kit.definitions.releases import ReleaseCalendar, by_rule
from topics.kit.errors import BadDefinition, DefinitionOvertaken
from topics.kit.manifest_indicators import IndicatorSpec, Release
from topics.kit.periods import ZONE
from topics.kit.stores.postgres_definitions import PostgresDefinitions

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
MANIFEST = """
[topic]
id = "air"
title = "空气"
owner = "sthjj"
[[indicators]]
id = "air.pm25"
title = "PM2.5 日均值"
definition = "{definition}"
unit = "µg/m³"
frequency = "1d"
period_kind = "日"
levels = ["city"]
direction = "lower"
owner = "sthjj"
source = "平台"
freshness = "2d"
thresholds = {{ warn = {warn}, bad = 75 }}
"""


def spec(**over: object) -> IndicatorSpec:
    base = {
        "id": "air.pm25",
        "title": "PM2.5 日均值",
        "definition": "口径",
        "unit": "µg/m³",
        "frequency": "1d",
        "period_kind": "日",
        "levels": ["city"],
        "direction": "lower",
        "owner": "sthjj",
        "source": "平台",
        "freshness": "2d",
        "thresholds": {"warn": 60, "bad": 75},
    }
    return IndicatorSpec.model_validate(base | over)


def day(text: str) -> Period:
    start = datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
    return Period(start, PeriodKind.DAY)


def version(number: int, **fields: object) -> StoredVersion:
    recorded = NOW + timedelta(days=number)
    return StoredVersion("air.pm25", number, fields, None, recorded, "user:1", "会议纪要")


FIRST = manifest_versions([spec()], [], now=NOW)[0]


def catalogue(folder: Path, warn: int = 60, definition: str = "口径") -> Catalogue:
    (folder / "air").mkdir(parents=True, exist_ok=True)
    text = MANIFEST.format(warn=warn, definition=definition)
    (folder / "air" / "topic.toml").write_text(text, encoding="utf-8")
    return Catalogue.load([folder])


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresDefinitions]:
    engine = connect(database_url)
    yield PostgresDefinitions(engine)
    engine.dispose()


def library(store: PostgresDefinitions, declared: Catalogue) -> DefinitionLibrary:
    return DefinitionLibrary(
        store, EffectiveCatalogue(declared), ReleaseCalendar(), clock=lambda: NOW
    )


# -- fields ---------------------------------------------------------------------------------------


@given(
    warn=st.floats(0, 70, allow_nan=False),
    title=st.text(min_size=1).filter(str.strip),
    scale=st.sampled_from(["auto", "plain", "wan", "yi"]),
)
def test_what_changed_put_on_the_old_fields_gives_the_new_ones(
    warn: float, title: str, scale: str
) -> None:
    old = plain(spec())
    new = plain(spec(title=title, scale=scale, thresholds={"warn": warn, "bad": 75}))
    assert applied(old, changed(old, new)) == new
    assert applied(new, changed(new, old)) == old
    assert plain(spec_of(new)) == new


def test_a_wrong_field_is_named_with_its_remedy() -> None:
    with pytest.raises(BadDefinition) as wrong:
        spec_of(plain(spec()) | {"precision": 9, "thresholds": {"warn": "高", "bad": 75}})
    assert [field for field, _ in wrong.value.problems] == ["precision", "thresholds"]
    assert "不能大于 6" in str(wrong.value)
    assert "warn:应是数" in str(wrong.value)


# -- versions -------------------------------------------------------------------------------------


def test_the_manifest_is_version_one_and_says_nothing_twice() -> None:
    assert (FIRST.number, FIRST.author, FIRST.breaks) == (1, "manifest", False)
    assert manifest_versions([spec()], [FIRST], now=NOW) == []


def test_a_changed_manifest_makes_a_version_of_the_fields_that_changed() -> None:
    new = spec(thresholds={"warn": 50, "bad": 75})
    (second,) = manifest_versions([new], [FIRST], now=NOW)
    assert (second.number, dict(second.fields)) == (2, {"thresholds": {"warn": 50.0, "bad": 75.0}})
    assert not second.breaks


def test_a_changed_manifest_leaves_what_people_changed() -> None:
    people = version(2, title="PM2.5 24 小时")
    new = spec(thresholds={"warn": 50, "bad": 75})
    added = manifest_versions([new], [FIRST, people], now=NOW)
    book = DefinitionBook([new], [FIRST, people, *added])
    found = book.spec("air.pm25", date(2026, 12, 1))
    assert found is not None
    assert found.thresholds is not None
    assert (found.title, found.thresholds.warn) == ("PM2.5 24 小时", 50)


def test_a_changed_definition_in_a_manifest_breaks_comparison_from_that_day() -> None:
    (second,) = manifest_versions([spec(definition="新口径")], [FIRST], now=NOW)
    assert (second.breaks, second.valid_from) == (True, date(2026, 11, 20))


def test_a_manifest_may_say_that_its_new_words_break_nothing() -> None:
    revision = {"valid_from": date(2026, 1, 1), "breaks": False, "reason": "改错字"}
    (second,) = manifest_versions([spec(definition="新口径", revision=revision)], [FIRST], now=NOW)
    assert (second.breaks, second.valid_from, second.reason) == (False, date(2026, 1, 1), "改错字")


def test_a_definition_of_the_future_waits_for_its_day_while_later_changes_do_not() -> None:
    future = replace(version(2, definition="新口径"), valid_from=date(2027, 1, 1), breaks=True)
    now = version(3, thresholds={"warn": 50, "bad": 75})
    book = DefinitionBook([spec()], [FIRST, future, now])
    before, after = (book.spec("air.pm25", one) for one in (date(2026, 12, 31), date(2027, 1, 1)))
    assert before is not None
    assert after is not None
    assert (before.definition, after.definition) == ("口径", "新口径")
    assert before.thresholds == after.thresholds
    assert before.thresholds is not None
    assert before.thresholds.warn == 50


def test_as_of_an_earlier_moment_a_later_version_is_unknown() -> None:
    book = DefinitionBook([spec()], [FIRST, version(2, title="新名")])
    then, at = NOW + timedelta(days=1), date(2026, 12, 1)
    old, new = book.spec("air.pm25", at, as_of=then), book.spec("air.pm25", at)
    assert old is not None
    assert new is not None
    assert (old.title, new.title) == ("PM2.5 日均值", "新名")
    assert [one.number for one in book.history("air.pm25", as_of=then)] == [1]
    assert [one.number for one in book.history("air.pm25", as_of=NOW - timedelta(days=9))] == [1]


@pytest.mark.parametrize(
    ("earlier", "later", "broken"),
    [
        ("2025-12-31", "2026-01-01", True),
        ("2026-01-01", "2026-01-02", False),
        ("2025-12-30", "2025-12-31", False),
        ("2025-06-01", "2026-06-01", True),
    ],
)
def test_periods_on_the_two_sides_of_a_break_are_not_compared(
    earlier: str, later: str, *, broken: bool
) -> None:
    second = replace(version(2, definition="新"), valid_from=date(2026, 1, 1), breaks=True)
    book = DefinitionBook([spec()], [FIRST, second])
    found = book.broken_between("air.pm25", day(earlier), day(later))
    assert (found is not None) is broken


def test_a_stored_version_that_this_program_cannot_read_leaves_the_manifest_in_force() -> None:
    book = DefinitionBook([spec()], [FIRST, version(2, thresholds="五十")])
    assert book.spec("air.pm25", date(2026, 12, 1)) == spec()


# -- release --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "start", "rule", "released"),
    [
        ("累计", "2026-09-01", {"day": 25, "time": "10:00"}, "2026-10-25T10:00"),
        ("当月", "2026-01-01", {"day": 31, "time": "09:30"}, "2026-02-28T09:30"),
        ("季", "2026-07-01", {"day": 18}, "2026-10-18T00:00"),
        ("年", "2026-01-01", {"day": 20, "time": "10:00"}, "2027-01-20T10:00"),
        ("日", "2026-11-30", {"day": 5, "time": "10:00"}, "2026-12-05T10:00"),
        ("日", "2026-11-30", {"time": "08:00"}, "2026-12-01T08:00"),
        ("小时", "2026-12-01", {"day": 5}, "2027-01-05T00:00"),
    ],
)
def test_the_rule_names_day_and_time_of_the_month_after(
    kind: str, start: str, rule: dict[str, object], released: str
) -> None:
    period = Period(datetime.fromisoformat(start).replace(tzinfo=ZONE), PeriodKind(kind))
    found = by_rule(spec(release=rule), period)
    assert found == datetime.fromisoformat(released).replace(tzinfo=ZONE)


def test_without_a_rule_a_value_is_released_at_once() -> None:
    calendar = ReleaseCalendar()
    assert calendar.at(spec(), day("2026-11-01")) is None
    assert calendar.at(spec(release=Release()), day("2026-11-01")) is None
    assert not calendar.restricts(spec())


def test_the_last_date_set_by_hand_wins_until_it_is_taken_back() -> None:
    ruled = spec(release={"day": 5, "time": "10:00"})
    period, moment = day("2026-11-01"), NOW + timedelta(days=30)
    set_, back = (
        ReleaseEntry("air.pm25", period, at, "顺延", "user:1", NOW) for at in (moment, None)
    )
    calendar = ReleaseCalendar()
    calendar.swap([set_])
    assert calendar.at(ruled, period) == moment
    assert calendar.restricts(spec())
    calendar.swap([set_, back])
    assert calendar.at(ruled, period) == by_rule(ruled, period)
    assert calendar.entry("air.pm25", period) is None


# -- the database ---------------------------------------------------------------------------------


def test_a_change_reaches_another_process_and_the_catalogue_it_holds(
    store: PostgresDefinitions, tmp_path: Path
) -> None:
    here, there = (library(store, catalogue(tmp_path)) for _ in range(2))
    here.sync()
    there.sync()
    store.add([version(2, title="新名")])
    assert there.refresh()
    assert there._catalogue.indicator("air.pm25").title == "新名"
    assert there._catalogue.declared()[0].title == "PM2.5 日均值"
    assert not there.refresh()


def test_two_starting_processes_store_one_version_of_the_manifest(
    store: PostgresDefinitions, tmp_path: Path
) -> None:
    for _ in range(2):
        library(store, catalogue(tmp_path)).sync()
    assert [one.number for one in store.load().versions] == [1]


def test_a_manifest_changed_between_two_starts_is_a_second_version(
    store: PostgresDefinitions, tmp_path: Path
) -> None:
    library(store, catalogue(tmp_path)).sync()
    made = library(store, catalogue(tmp_path, warn=50))
    made.sync()
    history = made.history("air.pm25")
    assert [(one.number, one.author) for one in history] == [(1, "manifest"), (2, "manifest")]
    assert made._catalogue.indicator("air.pm25") == history[-1].spec


def test_two_versions_with_one_number_are_refused(store: PostgresDefinitions) -> None:
    store.add([FIRST])
    with pytest.raises(DefinitionOvertaken, match="重新打开"):
        store.add([FIRST])
    assert len(store.load().versions) == 1


def test_dates_of_release_come_back_as_they_were_set(
    store: PostgresDefinitions, tmp_path: Path
) -> None:
    entry = ReleaseEntry("air.pm25", day("2026-11-01"), NOW, "节假日顺延", "user:1", NOW)
    made = library(store, catalogue(tmp_path))
    made.sync()
    store.set_release([entry])
    assert made.refresh()
    assert store.load().releases == [entry]
    assert made._releases.at(spec(), day("2026-11-01")) == NOW
