"""What the market bureau checks first."""

from __future__ import annotations

from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest

MARKET = load_manifest(SHIPPED / "market")
BY_ID = {one.id: one for one in MARKET.indicators}


def test_one_machine_overdue_is_already_a_warning() -> None:
    limits = BY_ID["market.equipment_overdue"].thresholds
    assert limits
    assert limits.warn == 0


def test_a_day_that_is_not_over_is_not_compared_with_a_whole_one() -> None:
    comparison = BY_ID["market.new_entities"].comparison
    assert comparison
    assert comparison.against is None
