"""Text tables beyond the plain: titles, ragged rows, delimiters, long files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions, Upload, read

Read = Callable[..., Reading]


@pytest.fixture
def read_text(tmp_path: Path) -> Read:
    """Read a text as a CSV with the given options."""

    def reader(text: str | bytes, name: str = "表.csv", **options: object) -> Reading:
        path = tmp_path / "upload"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(Upload(path, name), ReadOptions(**options))  # type: ignore[arg-type]

    return reader


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_titles_two_row_headers_and_footers_are_taken_off(
    read_text: Read, delimiter: str, end: str
) -> None:
    lines = ["断面一览表,,", "名称,坐标,", ",经度,纬度", "甲,113.6,24.8", "合计,1,"]
    reading = read_text(end.join(lines).replace(",", delimiter))
    assert list(reading.frame.columns) == ["名称", "geometry"]
    assert list(reading.rows) == [4]
    assert any("第 5 行“合计”是表尾" in one for one in reading.evidence)


def test_a_title_without_delimiters_does_not_shift_rows(read_text: Read) -> None:
    reading = read_text("断面一览表\n名称,经度,纬度\n甲,113.6,24.8\n乙,,24.8\n")
    assert list(reading.rows) == [3]
    assert reading.left_out is not None
    assert list(reading.left_out["_row"]) == [4]


def test_excels_own_line_that_names_the_delimiter_is_understood(read_text: Read) -> None:
    reading = read_text("sep=;\n名称;经度;纬度\n甲,乙;113.6;24.8\n")
    assert reading.frame["名称"][0] == "甲,乙"
    assert list(reading.rows) == [3]


def test_a_quoted_line_break_counts_as_one_row(read_text: Read) -> None:
    reading = read_text('"名\n称",经度,纬度\n"甲\n一",113.6,24.8\n乙,113.7,24.9\n')
    assert list(reading.frame.columns) == ["名称", "geometry"]
    assert list(reading.rows) == [2, 3]


def test_a_text_without_header_is_read_with_numbered_columns(read_text: Read) -> None:
    reading = read_text("甲,113.6,24.8\n乙,113.7,24.9\n")
    assert list(reading.frame.columns) == ["列1", "geometry"]
    assert list(reading.rows) == [1, 2]


def test_header_rows_as_a_person_says(read_text: Read) -> None:
    reading = read_text("说明一\n说明二\n甲,113.6,24.8\n", header_rows=2)
    assert list(reading.rows) == [3]


def test_torn_rows_are_left_out_whole_and_can_be_repaired(read_text: Read) -> None:
    text = "名称,lon,lat\n甲,113.6,24.8\n丁,113.7,24.8,多\n戊,113.8\n"
    reading = read_text(text)
    assert reading.left_out is not None
    assert reading.left_out[["_row", "名称", "lon", "lat"]].values.tolist() == [
        [3, "丁", "113.7", "24.8,多"],
        [4, "戊", "113.8", None],
    ]
    assert all("列数" in reason for reason in reading.left_out["_reason"])
    again = read_text(text, edits={3: {"lat": "24.8"}, 4: {"lat": "24.9"}})
    assert again.left_out is None
    assert list(again.rows) == [2, 3, 4]
    assert list(again.frame["名称"]) == ["甲", "丁", "戊"]


def test_rows_without_place_keep_the_cells_that_a_person_must_repair(read_text: Read) -> None:
    text = 'X,Y,名\n2745164.9,38459317.5,甲\n"2745120, 38458312",,乙\n'
    reading = read_text(text)
    assert reading.left_out is not None
    row = reading.left_out.iloc[0]
    assert (row["X"], row["Y"], row["名"], row["_row"]) == ("2745120, 38458312", None, "乙", 3)
    assert row["_reason"] == "X不是数;Y为空"
    edits = {3: {"X": "2745120", "Y": "38458312"}}
    assert read_text(text, edits=edits).left_out is None


def test_blank_rows_are_no_rows(read_text: Read) -> None:
    reading = read_text("名,lon,lat\n,,\n甲,113.6,24.8\n\n,,\n")
    assert (list(reading.rows), reading.left_out) == ([3], None)


def test_the_encoding_is_told_with_numbers(read_text: Read) -> None:
    found = read_text("名称,经度,纬度\n曲江区 马坝镇,113.6,24.8\n".encode("gbk")).encoding_found
    assert found is not None
    assert found.shown == "GBK"
    assert "GBK 得到“名称 经度 纬度 曲江区 马坝镇”" in "".join(found.evidence)


def test_utf16_without_mark_is_read(read_text: Read) -> None:
    reading = read_text("名称,经度,纬度\n甲,113.6,24.8\n".encode("utf-16-le"))
    assert reading.frame["名称"][0] == "甲"


def test_lines_of_two_encodings_are_read_on_a_yes(read_text: Read) -> None:
    lines = ["名称,经度,纬度\n".encode(), "马坝镇,113.6,24.8\n".encode("gbk")]
    lines.append("大塘镇,113.7,24.9\n".encode())
    with pytest.raises(NeedsAnswer, match="混了两种编码") as asked:
        read_text(b"".join(lines))
    assert asked.value.question is not None
    answer = asked.value.question.options[0].value
    assert list(read_text(b"".join(lines), encoding=answer).frame["名称"]) == ["马坝镇", "大塘镇"]


def test_half_a_million_rows_are_all_read(read_text: Read) -> None:
    rows = "".join(
        f"P{at},监测点{at % 500},113.{at % 9000 + 1000},24.{at % 7000 + 1000}\n"
        for at in range(500_000)
    )
    text = f"编号,名称,经度,纬度\n{rows}"
    assert len(read_text(text).frame) == 500_000


@pytest.mark.parametrize("text", ["名称\n", '"名称,经度\n甲', "a,b\n1"])
def test_what_holds_nothing_is_refused_in_words(read_text: Read, text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"表\.csv:.*;"):
        read_text(text)


@pytest.mark.parametrize("text", ["\n,\n", "\r\n,\r\n", "\n\n;;\n", " , \n"])
def test_a_table_of_blank_rows_is_refused_in_words(read_text: Read, text: str) -> None:
    with pytest.raises(UnreadableFile, match="没有"):
        read_text(text)
