"""How late, dead and doubtful values are marked on the map, in the matrix and on rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.board.marks import WORDS, mark_of, mark_text
from app.board.rows import row
from app.security.contracts import Grant, Role, Subject
from tests.board.small_city import NOW, PM25
from topics.kit.contracts import Change, Observation, Period, PeriodKind, ValueStatus

ADMIN = Subject("u1", "管理员", frozenset({Grant(Role.ADMIN)}))
HOUR = timedelta(hours=1)
LAST = Period(NOW.replace(minute=0) - HOUR, PeriodKind.HOUR)
GOOD = Observation("ecology.pm25", "440203", LAST, 99.0)
SUSPECT, ESTIMATED = ValueStatus.SUSPECT, ValueStatus.ESTIMATED


@pytest.mark.parametrize(
    ("hours", "status", "mark", "text"),
    [
        (0, ValueStatus.OK, "", ""),
        (0, SUSPECT, "suspect", "存疑"),
        (0, ESTIMATED, "estimated", "估算"),
        (2, ValueStatus.OK, "late", "迟 24 分"),
        (2, SUSPECT, "suspect", "存疑"),
        (2, ESTIMATED, "late", "迟 24 分"),
        (9, SUSPECT, "dead", "停更,已迟 7时24分"),
    ],
)
def test_the_gravest_mark_is_drawn(hours, status, mark, text):
    one = replace(GOOD, status=status, period=Period(LAST.start - hours * HOUR, LAST.kind))
    assert (mark_of(PM25, one, NOW), mark_text(PM25, one, NOW)) == (mark, text)
    assert mark in ("", *WORDS)


def test_what_is_not_there_has_no_mark():
    assert mark_of(PM25, None, NOW) == ""
    assert mark_of(PM25, replace(GOOD, value=None, status=ValueStatus.MISSING), NOW) == ""


def _doubt(readings, region: str, status: ValueStatus) -> None:
    readings.take([Change(1, "ecology.pm25", region, LAST, 99.0, status, NOW)])


def test_a_suspect_value_lights_no_lamp_and_says_so(readings, facts):
    _doubt(readings, "440200", SUSPECT)
    made = row(PM25, "440200", readings, facts, NOW)
    assert (made["lamp"], made["edge"], made["doubt"]) == ("none", "", "存疑")


def test_an_estimate_keeps_its_lamp_and_says_so(readings, facts):
    _doubt(readings, "440200", ESTIMATED)
    made = row(PM25, "440200", readings, facts, NOW)
    assert (made["lamp"], made["doubt"]) == ("bad", "估算")


def test_the_map_and_the_matrix_mark_the_same_counties(board, readings):
    _doubt(readings, "440203", SUSPECT)
    model = board.model(ADMIN, "440200", "ecology.pm25", NOW)
    assert model["map"]["marks"] == {"440203": "suspect"}
    assert [one["mark"] for one in model["matrix"]["rows"]] == ["suspect", ""]


def test_a_dead_source_is_marked_everywhere(board):
    model = board.model(ADMIN, "440200", "ecology.pm25", NOW + 24 * HOUR)
    assert set(model["map"]["marks"].values()) == {"dead"}
    assert model["matrix"]["rows"][0]["mark_text"].startswith("停更,已迟")
