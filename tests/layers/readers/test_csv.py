"""CSV as it comes out of Excel and of bureaus' systems."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import UnreadableFile
from layers.readers import Reading

Read = Callable[..., Reading]


def at(reading: Reading) -> list[tuple[float, float]]:
    return [(point.x, point.y) for point in reading.frame.geometry]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_chinese_headers_are_read_in_every_usual_encoding(read_bytes: Read, encoding: str) -> None:
    reading = read_bytes("名称,经度,纬度\n站,113.6,24.8\n".encode(encoding), "站.csv")
    assert reading.frame["名称"][0] == "站"
    assert at(reading) == [(113.6, 24.8)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("lon,lat", "113.6,24.8"),
        ("LNG,LAT", "113.6,24.8"),
        ("Longitude,Latitude", "113.6,24.8"),
        ("经度(°),纬度(°)", "113.6°,24.8°"),
        ("x,y", "113.6,24.8"),
        ("纬度,经度", "24.8,113.6"),
        ("经度,纬度", "24.8,113.6"),
        ("甲,乙", "113.6,24.8"),
        ("坐标,n", '"113.6,24.8",1'),
        ("wkt,n", "POINT(113.6 24.8),1"),
        ("经度;纬度", "113.6;24.8"),
        ("经度\t纬度", "113.6\t24.8"),
    ],
)
def test_coordinate_columns_are_found_by_name_and_content(
    read_bytes: Read, header: str, row: str
) -> None:
    assert at(read_bytes(f"{header}\n{row}\n".encode(), "站.csv")) == [(113.6, 24.8)]


def test_swapped_columns_are_told(read_bytes: Read) -> None:
    assert any("对调" in one for one in read_bytes(b"lon,lat\n24.8,113.6\n", "a.csv").evidence)


def test_survey_axes_x_north_y_east_are_turned(read_bytes: Read) -> None:
    reading = read_bytes(b"X,Y\n2745164.9,38459317.5\n", "a.csv")
    assert at(reading) == [(38459317.5, 2745164.9)]


@pytest.mark.parametrize(
    ("header", "declared"), [("lng_gcj02,lat_gcj02", "gcj02"), ("百度经度,百度纬度", "bd09")]
)
def test_a_column_name_can_declare_the_offset(read_bytes: Read, header: str, declared: str) -> None:
    assert read_bytes(f"{header}\n113.6,24.8\n".encode(), "a.csv").declared == declared


def test_bad_rows_are_named_as_excel_counts_and_the_rest_is_read(read_bytes: Read) -> None:
    text = "名称,lon,lat\n甲,113.6,24.8\n乙,,24.8\n丙,东113,24.8\n丁,1,2,3\n戊,113.7,24.9\n"
    reading = read_bytes(text.encode(), "a.csv")
    assert list(reading.frame["名称"]) == ["甲", "戊"]
    assert list(reading.rows) == [2, 6]
    found = {(one.row, one.item, one.problem.split("(")[0]) for one in reading.problems}
    assert {(3, "lon", "为空"), (4, "lon", "不是数")} <= found
    assert any(row == 5 and "列数" in problem for row, _, problem in found)


def test_codes_keep_their_leading_zeros_and_long_numbers_their_digits(read_bytes: Read) -> None:
    text = "区号,信用码,数,lon,lat\n0751,440203199001011234,12,113.6,24.8\n"
    row = read_bytes(text.encode(), "a.csv").frame.iloc[0]
    assert (row["区号"], row["信用码"], row["数"]) == ("0751", "440203199001011234", 12)


@pytest.mark.parametrize("mark", ["-", "e5", ".", "-.", "+1"])
def test_a_lone_mark_is_a_text_not_a_number(read_bytes: Read, mark: str) -> None:
    frame = read_bytes(f"数,lon,lat\n{mark},113.6,24.8\n".encode(), "a.csv").frame
    assert frame["数"][0] == mark


@pytest.mark.parametrize("number", ["-0.5", ".5", "-.5", "1.5e3", "0", "12"])
def test_numbers_in_every_spelling_are_numbers(read_bytes: Read, number: str) -> None:
    frame = read_bytes(f"数,lon,lat\n{number},113.6,24.8\n".encode(), "a.csv").frame
    assert frame["数"][0] == float(number)


def test_double_column_names_are_both_kept(read_bytes: Read) -> None:
    reading = read_bytes(b"n,n,lon,lat\n1,2,113.6,24.8\n", "a.csv")
    assert list(reading.frame.columns) == ["n", "n_2", "geometry"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("名称,数\n甲,1\n", "没有坐标列"),
        ("名称,经度\n甲,113.6\n", "没有纬度列"),
        ("名称,经度,纬度\n", "没有数据行"),
        ("名称,经度,纬度\n甲,,\n", "没有一个可用"),
    ],
)
def test_a_table_without_places_is_refused(read_bytes: Read, text: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_bytes(text.encode(), "a.csv")


def test_bytes_of_no_encoding_are_refused(read_bytes: Read) -> None:
    with pytest.raises(UnreadableFile, match="认不出文字编码"):
        read_bytes(b"lon,lat,n\n113.6,24.8,\xff\xff\xfe\n", "a.csv")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(
    st.lists(
        st.tuples(
            st.floats(-180, 180).map(lambda v: round(v, 7)),
            st.floats(-90, 90).map(lambda v: round(v, 7)),
            st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_what_was_written_is_read_back(
    read_bytes: Read, rows: list[tuple[float, float, str]]
) -> None:
    lines = ["name,longitude,latitude"]
    lines += ['"' + name.replace('"', '""') + f'",{lon},{lat}' for lon, lat, name in rows]
    # A first row of Chinese degrees keeps the axes from looking swapped.
    text = "\n".join([lines[0], "x,113.6,24.8", *lines[1:]])
    reading = read_bytes(text.encode(), "a.csv", "utf-8")
    if any("对调" in one for one in reading.evidence):
        return
    found = shapely.get_coordinates(reading.frame.geometry.to_numpy())[1:]
    assert found.tolist() == [[lon, lat] for lon, lat, _ in rows]
