"""Whose water number is whose."""

from __future__ import annotations

from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest

WATER = load_manifest(SHIPPED / "water")
BY_ID = {one.id: one for one in WATER.indicators}


def test_each_number_names_the_bureau_that_answers_for_it() -> None:
    owners = {one.id: one.owner for one in WATER.indicators}
    assert owners["water.section_good"] == "sthjj"
    assert owners["water.sewage_rate"] == "zjj"
    assert owners["water.leakage"] == "swj"


def test_a_river_level_is_said_to_be_no_statutory_warning() -> None:
    assert "不是法定预警" in BY_ID["water.level_shaoguan"].definition


def test_the_water_assessment_is_monthly() -> None:
    assert BY_ID["water.section_good"].period_kind == "当月"
