"""The sentence, the distance from the target, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.board.readings import Readings
from app.board.rows import Facts, row
from tests.explain.memory import (
    CITY,
    COUNTIES,
    NOW,
    Runs,
    Store,
    ask,
    catalogue,
    month,
    regions,
    said,
)
from topics.kit.contracts import ValueStatus
from topics.kit.explain.contracts import FormulaReads
from topics.kit.explain.explainer import Explainer
from topics.kit.explain.targets import aim_of
from topics.kit.formula.contracts import Input, Trace
from topics.kit.reporting.contracts import Cell, Place, State, Step
from topics.kit.runs import RunRecord

TARGET = {
    "value": 9.0,
    "year": 2026,
    "document": "文件",
    "kind": "约束性",
    "effective": "date:2026-03-01",
}
RATE = {"id": "t.rate", "title": "漏损率", "unit": "%", "precision": 1,
        "thresholds": {"warn": 9.0, "bad": 10.0}, "target": TARGET,
        "comparison": {"label": "同比", "against": "year", "as": "points"}}  # fmt: skip
SUM = {"id": "t.sum", "title": "供水总量", "unit": "万m³", "precision": 1, "direction": "none",
       "comparison": {"label": "较上期", "against": "previous", "as": "percent"}}  # fmt: skip
SECRET = {"id": "t.secret", "title": "注册用户用水量", "unit": "万m³", "classification": "敏感"}


class OneFormula:
    """t.rate = (t.sum − t.secret) / t.sum; the trace is said to give `value`."""

    def __init__(self, value: float, store: Store) -> None:
        self.value = value
        self.store = store

    def trace(self, indicator, region, period, /, *, as_of):  # type: ignore[no-untyped-def]
        if indicator != "t.rate":
            return None
        inputs = [
            Input(role, name, region, period, next(iter(self.store.series(
                name, region, start=period.start, end=period.start + timedelta(seconds=1),
                as_of=as_of)), None), computed=False)
            for role, name in (("供水总量", "t.sum"), ("注册用户用水量", "t.secret"))
        ]  # fmt: skip
        words = "(供水总量 − 注册用户用水量) ÷ 供水总量"
        numbers = "(28.4 − 25.4) ÷ 28.4"
        ok = ValueStatus.OK
        return Trace(indicator, region, period, self.value, ok, "%", "x", words, numbers, inputs)

    def change(self, indicator, region, period, against, /, *, as_of):  # type: ignore[no-untyped-def]
        return None


def explainer(
    folder: Path, store: Store, formulas: FormulaReads | None = None, *runs: RunRecord
) -> Explainer:
    known = catalogue(folder, RATE, SUM, SECRET)
    return Explainer(known, regions(), store, Runs(*runs), formulas)


@pytest.mark.parametrize(
    ("value", "text", "met"),
    [
        (10.6, "高于目标 1.6 个百分点", False),
        (9.04, "与目标持平", True),
        (8.6, "低于目标 0.4 个百分点", True),
    ],
)
def test_the_distance_from_the_target_is_that_of_the_numbers_shown(
    tmp_path: Path, value: float, text: str, met: bool
) -> None:
    told = ask(explainer(tmp_path, Store(said("t.rate", CITY, month(10), value))), "t.rate")
    assert told.aim is not None
    assert (told.aim.text, told.aim.limit, told.aim.met) == (text, "≤9.0%", met)


def test_last_years_target_is_named_so_until_the_new_one_takes_effect(tmp_path: Path) -> None:
    one = said("t.rate", CITY, month(12, 2026), 10.0)
    made = explainer(tmp_path, Store(one))
    spec = made.catalogue.indicator("t.rate")
    aim = aim_of(spec, one, NOW.replace(year=2027, month=1, day=15))
    assert aim is not None
    assert aim.text == "高于上年目标 1.0 个百分点"


def test_a_doubtful_value_is_called_so_in_the_sentence(tmp_path: Path) -> None:
    one = said("t.rate", CITY, month(10), 8.0, status=ValueStatus.ESTIMATED)
    assert "为 8.0%(估算值)" in ask(explainer(tmp_path, Store(one)), "t.rate").sentence


def test_a_value_without_any_comparison_is_said_without_one(tmp_path: Path) -> None:
    told = ask(explainer(tmp_path, Store(said("t.sum", CITY, month(10), 28.4))), "t.sum")
    assert told.sentence == "韶关市 2026 年 10 月供水总量为 28.4 万m³。"
    assert told.contributions.why == "没有可比的一期"


def test_an_indicator_nobody_ever_sent_has_an_explanation(tmp_path: Path) -> None:
    told = ask(explainer(tmp_path, Store()), "t.rate")
    assert told.sentence == "韶关市漏损率没有数据:尚未收到任何一期。"
    assert (told.period, told.observation, told.written.text) == (None, None, "—")


def test_a_period_still_running_is_not_called_missing(tmp_path: Path) -> None:
    made = explainer(tmp_path, Store(said("t.rate", CITY, month(10), 8.0)))
    told = ask(made, "t.rate", period=month(11))
    assert told.absence is not None
    assert "才结束" in told.absence.why


def test_a_hidden_input_hides_the_numbers_of_the_formula_too(tmp_path: Path) -> None:
    store = Store(
        said("t.rate", CITY, month(10), 10.6),
        said("t.sum", CITY, month(10), 28.4),
        said("t.secret", CITY, month(10), 25.4),
    )
    made = explainer(tmp_path, store, OneFormula(10.6, store))
    told = ask(made, "t.rate", sees=lambda spec, when: spec.id != "t.secret")
    assert told.formula is not None
    assert (told.formula.numbers, told.formula.expression, told.formula.hidden) == ("", "", True)
    open_, hidden = told.formula.inputs
    assert open_.observation is not None
    assert (hidden.allowed, hidden.observation, hidden.spec, hidden.written) == (
        False,
        None,
        None,
        None,
    )
    assert ask(made, "t.rate").formula.numbers == "(28.4 − 25.4) ÷ 28.4"  # type: ignore[union-attr]


def test_a_formula_that_no_longer_gives_the_stored_value_says_it_is_being_computed(
    tmp_path: Path,
) -> None:
    store = Store(said("t.rate", CITY, month(10), 10.6))
    for value, pending in ((10.6, False), (11.0, True)):
        told = ask(explainer(tmp_path, store, OneFormula(value, store)), "t.rate")
        assert told.formula is not None
        assert told.formula.pending is pending


def test_the_formula_is_shown_with_the_inputs_the_value_was_computed_from(tmp_path: Path) -> None:
    store = Store(said("t.rate", CITY, month(10), 10.6, recorded_at=NOW - timedelta(days=1)))

    class Moving(OneFormula):
        def trace(self, indicator, region, period, /, *, as_of):  # type: ignore[no-untyped-def]
            self.value = 11.0 if as_of is None else 10.6
            return super().trace(indicator, region, period, as_of=as_of)

    told = ask(explainer(tmp_path, store, Moving(0, store)), "t.rate")
    assert told.formula is not None
    assert (told.formula.result, told.formula.pending) == ("10.6%", False)


def test_a_value_is_not_compared_with_one_that_may_not_be_seen(tmp_path: Path) -> None:
    store = Store(said("t.rate", CITY, month(10, 2025), 9.0), said("t.rate", CITY, month(10), 10.6))
    made = explainer(tmp_path, store)
    assert ask(made, "t.rate").compared is not None
    assert ask(made, "t.rate", sees=lambda spec, when: when == month(10)).compared is None
    assert ask(made, "t.rate", period=month(10, 2025)).latest is False


def test_regions_add_up_to_the_change_with_the_rest_in_one_line(tmp_path: Path) -> None:
    store = Store()
    for number, (before, now) in enumerate(((10, 13), (8, 10), (5, 6), (3, 3.5), (2, 2.1))):
        store.said.append(said("t.sum", COUNTIES[number], month(9), before))
        store.said.append(said("t.sum", COUNTIES[number], month(10), now))
    store.said += [said("t.sum", CITY, month(9), 28.0), said("t.sum", CITY, month(10), 34.6)]
    made = ask(explainer(tmp_path, store), "t.sum").contributions
    assert [one.name for one in made.shares] == ["武江区", "浈江区", "曲江区", "其余 2 县(市、区)"]
    assert sum(one.amount for one in made.shares) == pytest.approx(6.6)
    assert (made.text, made.unit, made.name) == ("+6.6", "万m³", "较上期")


def test_regions_that_do_not_add_up_are_not_split(tmp_path: Path) -> None:
    store = Store(said("t.sum", CITY, month(9), 50.0), said("t.sum", CITY, month(10), 51.0))
    for code in COUNTIES:
        store.said += [said("t.sum", code, month(9), 1.0), said("t.sum", code, month(10), 2.0)]
    made = ask(explainer(tmp_path, store), "t.sum").contributions
    assert (made.shares, made.why) == ((), "各地之和不等于合计,不作分解")


def test_a_rate_is_never_split_by_adding_rates(tmp_path: Path) -> None:
    store = Store()
    for code in (CITY, *COUNTIES):
        store.said += [
            said("t.rate", code, month(10, 2025), 9.0),
            said("t.rate", code, month(10), 10.0),
        ]
    made = ask(explainer(tmp_path, store), "t.rate").contributions
    assert (made.shares, made.why) == ((), "比率、均值和指数的变化不能按地区相加")


def test_two_revisions_that_round_alike_are_told_apart(tmp_path: Path) -> None:
    store = Store(
        said("t.rate", CITY, month(10), 10.61, recorded_at=NOW - timedelta(hours=2)),
        said("t.rate", CITY, month(10), 10.64, recorded_at=NOW - timedelta(hours=1)),
    )
    newest = ask(explainer(tmp_path, store), "t.rate").revisions[0]
    assert (newest.old, newest.new) == ("10.61%", "10.64%")


def test_the_run_that_wrote_a_value_is_told_and_why_it_ran(tmp_path: Path) -> None:
    run = RunRecord("r1", "t.fetch", "backfill", NOW, NOW, NOW, True, read=11, kept=11)
    store = Store(said("t.rate", CITY, month(10), 10.6, run="r1"))
    told = ask(explainer(tmp_path, store, None, run), "t.rate", names=False)
    assert told.origin.run == run
    assert (told.revisions[0].reason, told.revisions[0].who) == ("补跑", "系统")


def test_a_corrected_report_says_why_and_who_handed_it_in(tmp_path: Path) -> None:
    place, hours = Place("t.rate", CITY), [NOW - timedelta(hours=n) for n in (6, 5, 4, 3, 2, 1)]
    actions = ("submit", "accept", "correct", "submit", "accept")
    notes = ("", "", "漏计一座水厂", "", "")
    cells = {place: Cell("10.6", note="新增水厂投产")}
    steps = [
        Step("f1", at, "乙" if one == "accept" else "甲", one, State.PENDING, State.PENDING, note,
             cells if one == "accept" else None)
        for at, one, note in zip(hours, actions, notes, strict=False)
    ]  # fmt: skip
    more = {"source": "报数", "run": "f1"}
    store = Store(
        said("t.rate", CITY, month(10), 9.6, recorded_at=hours[1], **more),
        said("t.rate", CITY, month(10), 10.6, recorded_at=hours[4], **more),
    )

    class Filings:
        def steps(self, filings, *, as_of=None):  # type: ignore[no-untyped-def]
            return {"f1": steps}

    made = replace(explainer(tmp_path, store), filings=Filings())
    newest, first = ask(made, "t.rate").revisions
    assert (newest.reason, newest.who) == ("更正:漏计一座水厂", "报 甲、审 乙")
    assert (first.reason, first.who) == ("报数,说明:新增水厂投产", "报 甲、审 乙")
    assert ask(made, "t.rate", names=False).revisions[0].who == "登录后可见"


def test_periods_that_may_not_be_seen_are_as_if_they_were_not_there(tmp_path: Path) -> None:
    store = Store(said("t.rate", CITY, month(9), 9.5), said("t.rate", CITY, month(10), 10.6))
    told = ask(explainer(tmp_path, store), "t.rate", sees=lambda spec, when: when != month(10))
    assert told.period == month(9)
    assert told.latest is True
    assert [one.value for one in told.points] == [9.5]


def test_the_card_and_the_drawer_compare_with_the_same_words(tmp_path: Path) -> None:
    store = Store(
        said("t.rate", CITY, month(10, 2025), 9.26), said("t.rate", CITY, month(10), 10.64)
    )
    made = explainer(tmp_path, store)
    specs = {one.id: one for one in made.catalogue.indicators()}
    readings = Readings(_Recent(store), list(specs.values()), [CITY])
    readings.load()
    card = row(specs["t.rate"], CITY, readings, Facts(specs, {}, {}, {}), NOW)
    told = ask(made, "t.rate")
    assert told.compared is not None
    delta = told.compared.delta
    assert card["delta"] == {
        "label": delta.label,
        "arrow": delta.arrow,
        "text": delta.text,
        "tone": delta.tone,
    }
    assert (card["value"], card["lamp"], card["period"]) == (
        told.written.text,
        told.lamp.value,
        told.period_text,
    )


class _Recent(Store):
    def __init__(self, store: Store) -> None:
        super().__init__(*store.said)

    def recent(self, indicators, regions, count, *, as_of):  # type: ignore[no-untyped-def]
        return {
            (i, r): self.series(i, r, as_of=as_of)[-count:] for i in indicators for r in regions
        }
