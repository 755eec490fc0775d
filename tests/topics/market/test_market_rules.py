"""Credit classes, equipment due dates, 12315 limits and the bounds of pass rates (4_market)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from topics.kit.errors import BadManifest
from topics.kit.formula.domain import Frame
from topics.market.complaints import Complaint, handling
from topics.market.credit import credit_classes
from topics.market.equipment import Due, due_state, read_day, summary
from topics.market.sampling import pass_rate, wilson_high, wilson_low

TODAY = date(2026, 11, 25)
FRAME = Frame([], [])


def test_classes_a_to_d_are_inspected_more_often_the_higher_the_risk() -> None:
    found = credit_classes()
    assert [one.name for one in found] == ["A", "B", "C", "D"]
    assert [one.share for one in found] == sorted(one.share for one in found)
    assert {one.status for one in found} == {"unverified"}


@pytest.mark.parametrize(
    "lines", ["A,0.5 B,0.1 C,0.6 D,0.7", "A,5% B,0.1 C,0.6 D,0.7", "A,0.1 B,0.2 C,0.3",
     "A,1.2 B,1.3 C,1.4 D,1.5"]
)  # fmt: skip
def test_a_table_of_classes_that_makes_no_sense_is_refused(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "credit_classes.csv"
    rows = "".join(
        f"{name},m,{share},s,unverified\n" for name, share in (x.split(",") for x in lines.split())
    )
    path.write_text("class,meaning,share,source,status\n" + rows, encoding="utf-8")
    with pytest.raises(BadManifest):
        credit_classes(path)


@pytest.mark.parametrize(
    ("days", "state"),
    [(-1, Due.OVERDUE), (0, Due.SOON), (30, Due.SOON), (31, Due.IN_TIME)],
)
def test_the_last_valid_day_is_not_overdue_and_thirty_days_are_soon(days: int, state: Due) -> None:
    assert due_state(TODAY + timedelta(days=days), TODAY) is state


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-11-30", 30), ("2026/11/30", 30), ("2026.11.5", 5), ("20261130", 30)],
)
def test_a_date_is_read_as_registers_write_it(written: str, day: int) -> None:
    assert read_day(written) == date(2026, 11, day)


@pytest.mark.parametrize("written", ["", None, "/", "长期", "2026-13-01", "2026-02-30", "2026", 5])
def test_a_date_that_cannot_be_read_is_never_in_time(written: object) -> None:
    assert due_state(written, TODAY) is Due.UNKNOWN


def test_equipment_out_of_use_is_not_overdue() -> None:
    assert due_state("2020-01-01", TODAY, in_use=False) is Due.STOPPED


def test_the_rate_of_inspection_leaves_out_what_is_stopped_or_unknown() -> None:
    found = summary([Due.IN_TIME, Due.SOON, Due.OVERDUE, Due.UNKNOWN, Due.STOPPED, Due.IN_TIME])
    assert found.percent == 75
    assert found.counts[Due.UNKNOWN] == 1
    assert summary([Due.UNKNOWN]).percent is None


def plain(first: date, last: date) -> int:
    """A calendar in which every day is a working day."""
    return (last - first).days


def days(received: int, decided: int | None = None, closed: int | None = None,
         *, accepted: bool = True, agreed: bool = False) -> Complaint:  # fmt: skip
    def day(back: int | None) -> date | None:
        return None if back is None else TODAY - timedelta(days=back)

    first = day(received)
    assert first is not None
    return Complaint(first, day(decided), accepted, day(closed), agreed)


@pytest.mark.parametrize(("taken", "percent"), [(7, 100), (8, 0)])
def test_a_decision_on_the_seventh_working_day_is_in_time(taken: int, percent: float) -> None:
    assert handling([days(60, 60 - taken)], TODAY, plain).first_check == percent


@pytest.mark.parametrize(("taken", "percent"), [(45, 100), (46, 0)])
def test_a_mediation_that_ends_on_the_45th_working_day_is_in_time(
    taken: int, percent: float
) -> None:
    assert handling([days(100, 95, 95 - taken)], TODAY, plain).on_time == percent


def test_what_is_open_within_its_limit_is_no_failure_and_what_is_open_beyond_it_is() -> None:
    waiting = handling([days(7)], TODAY, plain)
    assert (waiting.first_check, waiting.open_in_time) == (None, 1)
    late = handling([days(8)], TODAY, plain)
    assert (late.first_check, late.open_in_time) == (0, 0)
    assert handling([days(60, 46)], TODAY, plain).on_time == 0


def test_mediation_and_median_speak_of_what_was_closed() -> None:
    found = handling(
        [days(20, 18, 10, agreed=True), days(30, 28, 10), days(40, 38, 10),
         days(50, 48, accepted=False)],
        TODAY,
        plain,
    )  # fmt: skip
    assert found.mediated == pytest.approx(100 / 3)
    assert found.median_days == 20


def test_days_that_run_backwards_or_lie_ahead_are_counted_apart() -> None:
    odd = [days(5, 9), days(5, 4, 3, accepted=False), days(-2), days(9, 8, 7)]
    found = handling(odd, TODAY, plain)
    assert (found.impossible, found.on_time) == (3, 100)


def test_without_complaints_there_are_no_rates() -> None:
    found = handling([], TODAY, plain)
    assert (found.first_check, found.on_time, found.mediated, found.median_days) == (None,) * 4


def test_bounds_of_a_pass_rate_are_those_of_wilson_1927() -> None:
    passed, tested = np.array([[81.0, 0.0, 15.0]]), np.array([[263.0, 10.0, 15.0]])
    low, high = (f(FRAME, passed, tested).value[0] for f in (wilson_low, wilson_high))
    # 81 of 263: Newcombe 1998, method 3: 0.2553–0.3662
    assert (low[0], high[0]) == pytest.approx((25.53, 36.62), abs=0.01)
    assert (low[1], high[2]) == (0, 100)
    one = pass_rate(15, 15)
    assert (low[2], high[2]) == (one.low, one.high)


@pytest.mark.parametrize(("passed", "tested"), [(5, 4), (-1, 4), (0, 0), (np.nan, 4), (3, np.nan)])
def test_counts_that_contradict_each_other_have_no_bounds(passed: float, tested: float) -> None:
    found = wilson_low(FRAME, np.array([[passed]]), np.array([[tested]]))
    assert np.isnan(found.value).all()
    assert found.why
