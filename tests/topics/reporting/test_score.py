"""The score of a month: what was late, missing or had to be changed costs, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.topics.reporting.sheets import SEWAGE, sewage
from topics.kit.errors import BadManifest
from topics.kit.reporting.contracts import Cell, Cells, Place, Step
from topics.kit.reporting.machine import Action, State
from topics.kit.reporting.score import Judged, Score, by_bureau, by_county, load_weights

FORM = sewage()
FULL: Cells = {place: Cell("95") for place in FORM.places()}
WUJIANG = Place(SEWAGE, "440203")
WEIGHTS = {"准确": 40.0, "鲜活": 30.0, "完整": 30.0}
EARLY, LATE = FORM.due_at - timedelta(days=1), FORM.due_at + timedelta(days=1)


def step(action: Action, at: datetime, before: State, after: State, cells: Cells | None) -> Step:
    return Step("f", at, "x", action.value, before, after, cells=cells)


def submit(cells: Cells = FULL, at: datetime = EARLY, before: State = State.DRAFT) -> Step:
    after = State.CORRECTED if before is State.CORRECTING else State.SUBMITTED
    return step(Action.SUBMIT, at, before, after, cells)


def accept(cells: Cells = FULL, before: State = State.SUBMITTED, at: datetime = LATE) -> Step:
    return step(Action.ACCEPT, at, before, State.ACCEPTED, cells)


def returned(at: datetime = EARLY) -> Step:
    return step(Action.RETURN, at, State.SUBMITTED, State.RETURNED, None)


def bureau(*steps: Step) -> Score:
    return by_bureau([Judged(FORM, "1 月", steps)], WEIGHTS)["zjj"]


def test_everything_in_time_and_right_is_a_hundred() -> None:
    score = bureau(submit(), accept())
    assert score.total == pytest.approx(100)
    assert score.costs == []


def test_nothing_handed_in_is_nothing() -> None:
    assert bureau().total == 0


def test_late_costs_freshness_alone() -> None:
    score = bureau(submit(at=LATE), accept(at=LATE))
    assert score.parts == {"准确": 100, "鲜活": 0, "完整": 100}
    assert score.total == pytest.approx(70)


def test_handed_in_at_the_very_moment_is_in_time() -> None:
    assert bureau(submit(at=FORM.due_at)).parts["鲜活"] == 100


def test_what_was_returned_before_the_due_time_was_not_in_time() -> None:
    again = submit(at=LATE, before=State.RETURNED)
    assert bureau(submit(), returned(), again).parts["鲜活"] == 0


def test_a_missing_county_costs_that_county() -> None:
    some = {place: cell for place, cell in FULL.items() if place != WUJIANG}
    scores = by_county([Judged(FORM, "1 月", [submit(some), accept(some)])], WEIGHTS)
    assert scores["440203"].parts["完整"] == 0
    assert scores["440204"].total == pytest.approx(100)
    assert "440200" not in scores


def test_a_cell_changed_after_a_return_was_wrong() -> None:
    wrong = {**FULL, WUJIANG: Cell("9.5")}
    again = replace(submit(at=EARLY), from_state=State.RETURNED)
    score = bureau(submit(wrong), returned(), again, accept())
    assert score.parts["准确"] == pytest.approx(100 * 10 / 11)
    assert [(one.dimension, one.cells) for one in score.costs] == [("准确", 1)]
    assert sum(one.points for one in score.costs) == pytest.approx(100 - score.total)


def test_a_correction_counts_once_it_is_accepted() -> None:
    right = {**FULL, WUJIANG: Cell("94")}
    asked = submit(right, LATE, State.CORRECTING)
    before = bureau(submit(), accept(), asked)
    after = bureau(submit(), accept(), asked, accept(right, State.CORRECTED, LATE + timedelta(1)))
    assert before.parts["准确"] == 100
    assert after.parts["准确"] == pytest.approx(100 * 10 / 11)


def test_what_a_clerk_takes_back_and_mends_himself_was_not_wrong() -> None:
    wrong = {**FULL, WUJIANG: Cell("9.5")}
    back = step(Action.WITHDRAW, EARLY, State.SUBMITTED, State.DRAFT, None)
    assert bureau(submit(wrong), back, submit(), accept()).parts["准确"] == 100


def test_another_way_of_writing_the_same_number_is_no_change() -> None:
    same = {place: Cell("95.0%") for place in FULL}
    again = replace(submit(same), from_state=State.RETURNED)
    assert bureau(submit(), returned(), again).parts["准确"] == 100


@pytest.mark.parametrize(
    "rows", ["准确,40,1\n", "准确,x,1\n鲜活,1,2\n完整,1,3\n", "准确,-1,1\n鲜活,1,2\n完整,1,3\n"]
)
def test_weights_that_make_no_sense_are_refused(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "w.csv"
    file.write_text("dimension,weight,order\n" + rows, encoding="utf-8")
    with pytest.raises(BadManifest):
        load_weights(file)
