"""GB/T 47678.5-2026 (secondary) and 综治 (unverified): two schemes, each by its day and lead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from topics.grid.codes import COMPONENT, MATTER
from topics.kit.catalogue import SHIPPED
from topics.kit.errors import BadManifest, UnknownCategory
from topics.kit.manifest import load_manifest
from topics.kit.organisations import Organisations
from topics.kit.schemes import Limit, Scheme, read_scheme

GRID = SHIPPED / "grid"
CITY = read_scheme("城市管理", GRID / "city_management.csv")
SOCIAL = read_scheme("综治", GRID / "social_governance.csv")
NOW, BEFORE = date(2026, 7, 1), date(2026, 6, 30)
HEAD = (
    "standard,kind,code,major,name,lead,opens,closes,limit,unit,valid_from,valid_to,source,status"
)


def test_appendix_a_has_153_components_in_five_classes() -> None:
    assert len(CITY.minors(COMPONENT, NOW)) == 153
    assert [one.code for one in CITY.majors(COMPONENT, NOW)] == ["01", "02", "03", "04", "05"]


def test_appendix_c_has_250_matters_of_which_153_are_faults_of_components() -> None:
    matters = CITY.minors(MATTER, NOW)
    assert len(matters) == 250
    assert sum(1 for one in matters if one.major <= "05") == 153


def test_a_code_alone_names_two_things() -> None:
    assert CITY.require(COMPONENT, "01001", NOW).name == "供水井盖"
    assert CITY.require(MATTER, "01001", NOW).name == "供水井盖异常"


def test_the_standard_changed_on_the_first_of_july_2026() -> None:
    assert {one.standard for one in CITY if one.holds_on(NOW)} == {"GB/T 47678.5-2026"}
    assert {one.standard for one in CITY if one.holds_on(BEFORE)} == {"GB/T 30428.2-2013"}
    with pytest.raises(UnknownCategory, match="自 2026-07-01 有效,不用于 2026-06-30"):
        CITY.require(MATTER, "06010", BEFORE)


def test_an_unknown_category_is_told_where_to_look() -> None:
    with pytest.raises(UnknownCategory, match="市容环境类里没有 06999"):
        CITY.require(MATTER, "06999", NOW)
    with pytest.raises(UnknownCategory, match="没有大类 99"):
        CITY.require(MATTER, "99001", NOW)
    with pytest.raises(UnknownCategory, match="5 位数字"):
        CITY.require(MATTER, "6010", NOW)
    with pytest.raises(UnknownCategory, match="现有:部件、事项"):
        CITY.require("事件", "06010", NOW)


def test_the_two_schemes_have_their_own_leads() -> None:
    assert {one.lead for one in CITY} == {"cgj"}
    assert {one.lead for one in SOCIAL} == {"swzfw"}
    bureaus = Organisations.load(SHIPPED.parent / "data" / "reference" / "organisations.csv")
    for lead in ("cgj", "swzfw"):
        assert bureaus.find(lead, NOW)


def test_nothing_of_the_governance_scheme_passes_for_verified() -> None:
    assert not any(one.verified for one in SOCIAL)
    assert "矛盾纠纷" in [one.name for one in SOCIAL.majors("综治", NOW)]


def test_a_limit_of_another_city_is_marked_unverified() -> None:
    exposed = CITY.require(MATTER, "06010", NOW)
    assert exposed.name == "暴露垃圾"
    assert str(exposed.limit) == "1 工作日"
    assert not exposed.verified
    assert CITY.require(MATTER, "06012", NOW).limit == Limit(5, "工作时")
    assert all(one.limit is None or not one.verified for one in CITY)


def test_the_manifest_names_both_tables() -> None:
    assert [(one.scheme, one.lead) for one in load_manifest(GRID).cases] == [
        ("城市管理", "cgj"),
        ("综治", "swzfw"),
    ]


def scheme_of(folder: Path, *rows: str) -> Scheme:
    path = folder / "scheme.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return read_scheme("试", path)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("S,事项,6001,06,x,,,,,,2026-01-01,,y,z", "第 2 行 code"),
        ("S,事项,06001,07,x,,,,,,2026-01-01,,y,z", "第 2 行 major"),
        ("S,事项,06001,06,,,,,,,2026-01-01,,y,z", "第 2 行 name 为空"),
        ("S,事项,06001,06,x,,,,4,时,2026-01-01,,y,z", "unit:'时' 不认识"),
        ("S,事项,06001,06,x,,,,四,工作时,2026-01-01,,y,z", "limit:'四'"),
        ("S,事项,06001,06,x,,,,0,工作时,2026-01-01,,y,z", "limit:'0'"),
        ("S,事项,06001,06,x,,,,4,工作时,2026/1/1,,y,z", "不是日期"),
        ("S,事项,06001,06,x,,,,,,2026-01-01,,,z", "source 为空"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(BadManifest, match=told):
        scheme_of(tmp_path, row)


def test_one_code_must_not_mean_two_things_on_one_day(tmp_path: Path) -> None:
    old = "S,事项,06001,06,x,,,,,,2026-01-01,2026-07-01,y,z"
    with pytest.raises(BadManifest, match=r"第 3 行.*有效期重叠"):
        scheme_of(tmp_path, old, "T,事项,06001,06,w,,,,,,2026-06-30,,y,z")
    both = scheme_of(tmp_path, old, "T,事项,06001,06,w,,,,,,2026-07-01,,y,z")
    assert both.require("事项", "06001", date(2026, 6, 30)).name == "x"
    assert both.require("事项", "06001", date(2026, 7, 1)).name == "w"
