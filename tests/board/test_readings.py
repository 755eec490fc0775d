from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.board.readings import KEEP
from tests.board.small_city import NOW, PM25
from topics.kit.contracts import Change, Period, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import Comparison

HOUR = timedelta(hours=1)


def _change(start, value, *, region="440200", indicator="ecology.pm25", seq=1):
    period = Period(start, PeriodKind.HOUR)
    return Change(seq, indicator, region, period, value, ValueStatus.OK, NOW)


def test_a_new_period_is_added_and_the_oldest_leaves(readings):
    readings.take([_change(NOW.replace(minute=0), 99.0)])
    series = readings.series("ecology.pm25", "440200")
    assert (len(series), series[-1].value) == (KEEP, 99.0)


def test_a_revision_replaces_the_period_it_revises(readings):
    start = NOW.replace(minute=0) - 3 * HOUR
    readings.take([_change(start, -1.0)])
    series = readings.series("ecology.pm25", "440200")
    assert len(series) == KEEP
    assert [one.value for one in series if one.period.start == start] == [-1.0]


def test_a_period_older_than_the_curve_changes_nothing(readings):
    before = readings.series("ecology.pm25", "440200")
    readings.take([_change(NOW - 400 * HOUR, 5.0)])
    assert readings.series("ecology.pm25", "440200") == before


def test_changes_of_what_is_not_shown_are_passed_over(readings):
    readings.take([_change(NOW, 5.0, indicator="x.y"), _change(NOW, 5.0, region="440205")])
    assert readings.latest("ecology.pm25", "440205") is None


def test_the_value_a_day_before_is_known_after_load(readings):
    latest = readings.latest("ecology.pm25", "440200")
    reference = readings.reference(PM25, latest)
    assert reference.period.start == latest.period.start - timedelta(days=1)


def test_an_unknown_comparison_is_asked_for_once(readings):
    start = NOW.replace(minute=0) + 5 * HOUR
    readings.take([_change(start, 9.0)])
    latest = readings.latest("ecology.pm25", "440200")
    assert readings.reference(PM25, latest) is None
    assert readings.fill()
    assert readings.reference(PM25, latest).period.start == start - timedelta(days=1)
    assert not readings.fill()


def test_a_change_that_came_while_loading_is_not_lost(readings, store):
    readings.take([_change(NOW.replace(minute=0), 77.0)])
    readings.load()
    assert readings.latest("ecology.pm25", "440200").value == 77.0


def test_a_corrected_comparison_value_is_used_at_once(readings):
    latest = readings.latest("ecology.pm25", "440200")
    day_before = latest.period.start - timedelta(days=1)
    readings.take([_change(day_before, 12.0)])
    assert readings.reference(PM25, latest).value == 12.0


def test_what_was_held_never_hides_a_later_correction_in_the_database(readings, store):
    held = store.held[("ecology.pm25", "440200")]
    corrected = replace(held[-1], value=5.0, recorded_at=NOW)
    held[-1] = corrected
    readings.load()
    assert readings.latest("ecology.pm25", "440200") == corrected


def test_after_a_gap_nothing_is_compared_with_the_period_before_it(readings):
    monthly = PM25.model_copy(
        update={"comparison": Comparison(label="较上期", against="previous", shown_as="points")}
    )
    start = NOW.replace(minute=0) + HOUR
    readings.take([_change(start, 9.0)])
    latest = readings.latest("ecology.pm25", "440200")
    assert readings.reference(monthly, latest) is None
    readings.take([_change(start - HOUR, 8.0)])
    assert readings.reference(monthly, latest).value == 8.0
