"""Rates whose numerator is part of their denominator: 暂行办法第 14 条, 双随机公示 20 个工作日."""

from __future__ import annotations

import pytest

from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest

MARKET = load_manifest(SHIPPED / "market")
FORMULAS = {one.id: one.expression for one in MARKET.formulas}
BY_ID = {one.id: one for one in MARKET.indicators}


@pytest.mark.parametrize(
    ("rate", "part", "whole"),
    [
        ("market.first_check", "market.complaints_checked", "market.complaints_due"),
        ("market.inspection_published", "market.inspections_published", "market.inspections_due"),
    ],
)
def test_a_rate_divides_by_what_was_due(rate: str, part: str, whole: str) -> None:
    assert FORMULAS[rate] == f"{part} / {whole} * 100"
    assert BY_ID[part].period_kind == BY_ID[whole].period_kind


def test_reports_are_in_no_rate_of_complaints() -> None:
    assert "举报按 15 个工作日另计" in BY_ID["market.complaints_due"].definition
    assert "举报不在内" in BY_ID["market.first_check"].definition


def test_both_wholes_are_brought_by_the_monthly_file() -> None:
    brought = {one for spec in MARKET.refreshers for one in spec.produces}
    assert {"market.complaints_due", "market.inspections_due"} <= brought
