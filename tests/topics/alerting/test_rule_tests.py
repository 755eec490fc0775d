"""Tests that owners write for their rules: how series are read, and what a failure says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.topics.alerting.small_city import REGIONS, SPECS, rule
from topics.kit.alerting.rule_tests import AlertTest, failures, parse_series, wrong
from topics.kit.catalogue import SHIPPED
from topics.kit.manifest import load_manifest
from topics.kit.regions import RegionTree
from topics.kit.sites import read_sites

REFERENCE = SHIPPED.parent / "data" / "reference"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 2 _ 3", [1, 2, None, 3]),
        ("1+1x2", [1, 2, 3]),
        ("5-2x2 0", [5, 3, 1, 0]),
        ("2x3", [2, 2, 2, 2]),
        ("_x2 1", [None, None, 1]),
        ("-1.5e1", [-15]),
    ],
)
def test_a_series_is_written_as_prometheus_writes_it(text: str, values: list[float]) -> None:
    assert parse_series(text) == values


@pytest.mark.parametrize(
    ("text", "said"), [("1 zwei", "zwei"), ("", "空"), ("nan", "有限"), ("1x99999", "10000")]
)
def test_a_series_that_cannot_be_read_says_which_part(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_series(text)


def _test(**more: object) -> AlertTest:
    told = {"rule": "water.rule", "name": "氨氮", "every": "1h", "values": "0.5 1.2 2.4"}
    return AlertTest.model_validate(told | more)


def test_what_is_met_is_silent() -> None:
    test = _test(expect=[{"at": "1h", "level": "蓝"}, {"at": "2h", "level": "红"}])
    assert list(wrong(rule(), test)) == []


def test_what_is_not_met_says_when_what_came_and_why() -> None:
    test = _test(expect=[{"at": "1h", "level": "黄"}])
    assert list(wrong(rule(hold="30m"), test)) == [
        "1 小时时期望黄色,实际在等持续(这时的数 1.2,界限 蓝 1、黄 1.5、红 2,持续 30 分)"
    ]


def test_hold_that_is_over_between_two_values_counts() -> None:
    test = _test(values="1.2 0.5", expect=[{"at": "59m", "level": "蓝"}, {"at": "1h", "level": ""}])
    assert list(wrong(rule(hold="30m"), test)) == []


def test_a_season_goes_by_the_clock_of_the_city() -> None:
    test = _test(values="3x9", start="2026-07-01T07:00:00", expect=[{"at": "1h", "level": "红"}])
    assert list(wrong(rule(hours="08:00-09:00"), test)) == []


def test_the_tests_that_ship_with_a_topic_pass() -> None:
    folder = SHIPPED / "water"
    manifest = load_manifest(folder)
    specs = {one.id: one for one in manifest.indicators}
    tree = RegionTree.load(REFERENCE / "regions.csv")
    tree = tree.with_sites(read_sites(folder, manifest.sites))
    said, count = failures(folder, manifest, specs, tree)
    assert said == []
    assert count == 5


def test_a_wrong_file_names_its_place_and_the_fix(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "a.toml").write_text('[[alert_tests]]\nrule = "water.rule"\nevery = "0s"\n')
    (tests / "b.toml").write_text("[[")
    (tests / "c.toml").write_text(
        '[[alert_tests]]\nrule = "water.no"\nname = "x"\nevery = "1h"\nvalues = "1"\n'
        'expect = [{ at = "0s", level = "" }]\n'
    )
    manifest = load_manifest(SHIPPED / "water")
    said, count = failures(tmp_path, manifest, SPECS, REGIONS)
    assert count == 1
    assert any("tests/a.toml [[alert_tests]] 第 1 项 every:every 不能是 0" in one for one in said)
    assert any("tests/b.toml:不是有效的 TOML" in one for one in said)
    assert any("没有规则 'water.no'" in one for one in said)
