"""Drop folders as they get in practice: too many files, broken ones, and ones from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh import drop_folder
from topics.kit.refresh.drop_folder import Dropped, content_of, finished_files
from topics.kit.refresh.file_source import FolderReader
from topics.kit.refresh.sources import Source

Find = Callable[[str], RefresherSpec]
ROW = "440203,2026-11-22 11:00,细颗粒物,40"


class Memory:
    """What was taken in, in memory."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def seen(self, refresher: str) -> frozenset[str]:
        return frozenset(self.keys)

    def remember(self, refresher: str, sha256: str, name: str, *, now: datetime) -> None:
        self.keys.add(sha256)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def _file(drop: Path, name: str, row: str = ROW, age: float = 60, value: str = "数值") -> Path:
    path = drop / name
    path.write_bytes(f"区划代码,时间,指标,{value}\r\n{row}\r\n".encode("gbk"))
    when = datetime.now(UTC).timestamp() - age
    os.utime(path, (when, when))
    return path


def _taken(reader: FolderReader, spec: RefresherSpec, drop: Path) -> list[tuple[str, str]]:
    reading = reader.read(spec, Source(str(drop)))
    reading.done()
    return [(part.name, part.problem) for part in reading.parts]


def test_of_many_files_the_oldest_come_first_and_the_rest_in_the_next_run(
    drop: Path, spec: Find
) -> None:
    for number in range(230):
        _file(drop, f"{number:03}.csv", f"{ROW}{number}", age=1000 - number)
    reader = FolderReader(Memory())
    first = [name for name, _ in _taken(reader, spec("air.files"), drop)]
    second = [name for name, _ in _taken(reader, spec("air.files"), drop)]
    assert first == [f"{number:03}.csv" for number in range(200)]
    assert second == [f"{number:03}.csv" for number in range(200, 230)]
    assert _taken(reader, spec("air.files"), drop) == []


def test_a_known_file_is_not_read_again_until_it_changes(
    drop: Path, spec: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def counted(file: Dropped, folder: Path) -> bytes | None:
        opened.append(file.path.name)
        return content_of(file, folder)

    monkeypatch.setattr("topics.kit.refresh.file_source.content_of", counted)
    _file(drop, "a.csv")
    _file(drop, "b.csv", f"{ROW}1")
    reader = FolderReader(Memory())
    for _ in range(3):
        _taken(reader, spec("air.files"), drop)
    _file(drop, "b.csv", f"{ROW}2", age=50)
    assert _taken(reader, spec("air.files"), drop) == [("b.csv", "")]
    assert opened == ["a.csv", "b.csv", "b.csv"]


def test_a_file_that_is_too_big_is_told_once_and_holds_up_no_other(
    drop: Path, spec: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_folder, "_MOST_BYTES", 100)
    _file(drop, "大.csv", ROW * 9, age=90)
    _file(drop, "好.csv")
    reader = FolderReader(Memory())
    (big, good) = _taken(reader, spec("air.files"), drop)
    assert "请拆分" in big[1]
    assert good == ("好.csv", "")
    assert _taken(reader, spec("air.files"), drop) == []


def test_an_unreadable_file_is_told_once_and_read_as_soon_as_it_can_be(
    drop: Path, spec: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Path.read_bytes

    def denied(path: Path) -> bytes:
        if path.name == "锁.csv":
            raise PermissionError(13, "Permission denied")
        return plain(path)

    _file(drop, "锁.csv", f"{ROW}1", age=90)
    _file(drop, "好.csv")
    reader = FolderReader(Memory())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        (locked, good) = _taken(reader, spec("air.files"), drop)
        assert "请检查权限" in locked[1]
        assert good == ("好.csv", "")
        assert _taken(reader, spec("air.files"), drop) == []
    assert _taken(reader, spec("air.files"), drop) == [("锁.csv", "")]


def test_a_file_that_vanishes_on_the_way_is_left_out(
    drop: Path, spec: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = _file(drop, "走.csv", age=90)
    _file(drop, "好.csv", f"{ROW}1")
    listed = finished_files(drop, "*.csv")
    gone.unlink()
    assert content_of(listed[0], drop) is None
    young = _file(drop, "新.csv", f"{ROW}2", age=0)
    monkeypatch.setattr(drop_folder.time, "sleep", lambda _: young.unlink())
    assert _taken(FolderReader(Memory()), spec("air.files"), drop) == [("好.csv", "")]


def test_a_link_out_of_the_folder_is_refused_and_not_read(
    drop: Path, spec: Find, tmp_path: Path
) -> None:
    secret = _file(tmp_path, "secret.csv")
    (drop / "链接.csv").symlink_to(secret)
    ((name, problem),) = _taken(FolderReader(Memory()), spec("air.files"), drop)
    assert name == "链接.csv"
    assert "文件夹之外" in problem


def test_a_link_within_the_folder_is_read(drop: Path, spec: Find) -> None:
    (drop / "链接.csv").symlink_to(_file(drop, "原.txt"))
    assert _taken(FolderReader(Memory()), spec("air.files"), drop) == [("链接.csv", "")]


def test_a_file_without_the_columns_is_told_once_and_read_when_the_map_is_corrected(
    drop: Path, spec: Find
) -> None:
    _file(drop, "表.csv", value="值")
    reader, files = FolderReader(Memory()), spec("air.files")
    ((_, problem),) = _taken(reader, files, drop)
    assert "缺少列 数值" in problem
    assert _taken(reader, files, drop) == []
    assert files.map is not None
    corrected = files.model_copy(update={"map": files.map.model_copy(update={"value": "值"})})
    assert _taken(reader, corrected, drop) == [("表.csv", "")]
    assert _taken(reader, corrected, drop) == []
