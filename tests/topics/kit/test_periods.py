"""Periods: borders in Asia/Shanghai, neighbours, official words, ways of writing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.kit.contracts import Period, PeriodKind
from topics.kit.errors import BadPeriod
from topics.kit.period_labels import label
from topics.kit.period_texts import parse_moment, parse_period
from topics.kit.periods import ZONE, a_year_before, end_of, period_at, previous, spelt

LASTING = [one for one in PeriodKind if one is not PeriodKind.INSTANT]
# Since 1992 the clock of China has had no summer time.
moments = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.sampled_from(LASTING))
def test_a_moment_lies_in_its_period(moment: datetime, kind: PeriodKind) -> None:
    period = period_at(moment, kind)
    assert period.start <= moment < end_of(period)
    assert period_at(period.start, kind) == period


@given(moments, st.sampled_from([one for one in LASTING if one is not PeriodKind.CUMULATIVE]))
def test_the_previous_period_ends_where_this_one_starts(moment: datetime, kind: PeriodKind) -> None:
    period = period_at(moment, kind)
    assert end_of(previous(period)) == period.start


@given(moments, st.sampled_from(LASTING))
def test_the_same_period_a_year_before_is_a_period_of_that_kind(
    moment: datetime, kind: PeriodKind
) -> None:
    before = a_year_before(period_at(moment, kind))
    assert period_at(before.start, kind) == before
    assert timedelta(364) <= period_at(moment, kind).start - before.start <= timedelta(367)


@given(moments, st.sampled_from(list(PeriodKind)))
def test_what_is_spelt_is_read_back(moment: datetime, kind: PeriodKind) -> None:
    period = period_at(moment, kind)
    assert parse_period(spelt(period), kind) == period


def at(text: str, kind: PeriodKind) -> Period:
    return period_at(datetime.fromisoformat(text).replace(tzinfo=ZONE), kind)


def test_the_month_starts_at_midnight_in_shaoguan() -> None:
    assert at("2026-11-01", PeriodKind.MONTH).start == datetime(2026, 10, 31, 16, tzinfo=UTC)


CUMULATIVE = [
    ("2026-04-01", "2026-03-01"),
    ("2026-03-01", "2026-02-01"),  # 1–2 月 is one release
    ("2026-02-01", "2025-12-01"),
]


@pytest.mark.parametrize(("now", "before"), CUMULATIVE)
def test_before_the_release_of_january_and_february_stands_last_years_total(
    now: str, before: str
) -> None:
    kind = PeriodKind.CUMULATIVE
    assert previous(at(now, kind)) == at(before, kind)


def test_a_quarterly_total_is_preceded_by_the_total_three_months_before() -> None:
    kind = PeriodKind.CUMULATIVE
    assert previous(at("2026-03-01", kind), quarterly=True) == at("2025-12-01", kind)


def test_a_leap_day_has_its_year_before() -> None:
    assert a_year_before(at("2028-02-29", PeriodKind.DAY)) == at("2027-02-28", PeriodKind.DAY)


NOW = datetime(2026, 11, 22, 10, 30, tzinfo=ZONE)
LABELS = [
    ("2026-03-01", PeriodKind.CUMULATIVE, "一季度"),
    ("2026-06-01", PeriodKind.CUMULATIVE, "上半年"),
    ("2026-09-01", PeriodKind.CUMULATIVE, "前三季度"),
    ("2026-02-01", PeriodKind.CUMULATIVE, "1–2 月"),
    ("2026-10-01", PeriodKind.CUMULATIVE, "1–10 月"),
    ("2025-12-01", PeriodKind.CUMULATIVE, "2025 年全年"),
    ("2025-10-01", PeriodKind.CUMULATIVE, "2025 年 1–10 月"),
    ("2026-10-01", PeriodKind.MONTH, "10 月"),
    ("2026-10-01", PeriodKind.END, "10 月末"),
    ("2026-07-01", PeriodKind.QUARTER, "三季度"),
    ("2025-01-01", PeriodKind.YEAR, "2025 年"),
    ("2026-11-22", PeriodKind.DAY, "今日"),
    ("2026-11-21", PeriodKind.DAY, "昨日"),
    ("2026-11-20", PeriodKind.DAY, "11 月 20 日"),
    ("2025-11-20", PeriodKind.DAY, "2025 年 11 月 20 日"),
    ("2026-11-22T10:00", PeriodKind.HOUR, "10 时"),
    ("2026-11-21T10:00", PeriodKind.HOUR, "昨日 10 时"),
    ("2026-11-22T10:05", PeriodKind.INSTANT, "10:05"),
]


@pytest.mark.parametrize(("start", "kind", "words"), LABELS)
def test_a_period_is_called_as_in_official_releases(
    start: str, kind: PeriodKind, words: str
) -> None:
    assert label(at(start, kind), now=NOW) == words


def test_without_a_now_the_year_is_named() -> None:
    assert label(at("2026-09-01", PeriodKind.CUMULATIVE)) == "2026 年前三季度"


WRITTEN = [
    ("2026-10", PeriodKind.MONTH, "2026-10-01"),
    ("202610", PeriodKind.MONTH, "2026-10-01"),
    ("2026年10月", PeriodKind.MONTH, "2026-10-01"),
    ("2026 年 10 月份", PeriodKind.MONTH, "2026-10-01"),
    ("2026-10-31", PeriodKind.MONTH, "2026-10-01"),
    ("2026年1-10月", PeriodKind.CUMULATIVE, "2026-10-01"),
    ("2026年1—2月份", PeriodKind.CUMULATIVE, "2026-02-01"),
    ("2026年前三季度", PeriodKind.CUMULATIVE, "2026-09-01"),
    ("2026年全年", PeriodKind.CUMULATIVE, "2026-12-01"),
    ("2026Q3", PeriodKind.QUARTER, "2026-07-01"),
    ("2026年第三季度", PeriodKind.QUARTER, "2026-07-01"),
    ("2026-08", PeriodKind.QUARTER, "2026-07-01"),
    ("2026年10月末", PeriodKind.END, "2026-10-01"),
    ("2026", PeriodKind.YEAR, "2026-01-01"),
    ("20261005", PeriodKind.DAY, "2026-10-05"),
    ("2026年10月5日", PeriodKind.DAY, "2026-10-05"),
    ("2026/10/5", PeriodKind.DAY, "2026-10-05"),
    ("2026-10-05 08:30", PeriodKind.HOUR, "2026-10-05T08:00"),
    ("2026-10-05T00:30:00Z", PeriodKind.HOUR, "2026-10-05T08:00"),
]


@pytest.mark.parametrize(("text", "kind", "start"), WRITTEN)
def test_periods_are_read_as_sources_write_them(text: str, kind: PeriodKind, start: str) -> None:
    assert parse_period(text, kind) == at(start, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026", PeriodKind.MONTH),
        ("2026-13", PeriodKind.MONTH),
        ("2026年三季度", PeriodKind.MONTH),
        ("2026年全年", PeriodKind.QUARTER),
        ("2026-10", PeriodKind.DAY),
        ("gestern", PeriodKind.DAY),
        ("", PeriodKind.YEAR),
        ("2026-02-30", PeriodKind.DAY),
    ],
)
def test_what_names_no_period_of_the_kind_is_refused_with_an_example(
    text: str, kind: PeriodKind
) -> None:
    with pytest.raises(BadPeriod, match="写成 20"):
        parse_period(text, kind)


@given(st.text(max_size=20), st.sampled_from(list(PeriodKind)))
def test_any_text_is_a_period_or_refused(text: str, kind: PeriodKind) -> None:
    try:
        period = parse_period(text, kind)
    except BadPeriod:
        return
    assert period.kind is kind


def test_a_bare_day_starts_in_shaoguan() -> None:
    assert parse_moment("2026-10-01") == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert parse_moment(date(2026, 10, 1)) == datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_an_offset_whose_plus_became_a_space_is_understood() -> None:
    assert parse_moment("2026-10-01T08:00:00 08:00") == datetime(2026, 10, 1, tzinfo=UTC)
