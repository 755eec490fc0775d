"""Dates in many spellings."""

from __future__ import annotations

import datetime as dt

import pytest

from layers.checks import apply_fixes
from layers.checks.dates import read_date
from tests.layers.checks.conftest import frame_of, kinds, look, only, rows_of


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026.9.3", "2026-09-03"),
        ("2026/9/3", "2026-09-03"),
        ("2026-9-3", "2026-09-03"),
        ("2026年9月3日", "2026-09-03"),
        ("2026年09月", "2026-09"),
        ("20260903", "2026-09-03"),
        ("46268", "2026-09-03"),
        ("46268.5", "2026-09-03 12:00:00"),
        ("2026/9/3 8:05", "2026-09-03 08:05"),
        ("2026-09-03 08:05:09", "2026-09-03 08:05:09"),
        ("2026年9月3日8时5分", "2026-09-03 08:05"),
        ("２０２６．９．３", "2026-09-03"),
        ("2024.2.29", "2024-02-29"),
    ],
)
def test_a_date_of_one_meaning_becomes_iso(text: str, iso: str) -> None:
    assert read_date(text)[1] == iso


@pytest.mark.parametrize(
    "text", ["2026.9.31", "2026-02-29", "2026年13月1日", "20260931", "2026-00-01"]
)
def test_a_day_that_no_calendar_has_is_impossible(text: str) -> None:
    assert read_date(text) == ("impossible", None)


@pytest.mark.parametrize("text", ["9/3/2026", "26.9.3", "03-09-26"])
def test_day_and_month_that_may_change_places_are_left_to_a_person(text: str) -> None:
    assert read_date(text) == ("ambiguous", None)


@pytest.mark.parametrize("text", ["上午", "8小时", "113.5", "440205", "第3季度"])
def test_other_texts_are_no_dates(text: str) -> None:
    assert read_date(text)[0] == "none"


def test_an_iso_date_is_left_as_it_is() -> None:
    assert read_date("2026-09-03") == ("iso", "2026-09-03")


def test_the_impossible_day_of_the_form_is_named_with_its_row() -> None:
    days = ["2026-09-01"] * 9 + ["2026.9.31"]
    issue = only(look(frame_of(日期=days)), "date_impossible")
    assert issue.rows.tolist() == [11]
    assert issue.problem == "“2026.9.31”不存在"
    assert issue.fix is None
    assert issue.severity == "error"


def test_spellings_are_mended_in_one_click_and_only_where_needed() -> None:
    frame = frame_of(采样日期=["2026-09-01", "2026.9.3", "20260904", "46268"] * 3)
    report = look(frame)
    issue = only(report, "date_text")
    assert issue.count == 9
    fixed = apply_fixes(frame, rows_of(frame), report.issues, [issue.id])
    assert fixed.frame["采样日期"].tolist()[:4] == [
        "2026-09-01", "2026-09-03", "2026-09-04", "2026-09-03",
    ]  # fmt: skip


def test_excel_days_stored_as_numbers_are_found_by_the_column_name() -> None:
    frame = frame_of(日期=[46268, 46269], 流量=[46268, 46269])
    report = look(frame)
    assert only(report, "date_text").item == "日期"
    fixed = apply_fixes(frame, rows_of(frame), report.issues, ["date_text:日期"])
    assert fixed.frame["日期"].tolist() == ["2026-09-03", "2026-09-04"]


def test_real_dates_and_years_raise_nothing() -> None:
    day = dt.datetime(2026, 9, 3)  # noqa: DTZ001
    frame = frame_of(日期=[day, day], 年份=[2025, 2026], 建成时间=["2025", "2026"])
    assert not {"date_text", "date_impossible"} & kinds(look(frame))
