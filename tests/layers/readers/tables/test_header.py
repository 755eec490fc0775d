"""The header is found under titles, over two rows, and above a row of units."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.readers.tables.header import Header, Merge, find_header
from tests.layers.readers.places import SIMPLIFIED

DATA = [["马坝断面", "113.6", "24.7"], ["大塘断面", "113.7", "24.6"]]


def found(rows: list[list[str]], *merges: Merge, header_rows: int | None = None) -> Header:
    return find_header(rows, merges, header_rows)


def test_a_plain_header_needs_no_words() -> None:
    header = found([["名称", "经度", "纬度"], *DATA])
    assert (header.names, header.first_data, header.evidence) == (("名称", "经度", "纬度"), 1, ())


def test_titles_above_are_passed_over() -> None:
    header = found(
        [["韶关市断面一览表", "", ""], ["", "", "单位:度"], ["名称", "经度", "纬度"], *DATA],
        ((0, 0), (0, 2)),
    )
    assert (header.names, header.first_data) == (("名称", "经度", "纬度"), 3)
    assert "标题" in header.evidence[0]
    assert "韶关市断面一览表" in header.evidence[0]


def test_a_merged_header_of_two_rows_is_joined() -> None:
    header = found(
        [["名称", "坐标", ""], ["", "经度", "纬度"], *DATA],
        ((0, 0), (1, 0)),
        ((0, 1), (0, 2)),
    )
    assert (header.names, header.first_data) == (("名称", "坐标/经度", "坐标/纬度"), 2)
    assert "“上级/下级”" in header.evidence[0]


def test_a_header_of_two_rows_that_lost_its_merges_is_joined() -> None:
    header = found([["名称", "坐标", ""], ["", "经度", "纬度"], *DATA])
    assert (header.names, header.first_data) == (("名称", "坐标/经度", "坐标/纬度"), 2)


def test_a_header_of_three_rows_is_joined() -> None:
    rows = [
        ["县区", "水质", "", "", ""],
        ["", "1月", "", "2月", ""],
        ["", "氨氮", "总磷", "氨氮", "总磷"],
        ["武江区", "0.1", "0.2", "0.3", "0.4"],
    ]
    merges: list[Merge] = [((0, 0), (2, 0)), ((0, 1), (0, 4)), ((1, 1), (1, 2)), ((1, 3), (1, 4))]
    header = found(rows, *merges)
    assert header.names[1:3] == ("水质/1月/氨氮", "水质/1月/总磷")
    assert header.names[3] == "水质/2月/氨氮"
    assert header.first_data == 3


def test_notes_above_with_merged_cells_are_no_header() -> None:
    rows = [
        ["Lots of people", "", "", ""],
        ["at", "the", "top", ""],
        ["or", "merging", "", ""],
        ["Name", "Profession", "Age", "Born"],
        ["David Bowie", "musician", "69", "1947-01-08"],
        ["Carrie Fisher", "actor", "60", "1956-10-21"],
    ]
    assert found(rows, ((2, 1), (2, 3))).names == ("Name", "Profession", "Age", "Born")


def test_a_row_of_units_is_told_and_kept_apart() -> None:
    header = found([["名称", "经度", "面积"], ["", "°", "(平方公里)"], *DATA])
    assert (header.first_data, header.units) == (2, {"经度": "°", "面积": "平方公里"})
    assert any("计量单位" in one for one in header.evidence)


def test_line_breaks_in_names_are_taken_out() -> None:
    assert found([["名称", "经度\n(度)", "纬度"], *DATA]).names[1] == "经度(度)"


def test_words_on_two_lines_stay_two_words() -> None:
    assert found([["Column\nthree", "经度", "纬度"], *DATA]).names[0] == "Column three"


def test_numbered_rows_of_text_are_no_header() -> None:
    rows = [["header 1", "Header 2", "header 3"], ["1", "text 2", "text 3"], ["2", "t 4", "t 5"]]
    assert found(rows).names == ("header 1", "Header 2", "header 3")


def test_years_and_months_may_be_names() -> None:
    header = found([["县区", "2024", "2025"], ["武江区", "12.5", "13.5"]])
    assert header.names == ("县区", "2024", "2025")


def test_a_table_without_header_gets_numbered_columns() -> None:
    header = found(DATA)
    assert (header.names, header.first_data) == (("列1", "列2", "列3"), 0)
    assert "没有表头" in header.evidence[0]


def test_a_table_of_texts_has_its_header_in_the_first_row() -> None:
    header = found([["甲", "乙"], ["丙", "丁"], ["戊", "己"]])
    assert (header.names, header.first_data) == (("甲", "乙"), 1)


def test_empty_and_double_names_are_made_different() -> None:
    assert found([["名称", "", "值", "值"], ["a", "b", "1.5", "2.5"]]).names == (
        "名称",
        "列2",
        "值",
        "值_2",
    )


@pytest.mark.parametrize(
    ("header_rows", "names"),
    [(0, ("列1", "列2", "列3")), (1, ("名称", "经度", "纬度")), (2, ("马坝断面", "113.6", "24.7"))],
)
def test_what_a_person_said_wins(header_rows: int, names: tuple[str, ...]) -> None:
    header = found([["名称", "经度", "纬度"], *DATA], header_rows=header_rows)
    assert (header.names, header.first_data) == (names, header_rows)


def test_said_rows_include_titles_and_units() -> None:
    rows = [["一览表", "", ""], ["名称", "经度", "纬度"], ["", "°", "°"], *DATA]
    header = found(rows, header_rows=3)
    assert (header.names, header.first_data) == (("名称", "经度", "纬度"), 3)


def test_a_data_row_with_text_below_a_gap_is_no_second_header() -> None:
    rows = [["名称", "", "地址"], ["甲站", "备用", "某路"], ["乙站", "", "某街"]]
    assert found(rows).first_data == 1


def test_texts_under_a_column_without_name_are_no_second_header() -> None:
    rows = [["名称", "类型", ""], ["", "泵站", "备用"], ["乙站", "泵站", ""]]
    assert found(rows).first_data == 1


@pytest.mark.parametrize("rows", [[], [[]], [["", ""]]])
def test_nothing_has_no_header(rows: list[list[str]]) -> None:
    assert found(rows).first_data == 0


@settings(deadline=None)
@given(
    st.integers(0, 3),
    st.lists(
        st.sampled_from(["编号", "名称", "地址", "备注", "类型", "电话", "面积"]),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    st.lists(st.sampled_from(SIMPLIFIED), min_size=1, max_size=8),
)
def test_titles_headers_and_data_are_told_apart(
    titles: int, words: list[str], names: list[str]
) -> None:
    columns = [*words, "经度", "纬度"]
    rows = [["标题", *[""] * (len(columns) - 1)] for _ in range(titles)]
    rows.append(columns)
    rows += [[*[name] * len(words), f"113.{at}1", f"24.{at}7"] for at, name in enumerate(names)]
    header = found(rows)
    assert (header.names, header.first_data) == (tuple(columns), titles + 1)
