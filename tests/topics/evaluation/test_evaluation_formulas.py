"""Each formula of 考核: what is counted over what, at its boundaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.evaluation.some_cases import OCTOBER, RULES, TABLES, at, done, facts
from topics.kit.errors import BadManifest
from topics.kit.evaluation.facts import NEVER, Facts
from topics.kit.evaluation.formulas import load_rules
from topics.kit.evaluation.result import cases_of, evaluate


def share(known: Facts, key: str, region: str = "440203") -> tuple[int, int]:
    row = evaluate(known, OCTOBER, RULES, "region", [region])[0]
    return row.cells[key].numerator, row.cells[key].denominator


def test_all_eighteen_formulas_are_there_and_marked_unverified() -> None:
    assert len(RULES.formulas) == 18
    assert not any(one.verified for one in RULES.formulas)


@pytest.mark.parametrize(
    ("key", "rows", "counted"),
    [
        ("filing_rate", [done(), done(filed=NEVER), done(filed=NEVER, void=at(11))], (1, 2)),
        ("filing_rate", [done(), done(merged=True)], (1, 1)),
        ("filing_accuracy", [done(), done(void=at(12))], (1, 2)),
        (
            "filing_in_time",
            [done(file_due=at(10)), done(filed=at(10) + 1, file_due=at(10))],
            (1, 2),
        ),
        ("dispatch_accuracy", [done(dispatches=3, misdispatches=1), done()], (3, 4)),
        ("dispatch_in_time", [done(), done(dispatched=at(10, hour=12))], (1, 2)),
        ("handling_rate", [done(), done(handled=NEVER)], (1, 2)),
        ("handling_in_time", [done(handle_due=at(11)), done(handle_due=at(11) - 1)], (1, 2)),
        ("rework_rate", [done(reworks=3), done()], (1, 2)),
        ("extension_rate", [done(extended=True), done()], (1, 2)),
        ("closing_rate", [done(), done(closed=at(20)), done(closed=NEVER)], (2, 3)),
        ("closing_in_time", [done(), done(closed=at(20)), done(closed=NEVER)], (1, 3)),
        ("overdue_rate", [done(), done(closed=at(20)), done(closed=NEVER)], (1, 3)),
        ("recurrence_rate", [done(10, place="g"), done(17, place="g")], (1, 2)),
        ("recurrence_rate", [done(10, place="g"), done(17, place="g", filed=at(17) + 1)], (0, 2)),
        ("recurrence_rate", [done(10, place="g"), done(11, place="g", minor="06002")], (0, 2)),
        ("valid_reports", [done(), done(source="hotline"), done(filed=NEVER, void=at(10))], (1, 2)),
        (
            "missed_rate",
            [done(), done(), done(), done(source="video"), done(source="alert")],
            (1, 4),
        ),
        ("checking_in_time", [done(), done(checked=at(12) + 1)], (1, 2)),
    ],
)
def test_a_formula_counts(key: str, rows: list[dict[str, Any]], counted: tuple[int, int]) -> None:
    assert share(facts(*rows), key) == counted


def test_what_is_due_later_counts_once_when_it_is_done_early() -> None:
    early = facts(done(30, handled=at(31), handle_due=at(3, 11)))
    assert share(early, "handling_rate") == (1, 1)
    before = facts(done(1, handled=at(30, 9), handle_due=at(5)))
    assert share(before, "handling_rate") == (0, 0)


def test_what_is_due_at_midnight_of_the_next_month_is_not_of_this_one() -> None:
    assert share(facts(done(30, handled=NEVER, handle_due=OCTOBER.until)), "handling_rate") == (
        0,
        0,
    )
    last = facts(done(30, handled=NEVER, handle_due=OCTOBER.until - 1))
    assert share(last, "handling_rate") == (0, 1)


def test_what_was_closed_after_the_month_is_not_closed_for_the_month() -> None:
    late = facts(done(28, closed=OCTOBER.until, close_due=at(30)))
    assert share(late, "closing_rate") == (0, 1)
    assert share(late, "overdue_rate") == (1, 1)


def test_a_case_before_the_month_makes_one_in_it_recur() -> None:
    known = facts(done(1, place="g", filed=at(27, 9)), done(2, place="g"))
    assert share(known, "recurrence_rate") == (1, 1)


def test_the_most_frequent_kinds_are_those_of_the_group() -> None:
    many = [done(minor=f"0{n}") for n in range(1, 8) for _ in range(n)]
    other = [done(minor="99", region="440204")] * 30
    assert share(facts(*many, *other), "frequent_share") == (7 + 6 + 5 + 4 + 3, 28)
    assert share(facts(*many, *other), "frequent_share", "440204") == (30, 30)


def test_the_score_weighs_what_has_a_denominator_and_turns_what_should_be_low() -> None:
    row = evaluate(facts(done(), done(reworks=1)), OCTOBER, RULES, "unit", ["cgj"])[0]
    rates = {one.key: one for one in RULES.rates("unit")}
    whole = sum(one.weight for one in rates.values())
    expected = 100 - rates["rework_rate"].weight * 50 / whole
    assert row.score == pytest.approx(expected)
    assert evaluate(facts(done()), OCTOBER, RULES, "unit", ["swj"])[0].score is None


def test_a_post_is_judged_by_its_own_formulas_over_the_whole_city() -> None:
    known = facts(done(), done(region="440204", unit="swj", dispatched=at(10, hour=12)))
    rows = {
        one.id: one for one in evaluate(known, OCTOBER, RULES, "post", ["受理", "派遣", "核查"])
    }
    assert set(rows["派遣"].cells) == {"dispatch_accuracy", "dispatch_in_time"}
    cell = rows["派遣"].cells["dispatch_in_time"]
    assert (cell.numerator, cell.denominator, cell.value) == (1, 2, 50)


def test_the_cases_behind_a_cell_are_named() -> None:
    known = facts(done(), done(handled=NEVER), done(region="440204"))
    rate = RULES.find("handling_rate")
    assert rate is not None

    def named(part: str) -> list[str]:
        return cases_of(known, OCTOBER, RULES, "region", "440203", rate, part)

    assert (named("denominator"), named("numerator"), named("rest")) == (
        ["c0", "c1"], ["c0"], ["c1"],
    )  # fmt: skip


def test_cases_taken_out_by_a_review_do_not_count() -> None:
    known = facts(done(), done(handled=NEVER)).without(frozenset({"c1"}))
    assert share(known, "handling_rate") == (1, 1)


def test_towns_and_grids_count_for_their_county() -> None:
    known = facts(done(region="440203001"), done(region="440203"))
    rolled = known.rolled_up({"440203001": "440203", "440203": "440203"})
    assert share(rolled, "filing_rate") == (2, 2)


@pytest.mark.parametrize(
    ("key", "value", "grade"),
    [
        ("handling_in_time", 95, "优"), ("handling_in_time", 94.99, "良"),
        ("handling_in_time", 79.9, "差"), ("rework_rate", 2, "优"), ("rework_rate", 2.01, "良"),
        ("rework_rate", 10, "中"), ("rework_rate", 10.1, "差"),
    ],
)  # fmt: skip
def test_grades_hold_at_their_limits(key: str, value: float, grade: str) -> None:
    formula = RULES.find(key)
    assert formula is not None
    assert formula.grade(value) == grade


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",filed_right,", ",filed_rihgt,", "numerator:'filed_rihgt' 不认识"),
        (",higher,5,90,80,70,", ",higher,5,70,80,90,", "从好到差"),
        (",higher,5,90,80,70,", ",up,5,90,80,70,", "higher 或 lower"),
        (",region;post,reported,filed,", ",country,reported,filed,", "by:写"),
    ],
)
def test_a_wrong_table_is_refused_by_row(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (TABLES / "evaluation_formulas.csv").read_text(encoding="utf-8")
    assert old in text
    wrong = tmp_path / "formulas.csv"
    wrong.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadManifest, match=said):
        load_rules(wrong, TABLES / "evaluation_sources.csv")


moments = st.one_of(st.just(NEVER), st.floats(at(1, 9), at(28, 11)))
one_case = st.fixed_dictionaries(
    {name: moments for name in done() if name not in ("region", "unit", "minor", "place", "source")}
).map(lambda times: done(**times))


@settings(max_examples=30)
@given(st.lists(one_case, min_size=1, max_size=12))
def test_no_share_ever_exceeds_a_hundred(rows: list[dict[str, Any]]) -> None:
    row = evaluate(facts(*rows), OCTOBER, RULES, "region", ["440203"])[0]
    assert all(0 <= one.numerator <= one.denominator for one in row.cells.values())
    assert row.score is None or 0 <= row.score <= 100
