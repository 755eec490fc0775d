"""Texts among numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from layers.checks import Schema, apply_fixes, check
from layers.checks.check import kept
from layers.checks.numbers import as_number, kind
from tests.layers.checks.conftest import frame_of, kinds, look, only, rows_of, rules


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,204", "1204"),
        ("1\uff0c204", "1204"),
        ("12,345.60", "12345.60"),
        ("\uff11\uff12", "12"),
        (" 3.5 ", "3.5"),
        ("−3", "-3"),
        ("1,20", None),
        ("1,2045", None),
        ("3.5mg/L", None),
        ("35%", None),
        ("", None),
    ],
)
def test_only_texts_of_one_meaning_are_read_as_numbers(text: str, number: str | None) -> None:
    assert as_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["ND", "nd", "N.D.", "/", "\uff0f", "-", "—", "<0.01", "< 0.01", "0.01L", "未检出", "缺测"],
)
def test_a_text_that_means_no_value_is_never_a_number(text: str) -> None:
    assert kind(text) == "mark"


@pytest.mark.parametrize("text", ["三百", "12吨", "1.2.3", "见附件"])
def test_other_texts_need_a_person(text: str) -> None:
    assert kind(text) == "bad"


def test_three_texts_among_six_hundred_numbers_are_named_by_row(numbers: list[Any]) -> None:
    numbers[3:6] = ["1,204", "<0.01", "三百"]
    report = look(frame_of(氨氮=numbers))
    assert only(report, "number_text").rows.tolist() == [5]
    assert only(report, "number_mark").rows.tolist() == [6]
    assert only(report, "number_bad").rows.tolist() == [7]
    assert only(report, "number_bad").severity == "error"


def test_the_fix_makes_the_column_numeric_and_keeps_the_marks_beside(numbers: list[Any]) -> None:
    numbers[3:5] = ["1,204", "<0.01"]
    frame = frame_of(氨氮=numbers)
    report = look(frame)
    fixed = apply_fixes(
        frame, rows_of(frame), report.issues, ["number_text:氨氮", "number_mark:氨氮"]
    )
    assert fixed.frame["氨氮"].dtype == np.float64
    assert fixed.frame["氨氮"][3] == 1204
    assert np.isnan(fixed.frame["氨氮"][4])
    assert fixed.frame["氨氮_原文"][4] == "<0.01"
    assert fixed.changed == 2


def test_a_column_is_numeric_again_once_its_last_text_is_in_quarantine(numbers: list[Any]) -> None:
    numbers[7] = "三百"
    frame = frame_of(氨氮=numbers)
    report = look(frame)
    stays, rows = kept(frame, rows_of(frame), report.issues)
    assert stays["氨氮"].dtype == np.float64
    assert 9 not in rows


@pytest.mark.parametrize(
    "values",
    [
        ["440203", "440204", "440205", "A"] * 5,
        ["001", "002", "003", "无"] * 5,
        ["甲", "乙", "1", "2"] * 5,
    ],
)
def test_codes_and_names_are_no_numbers(values: list[str]) -> None:
    assert not {"number_text", "number_mark", "number_bad"} & kinds(look(frame_of(栏=values)))


def test_a_column_that_was_numeric_before_is_held_to_it() -> None:
    frame = frame_of(流量=["1", "2", "甲", "乙"])
    assert "number_bad" not in kinds(look(frame))
    before = Schema({"流量": "number"}, None, "point")
    assert only(look(frame, previous=before), "number_bad").count == 2


def test_infinite_values_become_missing() -> None:
    frame = frame_of(流量=[1.0, float("inf"), float("-inf"), 2.0])
    report = look(frame)
    assert only(report, "infinite").rows.tolist() == [3, 4]
    fixed = apply_fixes(frame, rows_of(frame), report.issues, ["infinite:流量"])
    assert "infinite" not in kinds(check(fixed.frame, fixed.rows, rules=rules()))
