"""The rules that the shipped topics declare, and what is said by them."""

from __future__ import annotations

from datetime import date

import pytest

from app.main import REFERENCE
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.rules import Rule, ready
from topics.kit.alerting.wording import limit_text, sentence
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.organisations import Organisations
from topics.kit.pages.limits import Limits
from topics.kit.regions import RegionTree

CATALOGUE = Catalogue.load([SHIPPED])
REGIONS = RegionTree.load(REFERENCE / "regions.csv").with_sites(CATALOGUE.sites)
DAY = date(2026, 11, 26)


def _rules() -> dict[str, Rule]:
    specs = {one.id: one for one in CATALOGUE.indicators()}
    return {
        spec.id: ready(spec, specs, REGIONS, plans=topic.plans)
        for topic in CATALOGUE.topics
        for spec in topic.alerts
    }


RULES = _rules()


def _limits(indicator: str, region: str, day: date) -> Limits | None:
    spec, place = CATALOGUE.indicator(indicator), REGIONS.find(region)
    if spec.limits is None:
        return None
    topic = indicator.partition(".")[0]
    found: Limits | None = CATALOGUE.function(topic, spec.limits)(indicator, place, day)
    return found


def test_every_topic_has_rules_and_every_level_is_used() -> None:
    assert 25 <= len(RULES) <= 40
    assert {one.topic for one in RULES.values()} == {one.id for one in CATALOGUE.topics}
    used = {level for one in RULES.values() for level in one.spec.levels}
    assert used == {one.value for one in AlertLevel}


def test_every_rule_looks_at_some_place_and_tells_known_organisations() -> None:
    known = Organisations.load(REFERENCE / "organisations.csv")
    for one in RULES.values():
        assert one.series
        units = [*one.spec.route]
        if one.plan is not None:
            units += [one.plan.lead, *one.plan.support]
        assert all(known.find(unit, DAY) is not None for unit in units)


@pytest.mark.parametrize(
    ("rule", "place", "value", "said"),
    [
        ("water.nh3n_high", "SGDM13", 2.31, "马坝河口断面氨氮 2.31 mg/L,劣Ⅴ类"),
        ("water.leakage_high", "440200", 10.47, "全市供水管网漏损率 10.5 %"),
        ("water.plant_off_standard", "SGWS12", 1.0, "浈江犁市污水处理厂出水不达标"),
        ("ecology.pm25_high", "SGKQ05", 45.04, "曲江监测站PM2.5 小时值 45.0 µg/m³,良"),
    ],
)
def test_an_alert_is_fact_and_place_in_one_sentence(
    rule: str, place: str, value: float, said: str
) -> None:
    found = REGIONS.find(place)
    assert found is not None
    assert sentence(RULES[rule], found, value, value, DAY, _limits) == said


@pytest.mark.parametrize(
    ("rule", "level", "said"),
    [
        ("water.nh3n_high", "红", ">2 mg/L"),
        ("water.tp_class", "黄", "劣于目标类别 1 级以上(Ⅲ类限值 ≤0.2)"),
        ("water.section_target", "黄", "劣于目标 15 百分点以上"),
        ("water.level_rising", "橙", "预计超过 53 m 的概率 >80 %"),
        ("water.section_silent", "蓝", "迟报超过 8 时"),
        ("grid.events_surge", "蓝", "较昨日同时 >40 %,至少 12 件"),
        ("grid.crowd", "黄", "500 m 内 1 天 超过 20 件"),
        ("ecology.pm25_odd", "蓝", "异常分 >8"),
        ("water.plant_off_standard", "黄", "劣于达标"),
        ("economy.growth_gap", "黄", ">10 百分点"),
    ],
)
def test_a_limit_is_said_as_people_read_it(rule: str, level: str, said: str) -> None:
    one = RULES[rule]
    aim = "Ⅲ类限值 ≤0.2" if rule == "water.tp_class" else ""
    limit = one.spec.levels[level]  # type: ignore[index]
    assert limit_text(one, AlertLevel(level), limit, aim) == said
