"""The alert rules of a package in another city: mapped with the table, or refused with a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.topics.packages.small_topic import HEYUAN, SHAOGUAN, around, checked, city, write
from topics.kit.errors import BadPackage
from topics.kit.packages.archive import Package, pack, read_package
from topics.kit.packages.installing import Prepared, prepare
from topics.kit.packages.shelf import Shelf
from topics.kit.regions import RegionTree

TO_HEYUAN = {"440200": "441600", "440203": "441602", "440205": "441621"}
WIDER = city("440200", "韶关市", ("440203", "武江区"), ("440205", "曲江区"), ("440222", "始兴县"))
RULE = """
[[alerts]]
id = "tourism.crowded"
when = "tourism.visitors"
worse = "above"
levels = { "黄" = 60 }
regions = ["440205", "440203", "A1"]
local = { "440203" = { "黄" = 50 }, 440205 = { "黄" = 40 }, A1 = { "黄" = 30 } }
"""


def packed(tmp_path: Path, rule: str, city_of: RegionTree) -> Package:
    folder = write(tmp_path / "made")
    manifest = folder / "topic.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + rule, encoding="utf-8")
    return read_package(pack(folder, checked(folder, city_of), city_of, {}))


def moved(
    tmp_path: Path,
    rule: str,
    table: dict[str, str] = TO_HEYUAN,
    *,
    skip: bool = False,
    made_in: RegionTree = SHAOGUAN,
) -> Prepared:
    package = packed(tmp_path, rule, made_in)
    return prepare(package, Shelf(tmp_path), around(HEYUAN), table, skip_unmapped=skip)


def test_a_rule_watches_the_places_of_the_other_city(tmp_path: Path) -> None:
    (rule,) = moved(tmp_path, RULE).manifest.alerts
    assert rule.regions == ("441621", "441602", "A1")
    assert rule.local == {"441602": {"黄": 50}, "441621": {"黄": 40}, "A1": {"黄": 30}}


@pytest.mark.parametrize(
    "written",
    [
        '\n[alerts.local]\n"440205" = { "黄" = 40 }\n',
        '\n[alerts.local.440205]\n"黄" = 40\n',
        '\n[alerts.local."440205"]\n"黄" = 40\n',
    ],
)
def test_limits_of_a_place_are_moved_however_they_are_written(tmp_path: Path, written: str) -> None:
    (rule,) = moved(tmp_path, RULE.partition("local")[0] + written).manifest.alerts
    assert rule.local == {"441621": {"黄": 40}}


def test_a_place_of_a_rule_that_no_table_names_is_refused_with_its_place(tmp_path: Path) -> None:
    rule = RULE.replace('"440203" =', '"440222" =')
    with pytest.raises(BadPackage, match=r"\[\[alerts\]\] 第 1 项 local\(tourism\.crowded\)"):
        moved(tmp_path, rule, made_in=WIDER)


def test_places_left_out_are_taken_from_a_rule(tmp_path: Path) -> None:
    table = {"440200": "441600", "440205": "441621"}
    (rule,) = moved(tmp_path, RULE, table, skip=True).manifest.alerts
    assert rule.regions == ("441621", "A1")
    assert rule.local == {"441621": {"黄": 40}, "A1": {"黄": 30}}


def test_a_rule_does_not_watch_the_whole_city_because_its_places_are_left_out(
    tmp_path: Path,
) -> None:
    rule = RULE.replace('["440205", "440203", "A1"]', '["440203"]')
    table = {"440200": "441600", "440205": "441621"}
    with pytest.raises(BadPackage, match="略去后就成了看全市"):
        moved(tmp_path, rule, table, skip=True)


def test_a_code_that_no_table_can_move_is_refused_with_its_place(tmp_path: Path) -> None:
    rule = RULE.replace("levels", 'text = "440205 游客 {value}"\nlevels')
    with pytest.raises(BadPackage, match=r"\[\[alerts\]\] 第 1 项 text:这里写着区划代码 440205"):
        moved(tmp_path, rule)
