"""City management and 综治 are two schemes; this topic is the first."""

from __future__ import annotations

from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest

GRID = load_manifest(SHIPPED / "grid")
BY_ID = {one.id: one for one in GRID.indicators}


def test_the_city_management_bureau_answers_for_it() -> None:
    assert GRID.owner == "cgj"


def test_satisfaction_belongs_to_the_hotline_only() -> None:
    named = [one.title for one in GRID.indicators if "满意率" in one.title]
    assert named == ["12345 热线满意率"]


def test_today_is_not_compared_with_a_whole_day() -> None:
    comparison = BY_ID["grid.events_today"].comparison
    assert comparison
    assert comparison.against is None
