"""A mark above a table, or in a row without a place, keeps the whole file out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layers.errors import UnreadableFile
from layers.intake.answers import Answers
from layers.intake.examine import Examined, examine
from layers.intake.surroundings import Surroundings
from layers.readers import Upload, read
from layers.sandbox.reading import read_in_sandbox
from tests.layers.readers.tables.workbooks import workbook

HEAD = ("名称", "经度", "纬度")
ROWS = [("甲", 113.6, 24.8), ("乙", 113.7, 24.9)]
ANSWERS = Answers(crs="EPSG:4490")


def upload(folder: Path, content: bytes, name: str) -> Upload:
    path = folder / "upload"
    path.write_bytes(content)
    return Upload(path, name)


@pytest.mark.parametrize("reads", [read, read_in_sandbox])
def test_a_marked_title_above_an_excel_table_keeps_the_file_out(
    tmp_path: Path, reads: Callable[..., object]
) -> None:
    content = workbook([("机密★10年",), ("管网断面一览表",), HEAD, *ROWS], merged=["A1:C1"])
    with pytest.raises(UnreadableFile, match=r"标题行.*非涉密系统"):
        examine(upload(tmp_path, content, "表.xlsx"), ANSWERS, Surroundings(), read=reads)  # type: ignore[arg-type]


def test_a_marked_title_above_a_csv_keeps_the_file_out(tmp_path: Path) -> None:
    content = "密级:秘密,,\n名称,经度,纬度\n甲,113.6,24.8\n乙,113.7,24.9\n".encode()
    with pytest.raises(UnreadableFile, match="标题行"):
        examine(upload(tmp_path, content, "表.csv"), ANSWERS, Surroundings())


def test_a_marked_row_without_a_place_keeps_the_file_out(tmp_path: Path) -> None:
    content = workbook([HEAD, *ROWS, ("机密★", None, None)])
    with pytest.raises(UnreadableFile, match="“名称”列"):
        examine(upload(tmp_path, content, "表.xlsx"), ANSWERS, Surroundings())


def test_a_plain_title_is_noted_and_passes(tmp_path: Path) -> None:
    content = workbook([("秘密花园小区一览表",), HEAD, *ROWS], merged=["A1:C1"])
    found = examine(upload(tmp_path, content, "表.xlsx"), ANSWERS, Surroundings())
    assert isinstance(found, Examined)
    assert found.reading.notes["titles"] == ["秘密花园小区一览表"]
