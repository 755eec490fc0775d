"""All formulas together: their order, their circles, who depends on whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.topics.formula.small_city import formula, known, spec
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.errors import BadFormula, BadManifest
from topics.kit.formula.book import Edge, FormulaBook, read_formulas
from topics.kit.manifest_tables import FormulaSpec

A, B, C, D = (spec(f"a.{name}", "件") for name in "abcd")
C_OF_B, B_OF_A = formula("a.b + a.a", A, B, result=C), formula("a.a * 2", A, result=B)


def test_inputs_come_before_what_is_computed_from_them() -> None:
    assert [one.id for one in FormulaBook([C_OF_B, B_OF_A])] == ["a.b", "a.c"]


def test_a_circle_is_refused_and_printed() -> None:
    circle = [B_OF_A, formula("a.c + 0 * a.c", C, result=A), formula("a.b * 1", B, result=C)]
    with pytest.raises(BadFormula, match=r"成环:a\.b → a\.a → a\.c → a\.b"):
        FormulaBook(circle)


def test_everything_that_follows_from_an_indicator_is_known() -> None:
    book = FormulaBook([C_OF_B, B_OF_A])
    assert book.dependents("a.a") == ("a.b", "a.c")
    assert book.dependents("a.c") == ()
    assert [one.id for one in book.readers("a.b")] == ["a.c"]


def test_the_graph_has_each_edge_once() -> None:
    graph = FormulaBook([C_OF_B, B_OF_A]).graph()
    assert list(graph.nodes) == ["a.a", "a.b", "a.c"]
    assert list(graph.edges) == [Edge("a.a", "a.b"), Edge("a.b", "a.c"), Edge("a.a", "a.c")]


def test_each_bad_formula_is_named_by_its_row() -> None:
    declared = [
        FormulaSpec(id="a.b", expression="a.a * 2"),
        FormulaSpec(id="a.c", expression="a.nothing * 2"),
        FormulaSpec(id="a.z", expression="a.a * 2"),
    ]
    good, problems = read_formulas(declared, known(A, B, C))
    assert [one.id for one in good] == ["a.b"]
    assert [number for number, _ in problems] == [2, 3]


_TOPIC = """
[topic]
id = "{id}"
title = "测试"
owner = "tjj"
[[indicators]]
id = "{id}.x"
title = "甲"
definition = "测试"
unit = "件"
frequency = "1mo"
period_kind = "当月"
levels = ["city"]
owner = "tjj"
source = "测试"
freshness = "40d"
classification = "公开"
[[formulas]]
id = "{id}.x"
expression = "{expression}"
"""


def write(folder: Path, topic: str, expression: str) -> None:
    (folder / topic).mkdir()
    text = _TOPIC.format(id=topic, expression=expression)
    (folder / topic / "topic.toml").write_text(text, encoding="utf-8")


def test_a_circle_through_two_topics_is_refused_at_load(tmp_path: Path) -> None:
    write(tmp_path, "one", "two.x * 1")
    write(tmp_path, "two", "one.x * 1")
    with pytest.raises(BadManifest, match="成环"):
        Catalogue.load([tmp_path])


def test_a_fault_against_another_topic_is_named_by_topic_and_row(tmp_path: Path) -> None:
    write(tmp_path, "one", "two.x + 1")
    write(tmp_path, "two", "two.x * 1")
    with pytest.raises(BadManifest, match=r"two/topic.toml:\[\[formulas\]\] 第 1 项"):
        Catalogue.load([tmp_path])


def test_the_shipped_formulas_cover_every_topic() -> None:
    book = Catalogue.load([SHIPPED]).formulas
    topics = {one.id.partition(".")[0] for one in book}
    assert topics == {"economy", "ecology", "water", "market", "grid"}
    assert len(book) >= 6
