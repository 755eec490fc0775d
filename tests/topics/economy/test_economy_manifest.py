"""What a statistician checks first on the economy card."""

from __future__ import annotations

from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest

ECONOMY = load_manifest(SHIPPED / "economy")
BY_ID = {one.id: one for one in ECONOMY.indicators}


def test_investment_has_no_level_only_published_cumulative_growth() -> None:
    investment = [one for one in ECONOMY.indicators if "投资" in one.title and one.unit == "%"]
    published = [one for one in investment if one.source == "市统计局月报"]
    assert {one.period_kind for one in published} == {"累计"}
    assert len(published) == 4
    levels = [one for one in ECONOMY.indicators if "固定资产投资" in one.title and one.unit != "%"]
    assert not [one for one in levels if "景气灯" not in one.title]


def test_growth_shown_beside_a_level_is_the_published_one() -> None:
    for level in ("economy.gdp", "economy.retail"):
        comparison = BY_ID[level].comparison
        assert comparison
        assert comparison.published == f"{level}_growth"


def test_growth_targets_are_expected_ones_with_their_document() -> None:
    growths = [spec for spec in ECONOMY.indicators if "growth" in spec.id]
    targets = [one for spec in growths for one in spec.target]
    assert {one.kind for one in targets} == {"预期性"}
    assert all("政府工作报告" in one.document for one in targets)
