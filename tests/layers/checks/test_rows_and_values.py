"""Keys, twins, regions, blanks, garbled texts, empty columns and personal data."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from layers.checks import apply_fixes, check
from layers.checks import digit_runs as runs
from layers.checks.characters import Characters
from layers.checks.mojibake import reread
from tests.layers.checks.conftest import TODAY, frame_of, kinds, look, only, rows_of, rules

ID = "11010519491231002X"


def fixed_with(frame: Any, **changes: Any) -> Any:
    report = look(frame, **changes)
    return apply_fixes(frame, rows_of(frame), report.issues, [one.id for one in report.issues])


def test_of_a_repeated_key_the_newest_stays() -> None:
    frame = frame_of(
        编码=["A", "A", "B", "A"], 更新日期=["2026-01-01", "2026-03-01", "2026-01-01", "2026-02-01"]
    )
    issue = only(look(frame, key="编码"), "key_repeated")
    assert issue.rows.tolist() == [2, 3, 5]
    assert issue.fix == "保留最新一条"
    assert [one["after"] for one in issue.sample] == ["去掉", "保留", "去掉"]
    fixed = fixed_with(frame, key="编码")
    assert fixed.rows.tolist() == [3, 4]
    assert fixed.changed == 2


def test_without_dates_the_first_of_a_repeated_key_stays() -> None:
    frame = frame_of(编码=["A", "A", "B"], 名称=["一", "二", "三"])
    assert only(look(frame, key="编码"), "key_repeated").fix == "保留第一条"
    assert fixed_with(frame, key="编码").rows.tolist() == [2, 4]


def test_keys_that_differ_by_blanks_only_are_one_key() -> None:
    frame = frame_of(编码=["A", " A", "B"], 名称=["一", "二", "三"])
    assert only(look(frame, key="编码"), "key_repeated").rows.tolist() == [2, 3]


def test_a_missing_key_is_told() -> None:
    assert only(look(frame_of(编码=["A", None, "B"]), key="编码"), "key_missing").rows.tolist() == [
        3
    ]


def test_a_row_that_is_there_twice_goes_and_two_things_in_one_place_stay() -> None:
    frame = frame_of([Point(113.5, 24.5)] * 3 + [Point(113.6, 24.5)], 名称=["一", "一", "二", "三"])
    report = look(frame)
    assert only(report, "twin").rows.tolist() == [2, 3]
    assert only(report, "same_place").rows.tolist() == [4]
    assert fixed_with(frame).rows.tolist() == [2, 4, 5]


def test_the_withdrawn_county_becomes_its_successor_in_code_and_name() -> None:
    frame = frame_of(区划代码=["440221", "440205", "440203"], 县=["曲江县", "曲江区", "武江区"])
    report = look(frame)
    assert [one.problem for one in report.issues] == ["“曲江县”已撤销"] * 2
    assert [one.remedy for one in report.issues] == ["改为 曲江区 440205"] * 2
    fixed = fixed_with(frame)
    assert fixed.frame["区划代码"].tolist() == ["440205", "440205", "440203"]
    assert fixed.frame["县"].tolist() == ["曲江区", "曲江区", "武江区"]


def test_a_column_of_code_numbers_stays_one_of_numbers() -> None:
    fixed = fixed_with(frame_of(区划代码=[440221, 440205]))
    assert fixed.frame["区划代码"].tolist() == [440205, 440205]


def test_a_successor_in_another_city_is_no_fix() -> None:
    assert only(look(frame_of(区划代码=["440226", "440205"])), "withdrawn_unknown").fix is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [("440299", "code_unknown"), ("441802", "code_abroad"), ("44020", "code_unknown")],
)
def test_unknown_codes_are_told_apart_from_those_of_other_cities(code: str, kind: str) -> None:
    assert only(look(frame_of(区划代码=["440205", "440203", code])), kind).rows.tolist() == [4]


@pytest.mark.parametrize("code", ["440205", "440205000", "440205000000", "440224109003"])
def test_longer_statistical_codes_are_known(code: str) -> None:
    assert kinds(look(frame_of(区划代码=["440203", code]))) == set()


def test_a_name_that_contradicts_its_code_needs_a_person() -> None:
    frame = frame_of(区划代码=["440203", "440204"], 县=["浈江区", "浈江区"])
    issue = only(look(frame), "code_name")
    assert issue.rows.tolist() == [2]
    assert issue.problem == "代码 440203 是“武江区”,名称写的是“浈江区”"


def test_a_name_that_two_towns_have_contradicts_neither_code() -> None:
    frame = frame_of(区划代码=["440224109", "440232109"], 镇=["大桥镇", "大桥镇"])
    assert kinds(look(frame)) == set()


@pytest.mark.parametrize(
    "value", [" 甲", "甲　", "\t甲", "甲\xa0", "甲\u200b", "\ufeff甲", "甲\x00"]
)
def test_what_cannot_be_seen_is_taken_off(value: str) -> None:
    frame = frame_of(名称=[value, "乙 丙"])
    assert only(look(frame), "blanks").rows.tolist() == [2]
    assert fixed_with(frame).frame["名称"].tolist() == ["甲", "乙 丙"]


def test_a_value_of_blanks_becomes_missing() -> None:
    assert fixed_with(frame_of(名称=["  ", "乙"])).frame["名称"].isna().tolist() == [True, False]


def test_full_width_letters_become_narrow_and_chinese_punctuation_stays() -> None:
    assert fixed_with(frame_of(名称=["ＡＢ１２(东)", "乙"])).frame["名称"][0] == "AB12(东)"


@pytest.mark.parametrize("text", ["曲江区马坝镇", "韶关市", "武江区西联镇某路"])
def test_text_read_in_the_wrong_encoding_is_read_again(text: str) -> None:
    garbled = text.encode().decode("latin-1")
    assert reread(garbled) == text
    fixed = fixed_with(frame_of(名称=[garbled, "浈江区"]))
    assert fixed.frame["名称"][0] == text


def test_utf8_taken_for_gbk_is_read_again() -> None:
    garbled = "曲江区马坝镇".encode().decode("gb18030")
    assert fixed_with(frame_of(名称=[garbled, "浈江区"])).frame["名称"][0] == "曲江区马坝镇"


@pytest.mark.parametrize("text", ["锟斤拷", "曲江�"])
def test_letters_that_are_lost_need_a_person(text: str) -> None:
    assert only(look(frame_of(名称=[text, "浈江区"])), "lost_letters").fix is None


@pytest.mark.parametrize(
    "text", ["甪直镇", "濛里水电站", "犁市镇", "黄磜镇", "café", "80℃", "石塘镇"]
)
def test_rare_but_right_names_are_not_garbled(text: str) -> None:
    assert kinds(look(frame_of(名称=[text, "浈江区"]))) == set()


def test_an_empty_column_is_told_and_kept_when_the_version_before_had_it() -> None:
    from layers.checks import Schema

    frame = frame_of(名称=["甲", "乙"], 备注=[None, None])
    assert "备注" not in fixed_with(frame).frame.columns
    before = Schema({"备注": "text", "名称": "text"}, None, "point")
    assert only(look(frame, previous=before), "empty_column").fix is None


def id_number(start: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return start + "10X98765432"[sum(w * int(d) for w, d in zip(weights, start, strict=True)) % 11]


def found(text: str, what: str) -> bool:
    texts = Characters(pd.Series(["前", text, "后"]))
    all_runs = runs.runs_in(texts)
    if what == "id":
        return bool(runs.are_identity_numbers(texts, all_runs, TODAY).any())
    judge = runs.are_mobile_numbers if what == "phone" else runs.are_card_numbers
    return bool(judge(texts, all_runs).any())


@given(
    st.sampled_from(["440203", "110105", "820000"]),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)
def test_every_identity_number_with_its_check_digit_is_found(
    place: str, born: date, order: int
) -> None:
    number = id_number(f"{place}{born:%Y%m%d}{order:03d}")
    assert found(number, "id")
    assert found(f"证件{number}。", "id")
    wrong = "0" if number[-1] != "0" else "1"
    assert not found(number[:-1] + wrong, "id")


@pytest.mark.parametrize(
    "text",
    ["91350100M000100Y43", id_number("44020319491331002"), id_number("99010519491231002"),
     "A" + ID, ID + "5", id_number("44020317000101002"), "1101051949123100"],
)  # fmt: skip
def test_what_is_no_identity_number_is_not_taken_for_one(text: str) -> None:
    assert not found(text, "id")


@pytest.mark.parametrize(
    "text", ["13812345678", "电话13812345678。", "+8619912345678", "13000000000"]
)
def test_mobile_numbers_are_found(text: str) -> None:
    assert found(text, "phone")


@pytest.mark.parametrize(
    "text", ["12812345678", "1381234567890123", "GD13812345678", "13812345678A", "138123456789"]
)
def test_order_numbers_and_codes_are_no_mobile_numbers(text: str) -> None:
    assert not found(text, "phone")


@pytest.mark.parametrize(
    ("text", "card"),
    [("6222021234567894", True), ("6222021234567890", False), ("1234567812345670", False)],
)
def test_bank_cards_are_told_by_their_check_digit(text: str, card: bool) -> None:
    assert found(text, "card") is card


def test_runs_of_two_values_do_not_become_one() -> None:
    texts = Characters(pd.Series(["138123", "45678", "1"]))
    assert runs.runs_in(texts).length.tolist() == [6, 5, 1]


def test_each_kind_of_personal_data_proposes_its_mask() -> None:
    frame = frame_of(
        姓名=["张三", "欧阳修"], 电话=["13812345678"] * 2, 固话=["0751-8888123"] * 2, 证=[ID] * 2,
        家庭住址=["武江区西联镇某路1号"] * 2, 邮箱=["zhangsan@example.com"] * 2,
        信用代码=["91350100M000100Y43"] * 2,
    )  # fmt: skip
    assert look(frame).masks == {
        "姓名": "name", "电话": "phone", "固话": "landline", "证": "id", "家庭住址": "address",
        "邮箱": "email",
    }  # fmt: skip


def test_a_column_that_mentions_a_telephone_now_and_then_is_masked_within_its_texts() -> None:
    frame = frame_of(备注=["无", "好", "坏", "请拨13812345678"])
    assert look(frame).masks == {"备注": "text"}


def test_telephones_stored_as_numbers_are_found() -> None:
    assert look(frame_of(电话=[13812345678, 13912345678], 数=[1, 2])).masks == {"电话": "phone"}


def test_an_identity_number_stored_as_a_number_is_told_to_be_ruined() -> None:
    assert "id_as_number" in kinds(
        look(frame_of(身份证号=[1.10105194912310e17, 1.10105194912311e17]))
    )


def test_samples_show_no_personal_data() -> None:
    frame = frame_of(电话=[" 13812345678", "13912345678"])
    report = look(frame)
    assert only(report, "blanks").sample[0]["before"] == "“ 138****5678”"
    assert "13812345678" not in repr(
        [(one.sample, one.problem, one.remedy) for one in report.issues]
    )


_ODD = st.sampled_from(
    ["1", "2.5", "1,204", "ND", "<0.01", "三百", "2026-09-03", "2026.9.3", "2026.9.31", "46268",
     " 甲 ", "ＡＢ１", "曲江县", "曲江区", "440221", "440205", "13812345678", ID, None, "锟斤拷",
     "/", "9/3/2026", "曲江区马坝镇".encode().decode("latin-1"), "  "]
)  # fmt: skip
_PLACE = st.sampled_from(
    [Point(113.5, 24.5), Point(113.6, 24.5), Point(24.5, 113.5), Point(112.9, 24.5), None,
     Point(116.4, 39.9), Point(np.nan, 1.0)]
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(_ODD, _ODD, _ODD, _ODD, _PLACE), min_size=1, max_size=14),
    st.sampled_from(
        [
            ("编码", "日期", "区划代码", "氨氮"),
            ("编码", "县", "更新日期", "数值"),
            ("编码", "电话", "名称", "日期"),
        ]
    ),
)
def test_fixing_everything_leaves_only_what_needs_a_person(
    rows: list[Any], names: tuple[str, ...]
) -> None:
    # Keys of their own: rows that a fix takes out change what a column counts as.
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    columns["编码"] = [f"K{at}" for at in range(len(rows))]
    frame = frame_of([row[-1] for row in rows], **columns)
    report = look(frame, key="编码")
    assert report.passed + report.fixable + report.manual == len(rows)
    chosen = [one.id for one in report.issues]
    fixed = apply_fixes(frame, rows_of(frame), report.issues, chosen)
    left = check(fixed.frame, fixed.rows, rules=rules(key="编码"))
    assert [one.id for one in left.issues if one.fix is not None] == []
    again = apply_fixes(fixed.frame, fixed.rows, report.issues, chosen)
    assert again.frame.equals(fixed.frame)
    assert (again.rows == fixed.rows).all()
