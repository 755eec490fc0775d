"""The whole run: order, counts, fixes, quarantine."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Point

from layers.checks import apply_fixes, check, quarantine
from layers.checks.rows import rows_label
from layers.contracts import Classification
from tests.layers.checks.conftest import frame_of, kinds, look, only, rows_of, rules


@pytest.mark.parametrize(
    ("rows", "label"),
    [
        ([12], "12"),
        ([418, 419, 420, 421], "418–421"),
        ([3, 1], "1、3"),
        ([1, 2], "1、2"),
        ([1, 1, 2, 3], "1–3"),
        ([], "整个文件"),
        (list(range(1, 20, 2)), "1、3、5、7、9、11 等 10 行"),
    ],
)
def test_rows_are_named_in_short(rows: list[int], label: str) -> None:
    assert rows_label(np.array(rows, dtype=np.int64)) == label


def test_passed_fixable_and_manual_make_up_all_rows() -> None:
    frame = frame_of(日期=["2026-09-01", "2026.9.3", "2026.9.31", "2026-09-02"])
    report = look(frame)
    assert (report.passed, report.fixable, report.manual) == (2, 1, 1)


def test_a_clean_layer_passes_whole() -> None:
    report = look(frame_of(名称=["甲", "乙"], 流量=[1.5, 2.5]))
    assert report.issues == ()
    assert (report.passed, report.fixable, report.manual) == (2, 0, 0)


def test_an_empty_layer_raises_nothing() -> None:
    frame = frame_of(名称=["甲"]).iloc[:0]
    report = check(frame, np.empty(0, np.int64), rules=rules(key="名称"))
    assert report.issues == ()


def test_only_unfixed_errors_stay_out_of_the_version() -> None:
    frame = frame_of(日期=["2026-09-01", "2026.9.3", "2026.9.31", "2026-09-02"])
    left = look(frame).issues
    assert quarantine(rows_of(frame), left).tolist() == [False, False, True, False]


def test_an_issue_keeps_its_id_when_other_rows_change() -> None:
    first = look(frame_of(日期=["2026-09-01", "2026.9.3", "2026-09-01"]))
    second = look(frame_of(日期=["2026.9.3", "2026-09-01", "2026.9.3"]))
    assert (
        {one.id for one in first.issues} == {one.id for one in second.issues} == {"date_text:日期"}
    )


def test_fixes_that_were_not_chosen_are_not_made() -> None:
    frame = frame_of(日期=["2026.9.3", "2026-09-01"], 县=[" 曲江区", "曲江区"])
    fixed = apply_fixes(frame, rows_of(frame), look(frame).issues, ["blanks:县", "unknown"])
    assert fixed.frame["日期"][0] == "2026.9.3"
    assert fixed.frame["县"][0] == "曲江区"


def test_fixing_leaves_the_features_given_as_they_were() -> None:
    frame = frame_of([Point(24.5, 113.5), Point(113.5, 24.5)], 县=[" 曲江区", "曲江区"])
    before = frame.copy()
    issues = look(frame).issues
    apply_fixes(frame, rows_of(frame), issues, [one.id for one in issues])
    assert frame.equals(before)


def test_a_date_within_blanks_is_still_a_date() -> None:
    frame = frame_of(日期=["2026-09-01", "　2026.9.3 "])
    assert kinds(look(frame)) == {"blanks", "date_text"}


def test_personal_data_raise_the_classification_but_never_lower_it() -> None:
    frame = frame_of(证=["11010519491231002X", "11010519491231002X"])
    assert look(frame).classification is Classification.SENSITIVE
    assert look(frame).masks == {"证": "id"}
    high = Classification.HIGHLY_SENSITIVE
    assert look(frame, classification=high).classification is None
    assert (
        look(frame, classification=Classification.PUBLIC).classification is Classification.SENSITIVE
    )


def test_two_fixes_of_one_cell_go_together() -> None:
    frame = frame_of(氨氮=["1", "2", "3", "4", "5", "6", "7", "8", "9", " １,204 "])
    report = look(frame)
    fixed = apply_fixes(frame, rows_of(frame), report.issues, [one.id for one in report.issues])
    assert fixed.frame["氨氮"].tolist()[-1] == 1204
    assert fixed.changed == 1
    assert only(report, "number_text").count == 1
