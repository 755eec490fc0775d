"""A pasted or uploaded table finds its cells; what has no place is said and changes nothing."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import UnreadableFile
from tests.topics.reporting.sheets import CITY, GROWTH, RETAIL, economy
from topics.kit.errors import UnreadableTable
from topics.kit.reporting.checks import Known
from topics.kit.reporting.contracts import Place
from topics.kit.reporting.placing import place_file, place_table
from topics.kit.reporting.tables import Table, pasted, read_file
from topics.kit.reporting.template import template

FORM = economy()
TITLE = "社会消费品零售总额(亿元)"
CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=9,
)


def copied(rows: list[list[str]]) -> str:
    """As Excel puts a block on the clipboard."""

    def cell(text: str) -> str:
        special = any(one in text for one in '\t\n"')
        return '"' + text.replace('"', '""') + '"' if special else text

    return "".join("\t".join(map(cell, row)) + "\r\n" for row in rows)


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=6)
    )
)
def test_what_excel_copies_is_read_cell_by_cell(rows: list[list[str]]) -> None:
    assert [list(row) for row in pasted(copied(rows)).rows] == rows


@given(st.text(max_size=300))
def test_any_clipboard_is_a_rectangle_and_places_only_known_cells(text: str) -> None:
    table = pasted(text)
    assert len({len(row) for row in table.rows}) <= 1
    assert set(place_table(FORM, table).texts) <= set(FORM.places())


@given(
    st.integers(0, 10),
    st.integers(0, 1),
    st.lists(st.integers(0, 999), min_size=1, max_size=14),
)
def test_a_bare_column_goes_down_from_the_cell(row: int, column: int, numbers: list[int]) -> None:
    at = Place((RETAIL, GROWTH)[column], FORM.rows[row].code)
    placed = place_table(FORM, pasted("\n".join(map(str, numbers))), at)
    wanted = FORM.rows[row : row + len(numbers)]
    assert placed.texts == {
        Place(at.indicator, one.code): str(number)
        for one, number in zip(wanted, numbers, strict=False)
    }
    assert bool(placed.notes) == (len(numbers) > len(wanted))


def test_names_in_any_order_and_a_title_above_lead_to_their_cells() -> None:
    text = f"韶关市社零月报\n单位:亿元\n{TITLE}\t县区\n70.1\t曲江区\n60.2\t武江\n500\t全市\n"
    placed = place_table(FORM, pasted(text))
    assert placed.texts == {
        Place(RETAIL, "440205"): "70.1",
        Place(RETAIL, "440203"): "60.2",
        Place(RETAIL, CITY): "500",
    }


def test_codes_from_a_spreadsheet_with_a_decimal_point_are_codes() -> None:
    placed = place_table(FORM, pasted(f"代码\t{TITLE}\n440203.0\t60.2"))
    assert placed.texts == {Place(RETAIL, "440203"): "60.2"}


def test_a_table_lying_on_its_side_is_turned() -> None:
    placed = place_table(FORM, pasted("指标\t武江区\t浈江区\n社会消费品零售总额\t1\t2"))
    assert placed.texts == {Place(RETAIL, "440203"): "1", Place(RETAIL, "440204"): "2"}


def test_blanks_wipe_nothing_out_and_strangers_are_named() -> None:
    placed = place_table(FORM, pasted(f"县区\t{TITLE}\n武江区\t\n火星县\t9\n"))
    assert placed.texts == {}
    assert "火星县" in placed.notes[0]


def test_a_merged_cell_stands_for_no_county() -> None:
    rows = (("县区", TITLE), ("武江区", "5"), ("浈江区", ""), ("曲江区", "7"))
    placed = place_table(FORM, Table(rows, merges=(((1, 1), (2, 1)),)))
    assert placed.texts == {Place(RETAIL, "440205"): "7"}
    assert "B2:B3 是合并单元格" in placed.notes[0]


def test_a_real_workbook_with_merged_cells_says_so() -> None:
    book = openpyxl.Workbook()
    for row in (["县区", TITLE], ["武江区", 5], ["浈江区", None], ["曲江区", 7.25]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    out = io.BytesIO()
    book.save(out)
    placed = place_file(FORM, read_file("报表.xlsx", out.getvalue()))
    assert placed.texts == {Place(RETAIL, "440205"): "7.25"}
    assert any("合并单元格" in one for one in placed.notes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_in_either_encoding_is_read(encoding: str) -> None:
    content = f'区划代码,{TITLE}\n440203,"1,060.2"\n'.encode(encoding)
    assert place_file(FORM, read_file("a.csv", content)).texts == {
        Place(RETAIL, "440203"): "1,060.2"
    }


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"<html><table><tr><td>1</td></tr></table>", "网页"),
        ("a.xlsx", b"PK\x03\x04broken", "完整"),
        ("a.csv", b"  ", "空文件"),
        ("a.csv", b"x" * (5 << 20), "4 MB"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到"),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_the_way_out(
    name: str, content: bytes, words: str
) -> None:
    with pytest.raises(UnreadableTable, match=words):
        place_file(FORM, read_file(name, content))


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (65 << 20))
    with pytest.raises(UnreadableTable, match="过大"):
        read_file("a.xlsx", out.getvalue())


def test_a_file_marked_secret_is_not_taken_in() -> None:
    with pytest.raises(UnreadableFile, match="非涉密"):
        read_file("a.csv", f"机密★10年\n县区,{TITLE}\n武江区,1\n".encode())


def test_the_template_of_another_period_is_refused_by_name() -> None:
    labels = {"last": "8 月", "same": "去年"}
    made = template(economy(month=9), {}, {}, labels, "市统计局")
    with pytest.raises(UnreadableTable, match="前三季度"):
        place_file(FORM, read_file("a.xlsx", made))


def test_the_template_runs_no_formula_and_locks_its_heads() -> None:
    place = Place(RETAIL, "440203")
    made = template(FORM, {}, {place: Known(last=55.4)}, {"last": "=1+1", "same": "@x"}, "=cmd()")
    sheet = openpyxl.load_workbook(io.BytesIO(made))["填报"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [one for one in cells if one.data_type == "f"]
    assert sheet["A4"].protection.locked
    assert sheet.data_validations.dataValidation[0].sqref
