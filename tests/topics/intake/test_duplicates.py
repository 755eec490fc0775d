"""What may be one case twice: near in place, of one kind, near in time; people decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.kit.cases.contracts import CategoryKey
from topics.kit.cases.duplicates import (
    DuplicateRules,
    Spot,
    SpotGrid,
    box_around,
    metres_between,
)
from topics.kit.errors import BadManifest

TABLE = Path(__file__).parents[3] / "data" / "reference" / "case_duplicates.csv"
RULES = DuplicateRules.load(TABLE)
LITTER = CategoryKey("城市管理", "事项", "06001")  # 150 m, 24 h
MANHOLE = CategoryKey("城市管理", "部件", "01001")  # 30 m, 168 h
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HERE = Spot("a", LITTER, 113.59, 24.81, AT)
METRE = 1 / 111_195.08  # degrees of latitude


def north(metres: float, *, hours: float = 0, case: str = "b") -> Spot:
    at = AT + timedelta(hours=hours)
    return replace(HERE, case=case, latitude=HERE.latitude + metres * METRE, at=at)


def cases(found: list[object]) -> list[str]:
    return [one.case for one in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("metres", "same"), [(149.9, ["b"]), (150.2, [])])
def test_the_distance_of_the_category_decides(metres: float, same: list[str]) -> None:
    assert cases(list(RULES.find(HERE, [north(metres)]))) == same


@pytest.mark.parametrize(("hours", "same"), [(24, ["b"]), (-24, ["b"]), (24.01, []), (-24.01, [])])
def test_the_time_of_the_category_decides(hours: float, same: list[str]) -> None:
    assert cases(list(RULES.find(HERE, [north(0, hours=hours)]))) == same


def test_another_kind_at_the_same_place_is_another_case() -> None:
    assert RULES.find(HERE, [replace(north(0), category=MANHOLE)]) == []


def test_a_case_is_no_duplicate_of_itself() -> None:
    assert RULES.find(HERE, [HERE]) == []


def test_the_nearest_comes_first_with_metres_and_minutes() -> None:
    found = RULES.find(HERE, [north(90, case="far"), north(40, hours=-1.5, case="near")])
    assert cases(list(found)) == ["near", "far"]
    assert round(found[0].distance_m) == 40
    assert found[0].minutes == 90


def test_the_closest_rule_holds() -> None:
    assert RULES.nearness(MANHOLE).metres == 30
    assert RULES.nearness(CategoryKey("城市管理", "事项", "01001")).metres == 100
    assert RULES.nearness(CategoryKey("综治", "综治", "01001")).within == timedelta(days=14)


def test_a_table_without_a_rule_for_the_rest_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "near.csv"
    table.write_text("scheme,kind,code,metres,hours,source,status\n城市管理,*,*,10,1,x,x\n")
    with pytest.raises(BadManifest, match="都是 \\*"):
        DuplicateRules.load(table)


def test_a_distance_that_is_no_number_is_named_by_its_row(tmp_path: Path) -> None:
    table = tmp_path / "near.csv"
    table.write_text("scheme,kind,code,metres,hours,source,status\n*,*,*,近,1,x,x\n")
    with pytest.raises(BadManifest, match="第 2 行"):
        DuplicateRules.load(table)


spots = st.builds(
    lambda east, up, hours, number: replace(
        north(up, hours=hours, case=f"c{number}"), longitude=HERE.longitude + east * METRE
    ),
    st.floats(-400, 400),
    st.floats(-400, 400),
    st.floats(-48, 48),
    st.integers(0, 10_000),
)


@settings(max_examples=60)
@given(st.lists(spots, max_size=40))
def test_the_grid_finds_exactly_what_looking_at_all_finds(many: list[Spot]) -> None:
    grid = SpotGrid(RULES)
    for one in many:
        grid.add(one)
    assert grid.find(HERE) == RULES.find(HERE, many)


@settings(max_examples=60)
@given(spots)
def test_the_box_holds_all_that_is_near(one: Spot) -> None:
    distance = metres_between(HERE, one)
    west, south, east, up = box_around(HERE, distance)
    assert west <= one.longitude <= east
    assert south <= one.latitude <= up
