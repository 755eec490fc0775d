"""Excel sheets as bureaus send them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions, Upload, read
from tests.layers.readers.tables.workbooks import saved, workbook

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
HEAD = ("名称", "经度", "纬度")
A, B = ("甲", 113.6, 24.8), ("乙", 113.7, 24.9)


@pytest.fixture
def read_book(tmp_path: Path) -> Callable[..., Reading]:
    """Read some bytes as an Excel file with the given options."""

    def reader(content: bytes, name: str = "表.xlsx", **options: object) -> Reading:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return read(Upload(path, name), ReadOptions(**options))  # type: ignore[arg-type]

    return reader


Read = Callable[..., Reading]


def test_a_plain_sheet_is_read(read_book: Read) -> None:
    reading = read_book(workbook([HEAD, A, B]))
    assert (reading.format, reading.encoding, reading.part) == ("Excel", None, "Sheet1")
    assert [(one.x, one.y) for one in reading.frame.geometry] == [(113.6, 24.8), (113.7, 24.9)]
    assert list(reading.rows) == [2, 3]


def test_rows_keep_the_numbers_that_excel_shows(read_book: Read) -> None:
    rows = [("断面一览表",), (), HEAD, A, (), ("丙", None, 24.8), B, ("合计", 2), ("注:示例",)]
    reading = read_book(workbook(rows, merged=["A1:C1"]))
    assert list(reading.rows) == [4, 7]
    assert reading.left_out is not None
    assert list(reading.left_out["_row"]) == [6]
    words = "".join(reading.evidence)
    assert "第 8 行“合计”是表尾" in words
    assert "第 9 行“注:示例”是表尾" in words


def test_a_full_row_at_the_end_is_data_whatever_it_is_called(read_book: Read) -> None:
    rows = [(*HEAD, "甲", "乙"), (*A, 1, 2), ("说明:一号牌", 113.7, 24.9, 3, 4)]
    assert list(read_book(workbook(rows)).rows) == [2, 3]


def test_a_table_that_begins_in_the_middle_of_the_sheet_is_found(read_book: Read) -> None:
    rows = [(), (), (None, *HEAD), (None, *A)]
    reading = read_book(workbook(rows))
    assert list(reading.frame.columns) == ["名称", "geometry"]
    assert list(reading.rows) == [4]


def test_merged_headers_are_joined_and_merged_cells_filled_down(read_book: Read) -> None:
    rows = [
        ("县区", "名称", "坐标", None),
        (None, None, "经度", "纬度"),
        ("武江区", *A),
        (None, *B),
        (None, "丙", 113.5, 24.7),
    ]
    reading = read_book(workbook(rows, merged=["A1:A2", "B1:B2", "C1:D1", "A3:A4"]))
    assert list(reading.frame["县区"].fillna("")) == ["武江区", "武江区", ""]
    assert any("合并单元格 1 处" in one for one in reading.evidence)


def test_several_sheets_with_data_are_asked_about(read_book: Read) -> None:
    book = workbook(一季度=[HEAD, A], 二季度=[HEAD, B, A], 空=[])
    with pytest.raises(NeedsAnswer, match="2 个工作表") as asked:
        read_book(book)
    assert asked.value.question is not None
    assert asked.value.question.kind == "part"
    options = asked.value.question.options
    assert [one.value for one in options] == ["一季度", "二季度"]
    assert "2 行;列:名称、经度、纬度" in options[1].detail
    reading = read_book(book, part="二季度")
    assert (len(reading.frame), reading.part) == (2, "二季度")
    assert [(one.name, one.features) for one in reading.parts] == [("一季度", 1), ("二季度", 2)]


def test_a_sheet_of_instructions_is_no_second_table(read_book: Read) -> None:
    reading = read_book(workbook(填表说明=[("填表说明",), ("一、经纬度用度",)], 数据=[HEAD, A]))
    assert reading.part == "数据"
    assert any("“填表说明”,未读取" in one for one in reading.evidence)


def test_hidden_sheets_are_told_but_read_only_when_named(read_book: Read) -> None:
    book = workbook(数据=[HEAD, A], 旧=[HEAD, B], hidden=["旧"])
    reading = read_book(book)
    assert reading.part == "数据"
    assert any("“旧”" in one for one in reading.evidence)
    assert read_book(book, part="旧").frame["名称"][0] == "乙"


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(read_book: Read) -> None:
    with pytest.raises(UnreadableFile, match="没有有数据的工作表“三”;有数据的工作表:“Sheet1”"):
        read_book(workbook([HEAD, A]), part="三")


@pytest.mark.parametrize("rows", [[], [HEAD]])
def test_empty_and_header_only_sheets_are_refused(read_book: Read, rows: list[object]) -> None:
    with pytest.raises(UnreadableFile, match="没有数据行"):
        read_book(workbook(rows))  # type: ignore[arg-type]


def test_numbers_written_as_text_are_numbers_and_codes_stay_codes(read_book: Read) -> None:
    rows = [("代码", "电话", "值", "经度", "纬度"), ("0751", 13800000000, "12.5", "113.6", "24.8")]
    row = read_book(workbook(rows)).frame.iloc[0]
    assert (row["代码"], row["电话"], row["值"]) == ("0751", 13800000000, 12.5)


def test_dates_are_read_as_shown_and_impossible_ones_stay_text(read_book: Read) -> None:
    rows = [
        ("日期", "时刻", "经度", "纬度"),
        (dt.date(2026, 9, 30), dt.datetime(2026, 9, 30, 8, 30), 113.6, 24.8),  # noqa: DTZ001
        ("2026.9.31", None, 113.7, 24.9),
        (46295, None, 113.7, 24.9),
    ]
    frame = read_book(workbook(rows)).frame
    assert list(frame["日期"]) == ["2026-09-30", "2026.9.31", "2026-09-30"]
    assert frame["时刻"][0] == "2026-09-30 08:30:00"


def test_serial_dates_count_from_1904_where_the_workbook_says_so(read_book: Read) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in [("日期", "经度", "纬度"), (44833, 113.6, 24.8)]:
        book.active.append(row)
    assert read_book(saved(book)).frame["日期"][0] == "2026-09-30"


def test_numbers_beyond_fifteen_digits_are_told(read_book: Read) -> None:
    reading = read_book(workbook([("证号", *HEAD), (440203199001011234, *A)]))
    assert any(one.item == "证号" and "15 位" in one.problem for one in reading.problems)


def test_formulas_without_result_and_errors_are_told(read_book: Read) -> None:
    book = openpyxl.Workbook()
    for row in [(*HEAD, "值", "比"), (*A, "=B2+1", "#DIV/0!"), (*B, 1, 2)]:
        book.active.append(row)
    book.active["E2"].data_type = "e"
    found = {(one.row, one.item, one.problem) for one in read_book(saved(book)).problems}
    assert (2, "值", "公式没有存下结果,按空值读取") in found
    assert (2, "比", "公式出错(#DIV/0!),按空值读取") in found


def test_true_and_false_are_read(read_book: Read) -> None:
    frame = read_book(workbook([(*HEAD, "在用"), (*A, True), (*B, False)])).frame
    assert list(frame["在用"]) == ["TRUE", "FALSE"]


def test_a_damaged_workbook_is_refused(read_book: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(UnreadableFile, match="Excel 文件读不出"):
        read_book(buffer.getvalue())


def test_entities_in_a_workbook_are_not_followed(read_book: Read) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook([HEAD, A])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + content
            archive.writestr(name, content)
    assert len(read_book(buffer.getvalue()).frame) == 1


def test_edits_repair_cells_and_places(read_book: Read) -> None:
    rows = [
        ("名称", "X", "Y"),
        ("甲", "2745120, 38458312", None),
        ("乙", None, None),
        ("丙", 2745120, 38458312),
    ]
    edits = {2: {"X": "2745120", "Y": "38458312"}, 3: {"几何": "38458312,2745120"}}
    reading = read_book(workbook(rows), edits=edits)
    assert [(one.x, one.y) for one in reading.frame.geometry] == [(38458312.0, 2745120.0)] * 3
    assert (reading.left_out, reading.problems) == (None, ())


def test_an_edit_of_a_row_that_is_not_there_is_told(read_book: Read) -> None:
    reading = read_book(workbook([HEAD, A]), edits={9: {"经度": "1"}, 2: {"高": "1"}})
    assert {one.problem for one in reading.problems} == {"文件里没有这一行", "文件里没有这一列"}


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["甲", "0751", "12", "2026.9.31", "x y"]),
            st.floats(112.8, 114.8).map(lambda value: round(value, 6)),
            st.floats(23.8, 25.6).map(lambda value: round(value, 6)),
            st.integers(-(10**14), 10**14),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 3),
)
def test_what_was_written_is_read_back(
    read_book: Read, rows: list[tuple[str, float, float, int]], titles: int
) -> None:
    above = [("一览表",)] * titles
    reading = read_book(workbook([*above, (*HEAD, "数"), *rows]))
    assert [str(one) for one in reading.frame["名称"]] == [row[0] for row in rows]
    assert [(one.x, one.y) for one in reading.frame.geometry] == [row[1:3] for row in rows]
    assert [int(one) for one in reading.frame["数"]] == [row[3] for row in rows]
    assert list(reading.rows) == list(range(titles + 2, titles + 2 + len(rows)))


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "messy").exists(), reason="旁边没有 shared/data/messy")
@pytest.mark.parametrize(
    ("file", "part", "words"),
    [
        ("deaths.xlsx", "arts", "现有列:Name、Profession、Age"),
        ("dates-1904.xls", None, "没有数据行"),
        ("empty-sheets.xlsx", None, "“empty”、“header_only”没有数据行"),
        ("geometry.xlsx", None, "现有列:B3、C3、D3"),
        ("los-angeles-arrests-xlsx.xlsx", None, "现有列:BKG_NUM、BKG_DT"),
        ("names-need-repair-xlsx.xlsx", None, "现有列:a b、a b_2、列3"),
        ("test_skip_lines.xlsx", None, "现有列:number、text、boolean、date、datetime"),
    ],
)
def test_real_sheets_are_understood_as_far_as_they_go(
    tmp_path: Path, file: str, part: str | None, words: str
) -> None:
    path = tmp_path / "upload"
    path.write_bytes((SHARED / "messy" / "excel" / file).read_bytes())
    with pytest.raises(UnreadableFile, match=words):
        read(Upload(path, file), ReadOptions(part=part))
