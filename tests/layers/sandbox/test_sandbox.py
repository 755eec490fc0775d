"""A file can waste its own reading, nothing else; and what is read comes back as it was."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from layers.errors import BadCoordinates, Cancelled, NeedsAnswer, UnreadableFile
from layers.readers import Reading, ReadOptions, Upload, read
from layers.readers.gazetteer import Gazetteer, Region
from layers.sandbox.limits import Limits
from layers.sandbox.reading import read_in_sandbox
from tests.layers.sandbox import rude_readers

QUICK = Limits(wall_s=30)
NO_FRAMES: dict[str, Any] = {"frame": None, "rows": None, "left_out": None, "notes": {}}


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    path = tmp_path / "0123"
    path.write_text("code,lon,lat\na,113.5,24.5\nb,113.6,24.6\n", encoding="utf-8")
    return Upload(path, "点位.csv")


@pytest.fixture
def sandboxed(upload: Upload, tmp_path: Path) -> Callable[..., Reading]:
    """Read the upload with one of the rude readers; afterwards nothing is left behind."""
    folder = tmp_path / "work"
    folder.mkdir()

    def run(reader: str, limits: Limits = QUICK, cancelled: Any = None, **options: Any) -> Reading:
        chosen = f"tests.layers.sandbox.rude_readers:{reader}"
        how: dict[str, Any] = {"limits": limits, "folder": folder, "cancelled": cancelled}
        try:
            return read_in_sandbox(upload, ReadOptions(**options), reader=chosen, **how)
        finally:
            assert list(folder.iterdir()) == []

    return run


def _gone(pid: int, patience: float = 30) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def _pid(upload: Upload) -> int:
    path = upload.path.with_suffix(".pid")
    end = time.monotonic() + 60
    while not (path.exists() and path.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    return int(path.read_text())


def test_a_real_file_reads_the_same_inside_and_outside(upload: Upload) -> None:
    inside, outside = read_in_sandbox(upload), read(upload)
    pd.testing.assert_frame_equal(pd.DataFrame(inside.frame), pd.DataFrame(outside.frame))
    assert inside.frame.geometry.geom_equals(outside.frame.geometry).all()
    assert dict(inside.notes) == dict(outside.notes)
    assert replace(inside, **NO_FRAMES) == replace(outside, **NO_FRAMES)


@pytest.mark.parametrize("shapes", list(rude_readers.SHAPES))
def test_a_reading_with_everything_comes_back_as_it_was(
    sandboxed: Callable[..., Reading], upload: Upload, shapes: str
) -> None:
    found = sandboxed("full", part=shapes)
    meant = rude_readers.full(upload, ReadOptions(part=shapes))
    expected = pd.DataFrame(meant.frame).drop(columns="geometry").astype({"kind": "str"})
    pd.testing.assert_frame_equal(pd.DataFrame(found.frame).drop(columns="geometry"), expected)
    assert list(found.frame.columns) == list(meant.frame.columns)
    assert found.frame.geometry.geom_equals_exact(meant.frame.geometry, 0).all()
    assert (found.frame.geometry.has_z == meant.frame.geometry.has_z).all()
    assert found.frame.crs is None
    assert list(found.rows) == [2, 5]
    assert found.left_out is not None
    assert meant.left_out is not None
    pd.testing.assert_frame_equal(found.left_out, meant.left_out)
    assert np.isnan(found.notes[5][1])  # type: ignore[index]
    assert (found.notes["n"], found.notes["when"]) == (1, meant.notes["when"])
    assert replace(found, **NO_FRAMES) == replace(meant, **NO_FRAMES)


def test_what_the_person_said_arrives(sandboxed: Callable[..., Reading], upload: Upload) -> None:
    gazetteer = Gazetteer((Region("440205", "曲江区"),))
    said = {"edits": {341: {"日期": "2026-09-30"}}, "columns": {"lon": "经度"}, "header_rows": 2}
    told = sandboxed("echo", gazetteer=gazetteer, **said).notes
    assert (told["name"], told["path"]) == ("点位.csv", str(upload.path))
    assert {name: told[name] for name in said} == said
    assert Gazetteer.from_json(told["gazetteer"]) == gazetteer


def test_the_child_knows_nothing_of_ours(
    sandboxed: Callable[..., Reading], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TONGLAN_SECRET", "x")
    monkeypatch.setenv("PGPASSWORD", "x")
    with (tmp_path / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        told = sandboxed("echo").notes
    assert not {"TONGLAN_SECRET", "PGPASSWORD"} & set(told["environ"])
    assert told["environ"]["HOME"] == told["environ"]["TMPDIR"] == told["cwd"]
    assert told["cwd"].startswith(str(tmp_path / "work"))
    assert told["fds"][:2] == ["/dev/null", "/dev/null"]
    assert not [one for one in told["more_fds"] if one.endswith("open")]


def test_a_question_and_a_refusal_come_through(sandboxed: Callable[..., Reading]) -> None:
    with pytest.raises(NeedsAnswer, match="选哪一个") as asked:
        sandboxed("asks")
    assert asked.value.question is not None
    assert [one.value for one in asked.value.question.options] == ["a", "b"]
    assert asked.value.question.options[1].detail == "细"
    with pytest.raises(BadCoordinates, match="坐标不合理;请检查"):
        sandboxed("refuses")


@pytest.mark.parametrize(
    ("reader", "limits", "options", "said"),
    [
        ("hogs", QUICK, {}, "内存超过上限 12288 MB"),
        ("hogs", replace(QUICK, memory_mb=3000), {}, "memory_mb"),
        ("loops", replace(QUICK, wall_s=4), {}, "4 秒.*wall_s"),
        ("loops", replace(QUICK, cpu_s=2), {}, "2 秒处理器时间.*cpu_s"),
        ("segfaults", QUICK, {}, "崩溃.*SIGSEGV"),
        ("dies", QUICK, {"part": "SIGKILL"}, "内存"),
        ("dies", QUICK, {"part": "SIGABRT"}, "内存"),
        ("dies", QUICK, {"part": "SIGBUS"}, "SIGBUS"),
        ("leaves", QUICK, {}, "状态 7"),
        ("floods", replace(QUICK, output_mb=8), {}, "大得不正常"),
        ("opens", QUICK, {}, "程序出错"),
        ("breaks", QUICK, {}, "程序出错"),
    ],
)
def test_what_goes_wrong_inside_is_a_sentence_that_names_the_file(
    sandboxed: Callable[..., Reading], reader: str, limits: Limits, options: Any, said: str
) -> None:
    with pytest.raises(UnreadableFile, match=rf"点位\.csv:.*{said}") as told:
        sandboxed(reader, limits, **options)
    assert "secret" not in str(told.value)


def test_little_memory_is_enough_to_say_so(sandboxed: Callable[..., Reading]) -> None:
    with pytest.raises(UnreadableFile, match=r"点位\.csv:"):
        sandboxed("full", replace(QUICK, memory_mb=64))


def test_a_cancelled_reading_ends_at_once_with_its_process(
    sandboxed: Callable[..., Reading], upload: Upload
) -> None:
    cancelled, ended = threading.Event(), threading.Event()

    def run() -> None:
        with pytest.raises(Cancelled):
            sandboxed("sleeps", cancelled=cancelled)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    pid = _pid(upload)
    cancelled.set()
    thread.join(30)
    assert ended.is_set()
    assert _gone(pid)


def test_what_the_child_started_ends_with_it(
    sandboxed: Callable[..., Reading], upload: Upload
) -> None:
    sandboxed("forks")
    assert _gone(_pid(upload))


PARENT = """
import sys
from pathlib import Path
from layers.readers import Upload
from layers.sandbox.reading import read_in_sandbox
read_in_sandbox(Upload(Path(sys.argv[1]), "a"), reader="tests.layers.sandbox.rude_readers:sleeps")
"""


def test_a_killed_parent_leaves_no_child(upload: Upload) -> None:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", PARENT, str(upload.path)]
    with subprocess.Popen(command, cwd=root) as parent:
        pid = _pid(upload)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert _gone(pid)


def test_the_network_is_not_there(sandboxed: Callable[..., Reading]) -> None:
    probe = (
        "import sys; from layers.sandbox.confine import cut_network; sys.exit(not cut_network())"
    )
    root = Path(__file__).resolve().parents[3]
    if subprocess.run([sys.executable, "-c", probe], cwd=root, check=False).returncode:
        pytest.skip("内核不允许建立网络命名空间")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(UnreadableFile, match="程序出错"):
            sandboxed("calls", part=str(listener.getsockname()[1]))
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_drivers_that_open_other_files_are_not_there(sandboxed: Callable[..., Reading]) -> None:
    told = sandboxed("drives").notes
    reaching = {"VRT", "OGR_VRT", "WMS", "WCS", "WFS", "HTTP", "GTI", "STACIT", "GDALG", "OAPIF"}
    assert not reaching & {*told["vector"], *told["raster"]}
    assert {"GPKG", "ESRI Shapefile", "GeoJSON"} <= set(told["vector"])
    assert {"GTiff", "netCDF"} <= set(told["raster"])
