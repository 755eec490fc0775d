"""What is computed takes no push; what it is computed from does."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.api.observation_rows import RowReader
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.errors import BadObservation
from topics.kit.regions import RegionTree

REGIONS = Path(__file__).parents[3] / "data" / "reference" / "regions.csv"
READER = RowReader(Catalogue.load([SHIPPED]), RegionTree.load(REGIONS), "测试")


def row(indicator: str, region: str, period: str) -> dict[str, object]:
    return {"indicator": indicator, "region": region, "period": period, "value": 95}


def test_a_computed_value_is_not_taken() -> None:
    with pytest.raises(BadObservation) as refused:
        READER.read([row("grid.closed_on_time", "440200", "2026-11-01")])
    assert "请上报它的输入" in str(refused.value.problem)


def test_its_input_is_taken() -> None:
    (found,) = READER.read([row("grid.due", "440200", "2026-11-01")])
    assert found.indicator == "grid.due"


def test_the_counties_of_a_city_that_is_their_sum_are_taken() -> None:
    (found,) = READER.read([row("market.entities", "440203", "2026-10")])
    assert found.region == "440203"
    with pytest.raises(BadObservation):
        READER.read([row("market.entities", "440200", "2026-10")])
