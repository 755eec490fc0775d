"""Whatever a table holds, every row is read, left out with its reason, or the file is refused."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import LayerError
from layers.readers import Reading, ReadOptions, Upload, read
from tests.layers.readers.places import SIMPLIFIED
from tests.layers.readers.regions import GAZETTEER
from tests.layers.readers.tables.workbooks import workbook

CELLS = st.one_of(
    st.sampled_from(
        [
            *("", " ", "113.6", "24.8", "38459317.5", "2745164.9", "440203", "440221", "大桥镇"),
            *(
                "经度",
                "纬度",
                "X",
                "坐标",
                "代码",
                "县区",
                "1月",
                "合计",
                "注:无",
                "km",
                "nan",
                "inf",
            ),
            *("113°35′51″", "113.6,24.8", "POINT(1 2)", "N49GB1258C9", "2026.9.31", "-", "1e400"),
            *('"', "a\nb", "\x00", "=1+1", "😀"),
        ]
    ),
    st.sampled_from(SIMPLIFIED),
)
TABLES = st.lists(st.lists(CELLS, max_size=5), max_size=8)
OPTIONS = st.builds(
    ReadOptions,
    purpose=st.sampled_from(["auto", "layer", "layer"]),
    columns=st.sampled_from(
        [{}, {"code": "代码"}, {"name": "县区"}, {"lon": "经度", "lat": "纬度"}]
    ),
    header_rows=st.sampled_from([None, None, 0, 1, 2, 9]),
    edits=st.sampled_from([{}, {2: {"经度": "113.6"}}, {3: {"几何": "113.6,24.8"}}]),
    gazetteer=st.sampled_from([None, GAZETTEER]),
)
QUICK = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
    deadline=None,
)


def read_or_refused(path: Path, name: str, options: ReadOptions) -> Reading | None:
    """The reading; None where it was refused or asked in words with a way out."""
    try:
        return read(Upload(path, name), options)
    except LayerError as refused:
        text = str(refused)
    assert text.startswith(name)
    assert ";" in text
    return None


def complete(reading: Reading) -> None:
    """No row is read twice, and none is left out without its reason."""
    rows = list(reading.rows)
    if reading.left_out is not None:
        assert all(reading.left_out["_reason"])
        rows += list(reading.left_out["_row"])
    assert len(rows) == len(set(rows))


@QUICK
@given(TABLES, OPTIONS, st.sampled_from([",", ";", "\t"]))
def test_any_text_table_is_read_whole_or_refused_in_words(
    tmp_path: Path, table: list[list[str]], options: ReadOptions, delimiter: str
) -> None:
    path = tmp_path / "upload"
    lines = [delimiter.join(cell.replace('"', "”") for cell in row) for row in table]
    path.write_bytes("\n".join(lines).encode())
    reading = read_or_refused(path, "表.csv", options)
    if reading is not None:
        complete(reading)


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes_called_csv_are_read_or_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    read_or_refused(path, "表.csv", ReadOptions())


@QUICK
@given(TABLES, OPTIONS)
def test_any_sheet_is_read_whole_or_refused_in_words(
    tmp_path: Path, table: list[list[str]], options: ReadOptions
) -> None:
    path = tmp_path / "upload"
    rows = [[cell.replace("\x00", "") for cell in row] for row in table]
    path.write_bytes(workbook(rows))
    reading = read_or_refused(path, "表.xlsx", options)
    if reading is not None:
        complete(reading)
