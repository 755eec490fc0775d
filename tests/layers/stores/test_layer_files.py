"""The folder of layer files: nothing half-done is ever seen, nothing wanted is ever swept."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from layers.errors import StoreUnavailable, UnreadableFile
from layers.stores.files import LayerFiles, disk


@pytest.fixture
def files(tmp_path: Path) -> LayerFiles:
    return LayerFiles(tmp_path / "layers")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "数据!.csv"
    path.write_text("lon,lat\n1,2\n")
    return path


def nothing() -> tuple[set[str], set[str]]:
    return set(), set()


def test_a_workspace_is_gone_afterwards(files: LayerFiles, source: Path) -> None:
    with files.workspace(source) as work:
        assert work.upload.read_bytes() == source.read_bytes()
    assert not work.folder.exists()


def test_the_original_is_kept_once_by_its_sha256(files: LayerFiles, source: Path) -> None:
    for _ in range(2):
        with files.workspace(source) as work:
            files.keep_original(work)
    assert files.original(work.sha256).read_bytes() == source.read_bytes()


def test_work_that_goes_on_is_not_swept(files: LayerFiles, source: Path) -> None:
    with files.workspace(source) as work:
        files.keep_version(work, "a.b", "v1")
        assert files.sweep(nothing) == 0
        assert files.version("a.b", "v1").exists()


def test_a_version_that_was_never_recorded_is_swept(files: LayerFiles, source: Path) -> None:
    with files.workspace(source) as work:
        files.keep_version(work, "a.b", "v1")
    assert files.sweep(nothing) == 1
    assert not files.version("a.b", "v1").exists()


def test_a_recorded_version_stays(files: LayerFiles, source: Path) -> None:
    with files.workspace(source) as work:
        files.keep_version(work, "a.b", "v1")
    assert files.sweep(lambda: ({"v1"}, set())) == 0


def test_an_original_nobody_uses_goes_after_a_day(files: LayerFiles, source: Path) -> None:
    with files.workspace(source) as work:
        files.keep_original(work)
    assert files.sweep(nothing) == 0
    old = time.time() - 2 * 24 * 3600
    os.utime(files.original(work.sha256), (old, old))
    assert files.sweep(lambda: (set(), {work.sha256})) == 0
    assert files.sweep(nothing) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "空间不足"),
        (errno.EROFS, "只读"),
        (errno.EACCES, "权限"),
        (errno.EIO, "失败"),
    ],
)
def test_a_disk_that_does_not_take_it_is_said_in_words(code: int, words: str) -> None:
    with pytest.raises(StoreUnavailable, match=words), disk():
        raise OSError(code, os.strerror(code))


def test_a_file_that_is_not_there_is_the_files_fault(files: LayerFiles, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="打不开"), files.workspace(tmp_path / "没有.csv"):
        pass


def test_a_folder_is_refused_as_a_folder(files: LayerFiles, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="文件夹"), files.workspace(tmp_path):
        pass
