"""What looks wrong in a filing is said of the right cell, with the severity that fits."""

from __future__ import annotations

import pytest

from tests.topics.reporting.sheets import CITY, GROWTH, RETAIL, SEWAGE, economy, sewage, sheet
from topics.kit.reporting.checks import Finding, Known, check, unexplained
from topics.kit.reporting.contracts import Cell, Form, Place

AT = Place(RETAIL, "440203")


def found(
    text: str, known: Known, place: Place = AT, form: Form | None = None
) -> list[tuple[str, str]]:
    """Kind and severity of what is said of one cell."""
    form = form or economy()
    cells = sheet(form, {(place.indicator, place.region): text})
    return [
        (one.kind, one.severity) for one in check(form, cells, {place: known}) if one.place == place
    ]


def test_an_ordinary_number_is_not_remarked_on() -> None:
    assert found("60", Known(last=55, same=58)) == []


@pytest.mark.parametrize(
    ("text", "known", "kind"),
    [
        ("约60", Known(), ("text", "error")),
        ("", Known(), ("missing", "explain")),
        ("-", Known(), ("missing", "explain")),
        ("-3", Known(), ("negative", "error")),
        ("40", Known(last=55, same=41), ("shrunk", "explain")),
        ("90", Known(last=55, same=58), ("yoy", "explain")),
        ("600000", Known(last=55, same=58), ("unit", "explain")),
        ("60000", Known(last=55, same=58), ("unit", "explain")),
        ("0.0058", Known(last=0.005, same=58), ("unit", "explain")),
        ("60", Known(last=55, same=58, stored=61), ("stored", "tell")),
    ],
)
def test_each_oddity_has_its_kind(text: str, known: Known, kind: tuple[str, str]) -> None:
    assert found(text, known) == [kind]


@pytest.mark.parametrize(
    ("text", "odd"), [("75.4", False), ("75.5", True), ("40.6", False), ("40.5", True)]
)
def test_the_limit_itself_is_still_within(text: str, odd: bool) -> None:
    form = economy(limits={"yoy": 30})
    assert bool(found(text, Known(last=30, same=58), form=form)) is odd


def test_a_growth_may_be_negative_and_is_compared_in_points() -> None:
    place = Place(GROWTH, CITY)
    assert found("-1.2", Known(last=3, same=3), place) == []
    assert found("-2.1", Known(last=3, same=3), place) == [("jump", "explain"), ("yoy", "explain")]


def test_a_share_written_as_a_fraction_is_a_slip_of_the_unit() -> None:
    place = Place(SEWAGE, CITY)
    form = sewage()
    said = check(form, sheet(form, {(SEWAGE, CITY): "0.962"}), {place: Known(same=95.9)})
    slip = next(one for one in said if one.place == place)
    assert (slip.kind, slip.suggest) == ("unit", "96.2")


def test_what_the_store_would_refuse_is_an_error_before_it_is_handed_in() -> None:
    place = Place(SEWAGE, CITY)
    assert found("101", Known(last=95, same=96), place, sewage()) == [("range", "error")]
    assert found("9550", Known(last=95, same=96), place, sewage()) == [("unit", "error")]


def test_january_to_february_may_be_less_than_last_years_total() -> None:
    assert found("9", Known(last=80, same=8.8), form=economy(2026, 2)) == []


def test_a_sum_that_did_not_grow_did_not_shrink() -> None:
    assert found("55", Known(last=55, same=58)) == []


def test_counties_that_do_not_make_the_city_are_said_at_the_city() -> None:
    form = economy()
    counties = {(RETAIL, row.code): "10" for row in form.rows if row.level == "county"}
    for whole, odd in (("100", False), ("100.5", False), ("101", True)):
        said = check(form, sheet(form, counties | {(RETAIL, CITY): whole}), {})
        sums = [one for one in said if one.kind == "sum"]
        assert [one.place for one in sums] == ([Place(RETAIL, CITY)] if odd else [])


def test_a_missing_county_leaves_the_sum_unsaid() -> None:
    form = economy()
    counties = {(RETAIL, row.code): "10" for row in form.rows[2:]}
    said = check(form, sheet(form, counties | {(RETAIL, CITY): "500"}), {})
    assert not [one for one in said if one.kind == "sum"]


def test_last_months_file_once_more_is_noticed() -> None:
    form = economy()
    known = {Place(GROWTH, row.code): Known(last=float(n)) for n, row in enumerate(form.rows)}
    texts = {(GROWTH, row.code): str(n) for n, row in enumerate(form.rows)}
    assert [
        one.kind for one in check(form, sheet(form, texts), known) if one.place.indicator == GROWTH
    ] == ["copied"]


def test_an_error_cannot_be_explained_away_and_a_deviation_can() -> None:
    cells = {AT: Cell("x", "原因")}
    error = Finding(AT, "text", "error", "")
    odd = Finding(AT, "yoy", "explain", "")
    assert unexplained(cells, [error, odd]) == [error]
    assert unexplained({AT: Cell("1", " 。")}, [odd]) == [odd]
