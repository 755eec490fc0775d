"""Every plan that a shipped rule names has a checklist: who, within how long, with what."""

from __future__ import annotations

from pathlib import Path

import pytest

from topics.kit.catalogue import SHIPPED
from topics.kit.duty.plans import load_plans
from topics.kit.errors import BadManifest
from topics.kit.manifest import load_manifest
from topics.kit.organisations import Organisations

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"
DECLARED = {
    plan.id: plan
    for folder in sorted(SHIPPED.iterdir())
    if (folder / "topic.toml").is_file()
    for plan in load_manifest(folder).plans
}
LISTED = {one.id: one for one in load_plans(REFERENCE / "plans.csv")}


def test_every_declared_plan_has_a_checklist_of_the_same_name() -> None:
    assert {one: plan.title for one, plan in DECLARED.items()} == {
        one: plan.title for one, plan in LISTED.items()
    }
    assert len(DECLARED) == 8


@pytest.mark.parametrize("plan", sorted(DECLARED))
def test_a_checklist_names_whom_to_call_within_how_long_and_what_there_is(plan: str) -> None:
    units = Organisations.load(REFERENCE / "organisations.csv")
    listed = LISTED[plan]
    assert len(listed.items) >= 4
    assert all(units.find(one.unit) for one in listed.items)
    assert all(one.minutes for one in listed.items)
    assert any(one.resource for one in listed.items)
    assert {DECLARED[plan].lead, *DECLARED[plan].support} <= {one.unit for one in listed.items}


def test_every_checklist_is_marked_as_an_example_until_the_city_put_its_own() -> None:
    assert not any(one.verified for one in LISTED.values())
    assert all(one.source.startswith("示例清单") for one in LISTED.values())


def test_a_wrong_line_is_named_with_the_fix(tmp_path: Path) -> None:
    head = "plan,title,item,text,unit,minutes,resource,source,status\n"
    table = tmp_path / "plans.csv"
    table.write_text(head + "p,预案,1,核实,swj,很快,,s,unverified\n", encoding="utf-8")
    with pytest.raises(BadManifest, match="第 2 行 minutes:'很快' 写分钟数"):
        load_plans(table)
    table.write_text(head + "p,预案,1,a,swj,5,,s,u\np,预案,1,b,swj,5,,s,u\n", encoding="utf-8")
    with pytest.raises(BadManifest, match="第 3 行 item:1 重复"):
        load_plans(table)
