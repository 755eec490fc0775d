"""The filter language: small, safe, and clear about what it cannot read."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.compile.where import Comparison, Condition, Filter
from layers.errors import BadFilter
from layers.windows import parse_filter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ; ; ", []),
        ("grade=3", [("grade", "=", (("3", 3),))]),
        ("v>=-1.5e2", [("v", ">=", (("-1.5e2", -150.0),))]),
        ("名称 = 北江 ", [("名称", "=", (("北江",),))]),
        ('name="3"', [("name", "=", (("3",),))]),
        ('name!="a ""b"" ; and c"', [("name", "!=", (('a "b" ; and c',),))]),
        ("open=TRUE", [("open", "=", (("TRUE", True),))]),
        ("day>=2026-01-02", [("day", ">=", (("2026-01-02",),))]),
        ("name=New York", [("name", "=", (("New York",),))]),
        ("k in (1, 二)", [("k", "in", (("1", 1), ("二",)))]),
        (
            "a=1;b<2 and c>3;",
            [("a", "=", (("1", 1),)), ("b", "<", (("2", 2),)), ("c", ">", (("3", 3),))],
        ),
        ('"and"=1 and "in" in (2)', [("and", "=", (("1", 1),)), ("in", "in", (("2", 2),))]),
        ("v=nan", [("v", "=", (("nan",),))]),
        ("v=1e999", [("v", "=", (("1e999",),))]),
    ],
)
def test_a_filter_means_its_conditions(text, expected):
    conditions = tuple(Condition(a, Comparison(c), v) for a, c, v in expected)
    assert parse_filter(text) == Filter(conditions)


@pytest.mark.parametrize(
    "text",
    [
        "grade",
        "grade=",
        "=3",
        "grade==3",
        "a=1 b=2",
        "a=1 and",
        "a=1 and ; b=2",
        "k in 1,2",
        "k in (1,2",
        "k in ()",
        "k in (1 2,)",
        'name="北江',
        "name~北",
        "a=1;(b=2)",
        "a" * 4001,
        ";".join(["a=1"] * 33),
        "k in (" + ",".join(["1"] * 501) + ")",
    ],
)
def test_what_cannot_be_read_is_refused_in_chinese(text):
    with pytest.raises(BadFilter, match="筛选条件"):
        parse_filter(text)


@given(st.text(max_size=60))
def test_any_text_is_either_a_filter_or_refused(text):
    with contextlib.suppress(BadFilter):
        assert isinstance(parse_filter(text), Filter)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_a_quoted_text_is_taken_as_it_is(value, name):
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    (condition,) = parse_filter(f"{quoted(name)}={quoted(value)}").conditions
    assert (condition.attribute, condition.values) == (name, ((value,),))
