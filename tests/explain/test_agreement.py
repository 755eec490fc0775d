"""Whatever the formulas and values: sentence, formula, shares and children say the same number."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from app.api.explain_parts import change_json, comparison_json, formula_json, input_json
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
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation
from topics.kit.explain.contracts import Explanation, InputNode
from topics.kit.explain.explainer import Explainer
from topics.kit.explain.sentence import value_text
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.formula import formula_of
from topics.kit.formula.geography import Geography
from topics.kit.formula.service import Formulas
from topics.kit.formula.words import number_text
from topics.kit.manifest_tables import FormulaSpec
from topics.kit.words.numbers import rounded, write

NOW_MONTH, YEAR_AGO = month(10), month(10, 2025)
AMOUNTS = ("t.a + t.b", "t.a - t.b", "t.a * 2 - t.b / 2", "t.b + t.a * 0.5")
RATES = ("t.f / t.a * 100", "t.f / (t.a + t.b) * 100", "(t.a + t.f) / t.b * 100", "t.b / t.f * 100")
SHOWN = ("t.rate", "t.f", "t.a")

value = some.integers(100, 100_000).map(lambda cents: cents / 100)
county = some.tuples(value, value, value, value)  # a and b, then and now
city = some.lists(county, min_size=len(COUNTIES), max_size=len(COUNTIES))


@cache
def declared() -> Catalogue:
    amount = {"unit": "万m³", "precision": 1, "direction": "none",
              "checks": {"additive": "sum"},
              "comparison": {"label": "同比", "against": "year", "as": "absolute"}}  # fmt: skip
    rate = {"unit": "%", "precision": 1, "direction": "lower",
            "thresholds": {"warn": 50, "bad": 90},
            "target": {"value": 60, "year": 2026, "document": "文件", "kind": "预期性",
                       "effective": "date:2026-01-01"},
            "comparison": {"label": "同比", "against": "year", "as": "points"}}  # fmt: skip
    named = [({"id": f"t.{one}", "title": f"指标{one}"} | amount) for one in ("a", "b", "f")]
    return catalogue(Path(mkdtemp()), *named, {"id": "t.rate", "title": "比率"} | rate)


def explained(amount: str, rate: str, values: list[tuple[float, ...]]) -> tuple[Explainer, Store]:
    """A city whose counties have these values and whose formulas are stored as computed."""
    known = declared()
    specs = {one.id: one for one in known.indicators()}
    store = Store()
    for column, (name, when) in enumerate(
        (n, w) for n in ("t.a", "t.b") for w in (YEAR_AGO, NOW_MONTH)
    ):
        each = [one[column] for one in values]
        pairs = [(CITY, math.fsum(each)), *zip(COUNTIES, each, strict=True)]
        store.said += [said(name, code, when, number, unit="万m³") for code, number in pairs]
    made = [
        formula_of(FormulaSpec(id=name, expression=text), specs)
        for name, text in (("t.f", amount), ("t.rate", rate))
    ]
    formulas = Formulas(FormulaBook(made), specs, Geography.of(regions()), store)
    for one in made:
        for code in (CITY, *COUNTIES):
            for when in (YEAR_AGO, NOW_MONTH):
                trace = formulas.trace(one.id, code, when, as_of=None)
                assert trace is not None
                more = {"status": trace.status, "unit": trace.unit, "source": "公式"}
                store.said.append(said(one.id, code, when, trace.value, **more))
    return Explainer(known, regions(), store, Runs(), formulas), store


@settings(max_examples=30, deadline=None)
@given(some.sampled_from(AMOUNTS), some.sampled_from(RATES), city, some.sampled_from(SHOWN))
def test_every_part_of_an_explanation_agrees_with_the_value(
    amount: str, rate: str, values: list[tuple[float, ...]], shown: str
) -> None:
    explainer, store = explained(amount, rate, values)
    told = ask(explainer, shown)
    one = told.observation
    assert one is not None
    if one.value is None:  # the engine refused it: then it is absent everywhere
        assert told.absence is not None
        assert told.absence.why in told.sentence
        return
    _sentence_agrees(told, one)
    _formula_agrees(told, one, store)
    _shares_agree(told, one)


def _sentence_agrees(told: Explanation, one: Observation) -> None:
    written = write(one.value, told.spec.unit, told.spec.precision)
    assert f"为 {value_text(written)}" in told.sentence
    if told.aim is not None:
        gap = rounded(one.value or 0, 1) - rounded(told.aim.target.value, 1)
        assert f"{abs(gap):,}" in told.sentence or gap == 0
    if told.compared is not None:
        said_ = comparison_json(told.compared, one, told.spec)
        assert said_ is not None
        assert said_["text"].removesuffix(" 点") in told.sentence
        gap = float(_read(written.text) - _read(re.sub(r"[^\d.,−]", "", said_["before"]["text"])))
        assert abs(gap - (told.compared.change or 0)) <= 0.1 + 1e-6


def _formula_agrees(told: Explanation, one: Observation, store: Store) -> None:
    formula = formula_json(told.formula)
    if formula is None:
        assert told.spec.id == "t.a"
        return
    assert formula["result"] == value_text(told.written)
    assert not formula["pending"]
    again = arithmetic(formula["numbers"])
    assert math.isclose(again, one.value or 0.0, rel_tol=1e-3, abs_tol=0.05)
    assert told.formula is not None
    for node in _all(told.formula.inputs):
        assert node.observation is not None
        (stored,) = store.at_periods(
            [node.observation.indicator], [node.observation.region], [node.period.start],
            as_of=None,
        )  # fmt: skip
        assert input_json(node, NOW)["value"] == stored.value
        if node.trace is not None:
            assert node.trace.value == node.observation.value
    for node in told.formula.inputs:
        assert node.observation is not None
        assert node.observation.value is not None
        assert number_text(node.observation.value) in formula["numbers"]


def _shares_agree(told: Explanation, one: Observation) -> None:
    made = change_json(told.contributions, told.compared)
    if not made["parts"]:
        assert made["why"]
        return
    assert told.compared is not None
    assert told.compared.before is not None
    change = (one.value or 0) - (told.compared.before.value or 0)
    total = math.fsum(each["amount"] for each in made["parts"])
    assert math.isclose(total, change, rel_tol=1e-6, abs_tol=1e-9)
    assert math.isclose(made["amount"], change, rel_tol=1e-9, abs_tol=1e-12)
    assert math.isclose(change, told.compared.change or 0, rel_tol=1e-9, abs_tol=1e-9)
    digits = told.spec.precision + 1
    words = [float(_read(each["text"])) for each in made["parts"]]
    assert (
        abs(math.fsum(words) - float(_read(made["text"]))) <= 0.5 * (len(words) + 1) * 10**-digits
    )


def _all(nodes: Any) -> Iterator[InputNode]:
    for one in nodes:
        yield one
        yield from _all(one.inputs)


def _read(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))


_STEPS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def arithmetic(text: str) -> float:
    """What a formula with its numbers put in gives, read as arithmetic and nothing else."""
    for sign, plain in (("×", "*"), ("÷", "/"), ("−", "-"), (",", "")):
        text = text.replace(sign, plain)

    def of(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            result: float = _STEPS[type(node.op)](of(node.left), of(node.right))
            return result
        if isinstance(node, ast.UnaryOp):
            return -of(node.operand)
        assert isinstance(node, ast.Constant)
        return float(node.value)

    return of(ast.parse(text, mode="eval").body)
