"""No formula lets a number out before it is released."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.topics.formula.small_city import END, formula, known, month, spec
from topics.kit.contracts import PeriodKind
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.releases import InheritedReleases
from topics.kit.manifest_indicators import Release

EARLY = spec("a.early", "件", release=Release(day=5, time="10:00"))
LATE = spec("a.late", "件", release=Release(day=20, time="10:00"))
FREE, PEOPLE = spec("a.free", "户", END), spec("a.people", "万人", PeriodKind.YEAR)
RATE, TWICE, DENSE = spec("a.rate", "%"), spec("a.twice", "%"), spec("a.dense", "户/万人", END)
BOOK = FormulaBook([
    formula("a.early / a.late * 100", EARLY, LATE, result=RATE),
    formula("a.rate * 2", RATE, result=TWICE),
    formula("a.free / of_year(a.people)", FREE, PEOPLE, result=DENSE),
])  # fmt: skip
RELEASES = InheritedReleases(BOOK, known(EARLY, LATE, FREE, PEOPLE, RATE, TWICE, DENSE))
LAST = datetime(2026, 11, 20, 2, tzinfo=UTC)  # the 20th, 10:00 in Shaoguan


def test_a_computed_value_waits_for_the_last_of_its_inputs() -> None:
    assert RELEASES.at(RATE, month(2026, 10)) == LAST
    assert RELEASES.restricts(RATE)


def test_what_is_computed_from_a_computed_value_waits_too() -> None:
    assert RELEASES.at(TWICE, month(2026, 10)) == LAST
    assert RELEASES.restricts(TWICE)


def test_without_an_input_that_waits_it_is_out_at_once() -> None:
    assert RELEASES.at(DENSE, month(2026, 10, END)) is None
    assert not RELEASES.restricts(DENSE)
