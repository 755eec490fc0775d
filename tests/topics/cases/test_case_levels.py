"""逐级上报 and 下派 between 网格, 村, 镇, 县 and 市, in a tree that has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from tests.topics.cases.case_desk import CLOCKS, DUTY, HANDLER, REGIONS, at, report
from topics.kit.cases.contracts import Case
from topics.kit.cases.fold import apply
from topics.kit.cases.lands import GRID, RegionLands
from topics.kit.cases.machine import Order, Person, advance, begin, options
from topics.kit.contracts import Region
from topics.kit.errors import BadCase, CaseStepRefused
from topics.kit.regions import RegionTree

CITY, COUNTY, TOWN = "440200", "440203", "440203001"
VILLAGE, HERE, ASIDE = "440203001001", "440203001001001", "440203001002001"


def place(code: str, name: str, level: str, parent: str, kind: str = "") -> Region:
    return Region(code, name, name, level, parent, 1, date.min, None, kind=kind)


TREE = RegionTree(
    [
        *REGIONS.all(),
        place(VILLAGE, "示例村", "village", TOWN),
        place(HERE, "01网格", "site", TOWN, GRID),
        place(ASIDE, "02网格", "site", TOWN, GRID),
        place("P1", "示例泵站", "site", TOWN, "泵站"),
    ]
)
LANDS = RegionLands(TREE)


def move(case: Case, word: str, person: Person = DUTY, **order: str) -> Case:
    wanted = Order(word, note="说明", **order)  # type: ignore[arg-type]
    return apply(case, advance(case, wanted, person, CLOCKS, LANDS, at("26 09:10")))


def opened(holder: str = HERE) -> Case:
    now = at("26 09:00")
    return apply(None, begin("c1", "n", report(at=now, grid=HERE), CLOCKS, now, holder))


def test_what_a_grid_reports_begins_with_the_grid_and_goes_up_one_level_at_a_time() -> None:
    case, held = opened(), [HERE]
    for _ in range(4):
        case = move(case, "上报上级")
        held.append(case.holder)
    assert held == [HERE, VILLAGE, TOWN, COUNTY, CITY]
    with pytest.raises(BadCase, match="已在最高一级"):
        move(case, "上报上级")


def test_it_goes_down_the_same_way_and_skips_no_level() -> None:
    case = opened(CITY)
    for over, under in pairwise([CITY, COUNTY, TOWN, VILLAGE, HERE]):
        assert case.holder == over
        assert under in LANDS.below(over)
        case = move(case, "下派", region=under)
    assert case.holder == HERE
    with pytest.raises(BadCase, match="不是 440203001 的下一级"):
        move(opened(TOWN), "下派", region=HERE)


def test_a_grid_without_a_known_village_is_right_below_its_town_and_other_sites_are_nothing() -> (
    None
):
    assert LANDS.above(ASIDE) == TOWN
    assert list(LANDS.below(TOWN)) == [VILLAGE, ASIDE]
    assert list(LANDS.below(HERE)) == []


@pytest.mark.parametrize(
    ("region", "other", "holds"),
    [
        (TOWN, TOWN, True), (TOWN, VILLAGE, True), (TOWN, HERE, True), (COUNTY, HERE, True),
        (TOWN, COUNTY, False), (VILLAGE, ASIDE, False), (COUNTY, "440204", False),
        (TOWN, "nowhere", False),
    ],
)  # fmt: skip
def test_who_holds_what(region: str, other: str, holds: bool) -> None:
    assert LANDS.holds(region, other) is holds


def test_whoever_does_not_hold_the_case_takes_none_of_its_steps_but_may_remark() -> None:
    away = replace(DUTY, away="武江区")
    case = opened(COUNTY)
    with pytest.raises(CaseStepRefused, match="事件现在由武江区掌握,不归本级受理"):
        move(case, "受理", away)
    assert move(case, "备注", away).version == 2
    offered = [one.word for one in options(case, away, at("26 09:10")) if not one.why]
    assert offered == ["备注", "照片"]
    assert move(case, "受理", DUTY).state == "受理"


def test_the_unit_that_a_case_was_given_to_handles_it_whoever_holds_it() -> None:
    case = opened(COUNTY)
    for word in ("受理", "立案"):
        case = move(case, word)
    case = move(case, "派遣", unit="cgj")
    assert move(case, "签收", replace(HANDLER, away="韶关市")).state == "签收"
