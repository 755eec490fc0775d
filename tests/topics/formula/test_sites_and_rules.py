"""Rules of a topic's own at its sites, and what all sites below a region come to."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.small_city import CITY, REGIONS, Listed, known, month, said, spec
from tests.topics.formula.small_rules import (
    AMMONIA,
    CLASS,
    GOOD,
    OXYGEN,
    PLACES,
    SECTIONS,
    WUJIANG,
    ZHENJIANG,
    made,
)
from topics.kit.contracts import Observation, ValueStatus
from topics.kit.errors import BadFormula
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.clocks import count
from topics.kit.formula.cubes import STATUSES, cubes_of
from topics.kit.formula.domain import Derived, Frame
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.formula import Formula
from topics.kit.formula.geography import Geography
from topics.kit.formula.reach import Place, affected, reads
from topics.kit.formula.service import Formulas
from topics.kit.manifest_indicators import IndicatorSpec

NOW, BEFORE = month(2026, 10), month(2026, 9)
RULE = made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS)
SHARE = made(
    "sites_count(w.grade <= 3) / sites_known(w.grade) * 100", CLASS, result=GOOD
)  # fmt: skip
MEAN = spec("w.mean", "mg/L", title="溶解氧均值")
NUMBER = spec("w.number", "座")


def at(one: Formula, rows: Iterable[Observation], region: str) -> tuple[float | None, ValueStatus]:
    """One cell over the rows that the formula asks for."""
    places = PLACES.narrowed(one.scope.levels, one.scope.kinds)
    cells = evaluate(one, cubes_of(rows, places), np.array([count(NOW)], dtype=np.int64))
    value = float(cells.value[places.row[region], 0])
    status = STATUSES[int(cells.state[places.row[region], 0])]
    return (None if math.isnan(value) else value), status


def classes(*values: float | None) -> list[Observation]:
    return [
        said("w.grade", NOW, value, one.code) for one, value in zip(SECTIONS, values, strict=True)
    ]


def answers(rows: Iterable[Observation], *formulas: Formula) -> Formulas:
    specs: dict[str, IndicatorSpec] = known(OXYGEN, AMMONIA, CLASS, GOOD, MEAN, NUMBER)
    return Formulas(FormulaBook(formulas), specs, PLACES, Listed(rows))


def test_a_rule_is_evaluated_at_each_site() -> None:
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 2.0, "S1")]
    assert at(RULE, rows, "S1") == (6.0, ValueStatus.OK)


def test_the_rule_decides_what_a_missing_input_means() -> None:
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, None, "S1")]
    assert at(RULE, rows, "S1") == (2.0, ValueStatus.ESTIMATED)
    nothing = [said("w.do", NOW, None, "S1"), said("w.nh3n", NOW, None, "S1")]
    assert at(RULE, nothing, "S1") == (None, ValueStatus.MISSING)


def test_a_suspect_input_makes_the_result_suspect() -> None:
    rows = [
        said("w.do", NOW, 6.0, "S1", ValueStatus.SUSPECT),
        said("w.nh3n", NOW, 0.5, "S1"),
    ]
    assert at(RULE, rows, "S1") == (3.0, ValueStatus.SUSPECT)


def test_what_the_rule_misses_is_said_in_its_own_words() -> None:
    rows = [said("w.do", NOW, None, "S1"), said("w.nh3n", NOW, None, "S1")]
    found = answers(rows, RULE).trace("w.grade", "S1", NOW, as_of=None)
    assert found is not None
    assert (found.value, found.why) == (None, "溶解氧和氨氮都缺测")


def test_a_rule_is_explained_by_its_parameters_its_numbers_and_its_source() -> None:
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 0.4, "S1")]
    found = answers(rows, RULE).trace("w.grade", "S1", NOW, as_of=None)
    assert found is not None
    assert found.words == "单因子评价的水质类别(溶解氧、氨氮)"
    assert found.numbers == "单因子评价的水质类别(溶解氧 6、氨氮 0.4)"
    assert [(one.rule, one.source) for one in found.basis] == [
        ("单因子评价的水质类别,1–6", "GB 3838-2002 表 1")
    ]
    assert found.value == 3.0


def of_estimates(**more: object) -> Formula:
    """A rule that says `more` beside its class 3 at every site."""

    def rule(frame: Frame, *arguments: object) -> Derived:
        shape = (len(frame.regions), len(frame.days))
        flags = {name: np.full(shape, one) for name, one in more.items() if name != "note"}
        value = np.full(shape, np.nan if "idle" in more else 3.0)
        return Derived(value, note=str(more.get("note", "")), why="没有超标", **flags)

    return made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS, function=rule)


def halved() -> list[Observation]:
    return [
        said("w.do", NOW, 6.0, "S1"),
        said("w.nh3n", NOW, 0.025, "S1", ValueStatus.ESTIMATED),
    ]


def test_a_rule_is_told_which_of_its_inputs_are_estimates() -> None:
    seen: list[Frame] = []

    def looking(frame: Frame, *arguments: object) -> Derived:
        seen.append(frame)
        return Derived(np.ones((len(frame.regions), len(frame.days))))

    one = made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS, function=looking)
    assert at(one, halved(), "S1") == (1.0, ValueStatus.ESTIMATED)
    row = [site.code for site in seen[0].regions].index("S1")
    assert [bool(flags[row, 0]) for flags in seen[0].estimated] == [False, True]


def test_a_rule_may_be_certain_although_an_input_is_an_estimate() -> None:
    assert at(of_estimates(certain=True), halved(), "S1") == (3.0, ValueStatus.OK)
    assert at(of_estimates(certain=False), halved(), "S1") == (3.0, ValueStatus.ESTIMATED)


def test_a_certain_rule_does_not_make_a_suspect_input_good() -> None:
    rows = [said("w.do", NOW, 6.0, "S1", ValueStatus.SUSPECT), said("w.nh3n", NOW, 0.5, "S1")]
    assert at(of_estimates(certain=True), rows, "S1") == (3.0, ValueStatus.SUSPECT)


def test_nothing_to_tell_is_no_gap_in_the_data() -> None:
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 0.4, "S1")]
    one = of_estimates(idle=True)
    assert at(one, rows, "S1") == (None, ValueStatus.NOT_MONITORED)
    found = answers(rows, one).trace("w.grade", "S1", NOW, as_of=None)
    assert found is not None
    assert found.why == "没有超标"


def test_what_an_estimate_left_out_stands_behind_its_numbers() -> None:
    one = of_estimates(note="未参评:石油类(缺测)")
    found = answers(halved(), one).trace("w.grade", "S1", NOW, as_of=None)
    assert found is not None
    assert found.numbers.endswith("(未参评:石油类(缺测))")
    good = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 0.4, "S1")]
    whole = answers(good, one).trace("w.grade", "S1", NOW, as_of=None)
    assert whole is not None
    assert "未参评" not in whole.numbers


def test_a_rule_that_fails_gives_no_value_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(frame: Frame, *arguments: object) -> Derived:
        raise ZeroDivisionError("除数为零")

    one = made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS, function=broken)
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 0.4, "S1")]
    with caplog.at_level(logging.ERROR):
        assert at(one, rows, "S1") == (None, ValueStatus.MISSING)
        assert at(one, rows, "S1") == (None, ValueStatus.MISSING)
    assert sum("除数为零" in each.getMessage() for each in caplog.records) == 1
    found = answers(rows, one).trace("w.grade", "S1", NOW, as_of=None)
    assert found is not None
    assert "worst 出错(除数为零)" in found.why


@pytest.mark.parametrize(
    "given", [lambda frame, a, b: a, lambda frame, a, b: Derived(np.zeros(3)), lambda frame: None]
)
def test_a_rule_that_answers_something_else_gives_no_value(given: object) -> None:
    one = made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS, function=given)  # type: ignore[arg-type]
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.nh3n", NOW, 0.4, "S1")]
    assert at(one, rows, "S1") == (None, ValueStatus.MISSING)


def test_a_rule_gets_the_sites_with_their_facts_and_the_days() -> None:
    seen: list[Frame] = []

    def looking(frame: Frame, *arguments: object) -> Derived:
        seen.append(frame)
        return Derived(np.ones((len(frame.regions), len(frame.days))))

    one = made("worst(w.do, w.nh3n)", OXYGEN, AMMONIA, result=CLASS, function=looking)
    at(one, [said("w.do", NOW, 6.0, "S1")], "S1")
    (frame,) = seen
    assert [(each.code, each.fact("target_class")) for each in frame.regions] == [("S1", "3")]
    assert [day.isoformat() for day in frame.days] == ["2026-10-01"]


@pytest.mark.parametrize(
    ("expression", "said_text"),
    [
        ("worst(w.do)", "参数个数不对:worst(溶解氧, 氨氮)"),
        ("worst(w.do, w.grade)", "参数“氨氮”要 mg/L 的数"),
        ("worse(w.do, w.nh3n)", "是不是 worst(…)?"),
        ("sites_mean(w.good)", "levels 里没有 site"),
        ("sites_sum(1)", "只写同一种点位的指标"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fix(expression: str, said_text: str) -> None:
    with pytest.raises(BadFormula, match=said_text.replace("(", r"\(").replace(")", r"\)")):
        made(expression, OXYGEN, AMMONIA, CLASS, GOOD, result=spec("w.result", ""))


def test_the_good_share_leaves_out_sections_without_a_value() -> None:
    rows = classes(2.0, 5.0, None)
    assert at(SHARE, rows, CITY) == (50.0, ValueStatus.OK)
    assert at(SHARE, rows, WUJIANG) == (50.0, ValueStatus.OK)
    assert at(SHARE, rows, ZHENJIANG) == (None, ValueStatus.MISSING)


def test_sections_left_out_make_a_value_estimated_only_where_the_policy_says_so() -> None:
    one = made("sites_mean(w.do)", OXYGEN, result=MEAN, missing="skip")
    rows = [said("w.do", NOW, 6.0, "S1"), said("w.do", NOW, None, "S2")]
    assert at(one, rows, CITY) == (6.0, ValueStatus.ESTIMATED)
    plain = made("sites_mean(w.do)", OXYGEN, result=MEAN)
    assert at(plain, rows, CITY) == (6.0, ValueStatus.OK)


def test_a_county_without_sections_has_no_value_and_none_is_stored() -> None:
    places = PLACES.narrowed(SHARE.scope.levels, SHARE.scope.kinds)
    cells = evaluate(SHARE, cubes_of(classes(2, 2, 2), places), np.array([count(NOW)]))
    assert not cells.present[places.row["440205"], 0]


def test_only_formulas_with_sites_hold_rows_for_sites_of_their_kind() -> None:
    assert set(PLACES.narrowed(SHARE.scope.levels, SHARE.scope.kinds).codes) == {
        CITY, "440203", "440204", "440205", "S1", "S2", "S3",
    }  # fmt: skip
    plain = made("w.good * 1", GOOD, result=spec("w.other", "%"))
    assert len(PLACES.narrowed(plain.scope.levels, plain.scope.kinds).codes) == 4


def test_how_many_sites_there_are_may_be_told_in_any_unit_of_counting() -> None:
    one = made("sites_known(w.do)", OXYGEN, result=NUMBER)
    assert at(one, [said("w.do", NOW, 6.0, "S1")], CITY) == (1.0, ValueStatus.OK)


def test_a_share_of_sections_is_explained_with_their_numbers_and_what_is_missing() -> None:
    found = answers(classes(2.0, 5.0, None), SHARE).trace("w.good", CITY, NOW, as_of=None)
    assert found is not None
    assert found.words == "水质类别 ≤ 3的断面数 ÷ 有水质类别的断面数 × 100"
    assert found.numbers.startswith("1 ÷ 2 × 100")
    assert "缺 瑶山 水质类别" in found.numbers
    assert [one.region for one in found.inputs] == ["S1", "S2", "S3"]


def test_a_section_that_was_given_up_no_longer_counts() -> None:
    gone = replace(SECTIONS[1], valid_to=date(2026, 9, 1))
    places = Geography([*REGIONS, SECTIONS[0], gone, SECTIONS[2]]).narrowed(
        SHARE.scope.levels, SHARE.scope.kinds
    )
    for when, value in ((month(2026, 8), 50.0), (NOW, 100.0)):
        rows = [said("w.grade", when, given, code) for code, given in (("S1", 2.0), ("S2", 5.0))]
        cells = evaluate(SHARE, cubes_of(rows, places), np.array([count(when)]))
        assert float(cells.value[places.row[CITY], 0]) == value


numbers = st.one_of(st.none(), st.floats(0.5, 20))


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=3, max_size=3), st.lists(numbers, min_size=3, max_size=3))
def test_what_each_site_added_to_a_mean_adds_up_to_its_change(
    old: list[float | None], new: list[float | None]
) -> None:
    rows = [
        said("w.do", when, value, one.code)
        for when, values in ((BEFORE, old), (NOW, new))
        for one, value in zip(SECTIONS, values, strict=True)
    ]
    one = made("sites_mean(w.do)", OXYGEN, result=MEAN)
    found = answers(rows, one).change("w.mean", CITY, NOW, "previous", as_of=None)
    assert found is not None
    told = [[one for one in values if one is not None] for values in (old, new)]
    if not all(told):
        assert found.amount is None
        return
    means = [math.fsum(values) / len(values) for values in told]
    assert found.amount == pytest.approx(means[1] - means[0])
    assert {part.region for part in found.parts} == {"S1", "S2", "S3"}
    assert math.fsum(part.amount for part in found.parts) == pytest.approx(found.amount, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.sampled_from([1.0, 2, 3, 4, 5, 6])), min_size=3, max_size=3)
)
def test_what_is_explained_is_what_is_computed(values: list[float | None]) -> None:
    rows = classes(*values)
    found = answers(rows, SHARE).trace("w.good", CITY, NOW, as_of=None)
    assert found is not None
    assert (found.value, found.status) == at(SHARE, rows, CITY)
    judged = [one for one in values if one is not None]
    if judged:
        assert found.value == pytest.approx(100 * sum(one <= 3 for one in judged) / len(judged))


def test_a_changed_section_reaches_its_county_and_the_city_and_nothing_else() -> None:
    places = PLACES.narrowed(SHARE.scope.levels, SHARE.scope.kinds)
    assert affected(SHARE, places, "w.grade", [Place("S1", 7)]) == {
        Place(WUJIANG, 7), Place(CITY, 7),
    }  # fmt: skip
    assert affected(RULE, PLACES.narrowed(RULE.scope.levels, RULE.scope.kinds), "w.do", [
        Place("S1", 7)
    ]) == {Place("S1", 7)}  # fmt: skip
    read = {one.region for one in reads(SHARE, places, WUJIANG, count(NOW))}
    assert read == {"S1", "S2"}


def test_an_indicator_measured_at_sites_may_be_averaged_for_the_regions_above() -> None:
    both = spec("w.both", "mg/L", levels=("site", "county", "city"), sites="断面")
    one = made("sites_mean(w.both)", both, result=both, levels=["county", "city"])
    rows = [said("w.both", NOW, 4.0, "S1"), said("w.both", NOW, 8.0, "S3")]
    assert at(one, rows, CITY) == (6.0, ValueStatus.OK)
    places = PLACES.narrowed(one.scope.levels, one.scope.kinds)
    assert affected(one, places, "w.both", [Place(WUJIANG, 7)]) == set()
    with pytest.raises(BadFormula, match="用到了自己"):
        made("sites_mean(w.both)", both, result=both)
