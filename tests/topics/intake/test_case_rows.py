"""Tables of cases: columns by their words, rows made into reports or refused with the fix."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.contracts import Classification
from layers.crs.transform import from_lonlat, to_lonlat
from topics.kit.cases.categories import CaseCategories, NamedScheme
from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.intake.moments import BadMoment, read_moment
from topics.kit.cases.intake.rows import Ground, Refused
from topics.kit.cases.intake.tables import read_cases
from topics.kit.errors import BadCaseTable
from topics.kit.regions import RegionTree
from topics.kit.schemes import Scheme, read_scheme

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
HEAD = "编号,类别,区划代码,上报时间,问题描述,经度,纬度"
GOOD = "A-1,城市管理/事项/06001,440203,2026-11-20 10:22,路边有垃圾,113.59,24.81"


def categories() -> CaseCategories:
    def named(name: str, table: str) -> NamedScheme:
        scheme: Scheme = read_scheme(name, ROOT / "topics" / "grid" / table)
        return NamedScheme(name, "grid", "cgj", Classification.INTERNAL, True, scheme)

    both = (("城市管理", "city_management.csv"), ("综治", "social_governance.csv"))
    return CaseCategories(named(*one) for one in both)


GROUND = Ground(categories(), RegionTree.load(ROOT / "data/reference/regions.csv"), NOW, "zhao")


def read(
    *rows: str, head: str = HEAD, ground: Ground = GROUND
) -> tuple[list[Report], list[Refused]]:
    content = "\n".join((head, *rows)).encode()
    taken, refused = read_cases("案件.csv", content, ground)
    return [one.report for one in taken], refused


def test_a_row_becomes_a_report() -> None:
    (report,), refused = read(GOOD)
    assert refused == []
    assert report.category == CategoryKey("城市管理", "事项", "06001")
    assert (report.region, report.reference, report.source) == ("440203", "A-1", "import")
    assert (report.longitude, report.latitude) == (113.59, 24.81)
    assert report.at == datetime(2026, 11, 20, 2, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "text", "item", "said"),
    [
        (1, "城市管理/事项/99999", "类别", "没有大类 99"),
        (1, "天外来物", "类别", "没有 “天外来物”"),
        (1, "01001", "类别", "可以是 城市管理/部件/01001"),
        (1, "", "类别", "没有写类别"),
        (2, "440299", "区划", "没有区划代码 440299"),
        (2, "大桥镇", "区划", "有 2 个"),
        (2, "", "区划", "没有写在哪个县"),
        (3, "2026-02-31 10:00", "上报时间", "日历上没有这一天"),
        (3, "31.02.2026", "上报时间", "写法不认识"),
        (3, "3/14/2026 1:20", "上报时间", "写法不认识"),
        (3, "2027-01-01", "上报时间", "在将来"),
        (3, "1899-12-30", "上报时间", "早于 2000 年"),
        (3, "2026-11-20 25:00", "上报时间", "钟点不对"),
        (4, "", "问题描述", "空的"),
        (5, "一百一十三", "坐标", "不是数"),
        (5, "", "坐标", "不是数"),
        (5, "nan", "坐标", "不在地球上"),
        (6, "124.81", "坐标", "不在地球上"),
    ],
)
def test_a_wrong_cell_refuses_its_row_alone(column: int, text: str, item: str, said: str) -> None:
    cells = GOOD.replace("A-1", "A-2").split(",")
    cells[column] = text
    reports, (refused,) = read(GOOD, ",".join(cells))
    assert len(reports) == 1
    assert (refused.row, refused.item) == (3, item)
    assert said in refused.problem
    assert refused.remedy


def test_names_and_codes_without_their_zero_are_understood() -> None:
    head = "小类代码,种类,县区,镇街,上报时间,问题描述"
    (report,), refused = read("6001,事项,乳源瑶族自治县,大桥镇,2026/11/20,垃圾", head=head)
    assert refused == []
    assert report.category.code == "06001"
    assert report.region.startswith("440232")


def test_a_code_of_the_old_standard_is_not_used_for_a_new_case() -> None:
    _, (refused,) = read(
        GOOD.replace("城市管理/事项/06001", "城市管理/事项/06001").replace(
            "2026-11-20", "2026-06-20"
        )
    )
    assert "06001" in refused.problem


def test_other_coordinates_are_brought_to_wgs84() -> None:
    there = from_lonlat("gcj02")(np.array([113.59]), np.array([24.81]))
    row = GOOD.replace("113.59,24.81", f"{there[0][0]},{there[1][0]}")
    ground = Ground(GROUND.categories, GROUND.regions, NOW, "zhao", to_lonlat=to_lonlat("gcj02"))
    (report,), _ = read(row, ground=ground)
    assert report.longitude == pytest.approx(113.59, abs=1e-6)
    assert report.latitude == pytest.approx(24.81, abs=1e-6)


def test_a_point_names_its_county_where_borders_are_known_and_else_is_refused() -> None:
    known = {(113.59, 24.81): "440203"}
    ground = Ground(
        GROUND.categories, GROUND.regions, NOW, "zhao", locate=lambda x, y: known.get((x, y))
    )
    far = (
        GOOD.replace("A-1", "A-2").replace(",440203,", ",,").replace("113.59,24.81", "121.47,31.23")
    )
    (report,), (refused,) = read(GOOD.replace(",440203,", ",,"), far, ground=ground)
    assert report.region == "440203"
    assert "不在本市范围内" in refused.problem


def test_zero_zero_is_no_position() -> None:
    (report,), _ = read(GOOD.replace("113.59,24.81", "0,0"))
    assert report.longitude is None


def test_the_same_number_twice_is_refused() -> None:
    reports, (refused,) = read(GOOD, GOOD)
    assert len(reports) == 1
    assert "出现了两次" in refused.problem


def test_rows_without_numbers_keep_their_reference_when_others_are_put_in_between() -> None:
    head, row = HEAD.replace("编号", "备考"), GOOD.replace("A-1", "")
    first, _ = read(row, row, head=head)
    again, _ = read(row.replace("路边", "河边"), row, row, head=head)
    assert len({one.reference for one in first}) == 2
    assert [one.reference for one in again[1:]] == [one.reference for one in first]


def test_the_head_may_stand_below_a_title_and_rows_are_numbered_as_in_excel() -> None:
    bad = GOOD.replace("440203", "9")
    reports, (refused,) = read("填报单位:市城管局,,,,,,", HEAD, GOOD, bad, head="案件清单,,,,,,")
    assert (len(reports), refused.row) == (1, 5)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("姓名,年龄", "类别"),
        ("类别,区划代码,描述", "上报时间"),
        ("类别,上报时间,描述", "区划代码"),
        ("类别,上报时间,区划", "问题描述"),
    ],
)
def test_a_table_without_the_columns_is_refused_by_name(head: str, said: str) -> None:
    with pytest.raises(BadCaseTable, match=said):
        read("a,b,c,d", head=head)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2026-11-20T10:22:33+08:00", 2, 22), ("2026-11-20T02:22:33Z", 2, 22),
        ("2026年11月20日 10时22分", 2, 22), ("20261120 10:22", 2, 22), ("2026.11.20 10:22", 2, 22),
        ("2026-11-20 10:22:33.123", 2, 22), ("2026-11-20 12:05 AM", -8, 5),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, hour: int, minute: int) -> None:
    found = read_moment(text, now=NOW)
    expected = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)
    assert found.replace(second=0) == expected


def test_american_times_are_read_only_where_said() -> None:
    at = read_moment("3/14/2025 1:20", now=NOW, month_first=True)
    assert at.date() == date(2025, 3, 13)
    with pytest.raises(BadMoment):
        read_moment("14/3/2025 1:20", now=NOW, month_first=True)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_refusal(text: str) -> None:
    try:
        assert read_moment(text, now=NOW).tzinfo is UTC
    except BadMoment:
        pass
