"""A topic from an owner's Excel: what is read, and what is asked back with sheet and row."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.topics.packages.small_topic import BUREAUS, SHAOGUAN, checked
from topics.kit.errors import BadPackage
from topics.kit.manifest import load_manifest
from topics.kit.packages.draft import TopicDraft
from topics.kit.packages.excel_topic import read_draft
from topics.kit.packages.scaffold import write_topic

HEAD = ["编号", "名称", "口径", "单位", "时期", "责任单位", "方向", "黄灯", "红灯", "层级"]
GOOD = [
    "rooms",
    "客房 出租率",
    "已出租 ÷ 可出租",
    "%",
    "当月",
    "市文旅局",
    "越高越好",
    50,
    40,
    "市、县",
]
DATA = [
    ["县(市、区)", "月份", "客房出租率"],
    ["韶关市", "2026-10", 61.5],
    ["曲江区", "2026-10", "/"],
]
Sheet = list[list[object]]


def draft(folder: Path, indicators: Sheet, data: Sheet) -> TopicDraft:
    book = Workbook()
    for name, rows in (("指标", indicators), ("数据", data)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = folder / "主题.xlsx"
    book.save(file)
    return read_draft(file, "hotels", "住宿", regions=SHAOGUAN, organisations=BUREAUS)


def changed(position: int, value: object) -> list[object]:
    return [*GOOD[:position], value, *GOOD[position + 1 :]]


def test_names_of_bureaus_and_regions_become_codes(tmp_path: Path) -> None:
    found = draft(tmp_path, [HEAD, list(GOOD)], [list(one) for one in DATA])
    assert (found.owner, found.indicators[0].id) == ("wgltj", "hotels.rooms")
    assert [(one.region, one.period) for one in found.lines] == [
        ("440200", "2026-10"),
        ("440205", "2026-10"),
    ]


def test_what_was_read_makes_a_topic_in_order(tmp_path: Path) -> None:
    folder = write_topic(tmp_path, draft(tmp_path, [HEAD, list(GOOD)], [list(one) for one in DATA]))
    report = checked(folder)
    assert report.problems == ()
    (spec,) = load_manifest(folder).indicators
    assert spec.thresholds is not None
    assert (spec.title, spec.direction, spec.thresholds.bad) == ("客房 出租率", "higher", 40)
    assert [one.value for one in report.samples[0].values] == [61.5, None]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (changed(0, "Rooms!"), "“指标”第 2 行 编号:'Rooms!' 写法不对"),
        (changed(2, ""), "“指标”第 2 行 口径 为空;请填写"),
        (changed(4, "每月"), "时期:'每月' 不认识;写 时点、小时、日、当月"),
        (changed(5, "旅游局"), "没有 '旅游局';写 organisations.csv 里的编号或名称"),
        (changed(6, ""), "写了黄灯、红灯,方向就要写"),
        (changed(7, "五成"), "黄灯:'五成' 不是数"),
        (changed(8, ""), "黄灯、红灯要一起写"),
        (changed(9, "省"), "层级:'省' 不认识"),
    ],
)
def test_a_wrong_cell_of_the_indicators_is_named_with_its_fix(
    tmp_path: Path, row: list[object], said: str
) -> None:
    with pytest.raises(BadPackage) as refused:
        draft(tmp_path, [HEAD, row], [list(one) for one in DATA])
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "“数据”没有数据行"),
        ([["县", "月份"], ["韶关市", "2026-10"]], "缺少列 客房出租率"),
        ([DATA[0], ["深圳市", "2026-10", 1]], "“数据”第 2 行:没有区划 '深圳市'"),
    ],
)
def test_a_sheet_of_data_that_cannot_be_used_is_refused(
    tmp_path: Path, data: Sheet, said: str
) -> None:
    with pytest.raises(BadPackage) as refused:
        draft(tmp_path, [HEAD, list(GOOD)], data)
    assert said in str(refused.value)


def test_two_indicators_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPackage, match="rooms 与前面的行重复"):
        draft(tmp_path, [HEAD, list(GOOD), list(GOOD)], [list(one) for one in DATA])


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04junk", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0junk"])
def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(raw)
    with pytest.raises(BadPackage, match="Excel"):
        read_draft(file, "hotels", "住宿", regions=SHAOGUAN, organisations=BUREAUS)
