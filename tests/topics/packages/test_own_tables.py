"""A city's own tables: they stand in for the shipped ones, or the program says what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.second_city import CITY, own_table, write_home
from topics.ecology import aqi
from topics.ecology.air import regions_of
from topics.ecology.concentrations import Concentration
from topics.economy.projects import tolerances
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import ValueStatus
from topics.kit.errors import BadManifest
from topics.kit.installed import load_topics
from topics.kit.own_tables import standings, unknown_files
from topics.kit.regions import RegionTree
from topics.kit.tables_in_force import REFERENCE, reference_table, use_home

DAY = date(2026, 10, 1)
STATUS = {"unit": "百分点", "source": "本市", "status": "自定"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield write_home(tmp_path / "home")
    use_home(None)


def loaded(home: Path) -> tuple[Catalogue, RegionTree]:
    own = home / "reference" / "regions.csv"
    tree = RegionTree.load(own if own.is_file() else REFERENCE / "regions.csv")
    return load_topics(home / "topics", (), tree)


def test_the_sites_of_a_second_city_are_its_own(home: Path) -> None:
    _, tree = loaded(home)
    assert {(one.kind, one.code) for one in tree.sites(CITY)} == {
        ("空气站", "HYKQ01"), ("噪声点", "HYZS01"), ("断面", "HYDM01"), ("污水厂", "HYWS01"),
        ("项目", "HYXM01"), ("网格", "441602001001001"),
    }  # fmt: skip
    section = tree.find("HYDM01")
    assert section is not None
    assert section.fact("river") == "东江"


def test_the_stations_of_a_second_city_make_up_its_counties(home: Path) -> None:
    loaded(home)
    air = {"pm25": Concentration(35.0, ValueStatus.OK)}
    assert set(regions_of({"HYKQ01": air}, DAY)) == {"441602", "441600"}


def test_a_city_is_told_which_tables_it_has_to_bring(home: Path) -> None:
    catalogue, tree = loaded(home)
    found = {one.table.place: one for one in standings(catalogue, tree)}
    assert found["topics/water/sections.csv"].is_own
    assert found["topics/water/outfalls.csv"].needed
    assert not found["topics/economy/lights.csv"].needed


def test_the_demo_city_needs_no_table_of_its_own(tmp_path: Path) -> None:
    catalogue, tree = loaded(tmp_path)
    assert not [one.table.place for one in standings(catalogue, tree) if one.needed or one.is_own]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"region": "440203"}, r"sections\.csv 第 2 行 region:本市没有区划 '440203'"),
        ({"lon": "东经"}, r"sections\.csv 第 2 行 lon:'东经' 不是 WGS-84 的度"),
        ({"code": ""}, r"sections\.csv 第 2 行 code 为空"),
    ],
)
def test_a_table_of_sites_that_is_wrong_is_refused_with_its_row(
    home: Path, change: dict[str, str], said: str
) -> None:
    row = {"code": "HYDM01", "name": "临江", "region": "441621", "waters": "河流", "river": "东江"}
    own_table(home, "water", "sections.csv", [row | change])
    with pytest.raises(BadManifest, match=rf"本市的表 topics/water/sections\.csv:{said}"):
        loaded(home)


def test_a_table_without_a_column_of_the_shipped_one_is_refused(home: Path) -> None:
    path = home / "topics" / "water" / "sections.csv"
    path.write_text("code,name,region,lon,lat\nD1,临江,441621,,\n", encoding="utf-8")
    with pytest.raises(BadManifest, match=r"topics/water/sections\.csv:.*缺少列 river、waters"):
        loaded(home)


def test_a_rule_of_the_city_is_used_in_place_of_the_shipped_one(home: Path) -> None:
    assert tolerances() == (10, 20)
    rows = [{"rule": "behind", "value": "5"}, {"rule": "far_behind", "value": "15"}]
    own_table(home, "economy", "project_rules.csv", [one | STATUS for one in rows])
    loaded(home)
    assert tolerances() == (5, 15)
    use_home(None)
    assert tolerances() == (10, 20)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("30", "20"), "behind 要小于 far_behind"),
        (("十", "20"), r"project_rules\.csv 第 2 行 value:'十' 不是数"),
        (("", "20"), r"project_rules\.csv 第 2 行 value 为空"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_and_the_shipped_one_not_used(
    home: Path, rows: tuple[str, str], said: str
) -> None:
    given = [{"rule": "behind", "value": rows[0]}, {"rule": "far_behind", "value": rows[1]}]
    own_table(home, "economy", "project_rules.csv", [one | STATUS for one in given])
    with pytest.raises(BadManifest, match=rf"本市的表 topics/economy/project_rules\.csv:.*{said}"):
        loaded(home)


def test_a_reference_table_of_the_city_is_used_by_the_day_it_is_valid(home: Path) -> None:
    shipped = (REFERENCE / "aqi_breakpoints.csv").read_text(encoding="utf-8")
    before = aqi.rules_on(DAY).standard
    own = home / "reference" / "aqi_breakpoints.csv"
    own.write_text(shipped.replace(before, "本市试行"), encoding="utf-8")
    for one in ("aqi_rounding.csv", "aqi_beyond.csv"):
        text = (REFERENCE / one).read_text(encoding="utf-8")
        (home / "reference" / one).write_text(text.replace(before, "本市试行"), encoding="utf-8")
    loaded(home)
    assert reference_table("aqi_breakpoints.csv") == own
    assert aqi.rules_on(DAY).standard == "本市试行"
    assert aqi.rules_on(date(2025, 1, 1)).standard != "本市试行"


def test_a_reference_table_with_a_text_for_a_number_is_refused_with_its_row(home: Path) -> None:
    lines = (REFERENCE / "gb3095_limits.csv").read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[6], "二十", 1)
    (home / "reference" / "gb3095_limits.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadManifest, match=r"gb3095_limits\.csv 第 4 行 grade1:'二十' 不是数"):
        loaded(home)


def test_every_shipped_table_may_be_copied_and_put_back_in_its_own_place(tmp_path: Path) -> None:
    catalogue, tree = loaded(tmp_path)
    for one in standings(catalogue, tree):
        target = tmp_path / one.table.place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(one.table.shipped, target)
    try:
        catalogue, tree = loaded(tmp_path)
        assert all(one.is_own for one in standings(catalogue, tree))
    finally:
        use_home(None)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"code": "44160200100100"}, "第 2 行 code:.*15 位"),
        ({"code": "441621001001001"}, "第 2 行 region:网格 441621001001001 的代码属 441621001"),
        ({"community": "441602001002"}, "第 2 行 community:网格 441602001001001 .*441602001001"),
    ],
)
def test_a_grid_whose_code_does_not_lie_where_it_says_is_refused(
    home: Path, row: dict[str, str], said: str
) -> None:
    whole = {"code": "441602001001001", "name": "上城01网格", "region": "441602001"}
    own_table(home, "grid", "grids.csv", [whole | row])
    with pytest.raises(BadManifest, match=rf"本市的表 topics/grid/grids\.csv:grids\.csv {said}"):
        loaded(home)


def test_a_name_with_a_slip_is_told(home: Path) -> None:
    (home / "topics" / "water" / "section.csv").write_text("code\n", encoding="utf-8")
    (home / "reference" / "noise_limit.csv").write_text("zone\n", encoding="utf-8")
    catalogue, _ = loaded(home)
    assert unknown_files(home, catalogue) == [
        "reference/noise_limit.csv", "topics/water/section.csv",
    ]  # fmt: skip


def test_an_edition_that_another_table_does_not_know_is_refused_at_start(home: Path) -> None:
    shipped = (REFERENCE / "aqi_breakpoints.csv").read_text(encoding="utf-8")
    before = aqi.rules_on(DAY).standard
    own = home / "reference" / "aqi_breakpoints.csv"
    own.write_text(shipped.replace(before, "本市试行"), encoding="utf-8")
    with pytest.raises(BadManifest, match=r"reference/aqi_breakpoints\.csv:.*本市试行"):
        loaded(home)
