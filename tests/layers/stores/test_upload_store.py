"""What is acknowledged of an upload is on disk, whatever happens to its writer."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import (
    StoreFull,
    StoreUnavailable,
    UnknownUpload,
    UploadBusy,
    UploadConflict,
    UploadExpired,
    UploadTooLarge,
)
from layers.stores.upload_contracts import UploadLimits
from layers.stores.upload_names import display_name
from layers.stores.upload_offset import Durable, read_durable, write_durable
from layers.stores.uploads import UploadStore

MB = 1 << 20
SMALL = UploadLimits(largest=64 * MB, person=100 * MB, margin=0)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> UploadStore:
    return UploadStore(tmp_path / "uploads", SMALL)


def put(store: UploadStore, upload: str, offset: int, content: bytes, **how: bool) -> int:
    writer = store.write(upload, offset, **how)
    try:
        writer.write(content)
        writer.keep()
    finally:
        writer.close()
    return writer.offset


def test_a_file_in_two_parts_is_complete_with_its_hash(store: UploadStore) -> None:
    made = store.create("点位.csv", 6, "u1")
    assert put(store, made.id, 0, b"abc") == 3
    assert put(store, made.id, 3, b"def") == 6
    assert store.finish(made.id).sha256 == hashlib.sha256(b"abcdef").hexdigest()
    done = store.complete(made.id)
    assert (done.path.read_bytes(), done.name, done.bytes, done.by) == (
        b"abcdef", "点位.csv", 6, "u1",
    )  # fmt: skip


def test_the_hash_is_found_by_a_process_that_saw_only_the_end(
    store: UploadStore, tmp_path: Path
) -> None:
    made = store.create("a", 6, "u1")
    put(store, made.id, 0, b"abc")
    other = UploadStore(tmp_path / "uploads", SMALL)
    put(other, made.id, 3, b"def")
    assert other.finish(made.id).sha256 is None
    assert other.complete(made.id).sha256 == hashlib.sha256(b"abcdef").hexdigest()
    assert store.find(made.id).sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_bytes_that_were_not_recorded_are_cut_off_before_the_next_write(
    store: UploadStore, tmp_path: Path
) -> None:
    made = store.create("a", 6, "u1")
    put(store, made.id, 0, b"abc")
    with (tmp_path / "uploads" / made.id / "data").open("ab") as torn:
        torn.write(b"XXXX")
    assert store.find(made.id).offset == 3
    put(store, made.id, 3, b"def")
    assert store.complete(made.id).path.read_bytes() == b"abcdef"
    assert store.complete(made.id).sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_a_whole_chunk_counts_only_once_it_is_kept(store: UploadStore) -> None:
    made = store.create("a", 40 * MB, "u1")
    writer = store.write(made.id, 0, whole=True)
    writer.write(bytes(20 * MB))
    assert store.find(made.id).offset == 0
    writer.close()
    assert store.find(made.id).offset == 0
    assert put(store, made.id, 0, bytes(20 * MB), whole=True) == 20 * MB


def test_a_long_chunk_becomes_durable_on_its_way(store: UploadStore) -> None:
    made = store.create("a", 40 * MB, "u1")
    writer = store.write(made.id, 0)
    writer.write(bytes(15 * MB))
    assert store.find(made.id).offset == 0
    writer.write(bytes(MB))
    assert store.find(made.id).offset == 16 * MB
    writer.write(b"x")
    writer.close()
    assert store.find(made.id).offset == 16 * MB + 1


def test_one_writes_at_a_time_and_from_where_the_other_stopped(store: UploadStore) -> None:
    made = store.create("a", 6, "u1")
    writer = store.write(made.id, 0)
    with pytest.raises(UploadBusy):
        store.write(made.id, 0)
    with pytest.raises(UploadBusy):
        store.remove(made.id)
    assert store.busy(made.id)
    writer.write(b"ab")
    writer.close()
    assert not store.busy(made.id)
    with pytest.raises(UploadConflict, match="已有 2 字节"):
        store.write(made.id, 0)
    with pytest.raises(UploadConflict, match="还没有传完"):
        store.complete(made.id)


def test_a_refused_writer_leaves_the_upload_free(store: UploadStore) -> None:
    made = store.create("a", 6, "u1")
    with pytest.raises(UploadConflict):
        store.write(made.id, 5)
    assert not store.busy(made.id)


def test_more_than_was_announced_is_refused_and_dropped(store: UploadStore) -> None:
    made = store.create("a", 3, "u1")
    writer = store.write(made.id, 0)
    with pytest.raises(UploadTooLarge, match="3 字节"):
        writer.write(b"abcd")
    writer.close()
    assert store.find(made.id).offset == 0


def test_an_announced_file_beyond_a_limit_is_refused_before_a_byte_comes(
    store: UploadStore, tmp_path: Path
) -> None:
    with pytest.raises(UploadTooLarge, match="largest_mb"):
        store.create("a", 64 * MB + 1, "u1")
    for _ in range(2):
        store.create("a", 50 * MB, "u1")
    with pytest.raises(UploadTooLarge, match="每人上限"):
        store.create("a", 1, "u1")
    assert store.create("a", 1, "u2").length == 1
    full = UploadStore(tmp_path / "uploads", UploadLimits(margin=1 << 60))
    with pytest.raises(StoreFull, match="磁盘空间不足"):
        full.create("a", 1, "u3")


def test_one_person_holds_so_many_uploads_and_no_more(tmp_path: Path) -> None:
    store = UploadStore(tmp_path / "uploads", UploadLimits(count=2, margin=0))
    first = store.create("a", 0, "u1")
    store.create("b", 0, "u1")
    with pytest.raises(UploadTooLarge, match="2 个上传"):
        store.create("c", 0, "u1")
    store.create("c", 0, "u2")
    store.remove(first.id)
    store.create("c", 0, "u1")


def test_bytes_still_to_come_are_counted_as_taken(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path)
    room = free.f_bavail * free.f_frsize
    limits = UploadLimits(largest=room, person=2 * room, margin=0)
    store = UploadStore(tmp_path / "uploads", limits)
    store.create("a", room // 3 * 2, "u1")
    with pytest.raises(StoreFull):
        store.create("b", room // 3 * 2, "u1")


def test_an_upload_expires_so_long_after_its_last_byte(store: UploadStore) -> None:
    made = store.create("a", 3, "u1", now=NOW)
    assert made.expires_at == NOW + timedelta(hours=48)
    late = NOW + timedelta(hours=48)
    assert store.find(made.id, now=late - timedelta(seconds=1))
    with pytest.raises(UploadExpired):
        store.find(made.id, now=late)
    assert store.of("u1", now=late) == []
    assert store.sweep(now=late, wanted=[made.id]) == 0
    assert store.sweep(now=late - timedelta(seconds=1)) == 0
    assert store.sweep(now=late) == 1
    with pytest.raises(UnknownUpload):
        store.find(made.id)


def test_a_sweep_leaves_what_is_written_now_and_takes_what_was_half_made(
    store: UploadStore, tmp_path: Path
) -> None:
    made = store.create("a", 3, "u1", now=NOW)
    late = NOW + timedelta(days=30)
    writer = store.write(made.id, 0, now=NOW)
    assert store.sweep(now=late) == 0
    writer.close()
    half = tmp_path / "uploads" / ".0123"
    half.mkdir()
    assert store.sweep(now=NOW) == 0
    os.utime(half, (0, 0))
    assert store.sweep(now=NOW) == 1


@pytest.mark.parametrize("name", ["../x", "..", "", "0" * 31, "G" * 32, "0" * 32, "a/b", "\0"])
def test_what_is_no_upload_is_never_looked_for_as_a_path(store: UploadStore, name: str) -> None:
    with pytest.raises(UnknownUpload):
        store.find(name)


def test_mine_are_listed_newest_first(store: UploadStore) -> None:
    made = [
        store.create(name, 1, by, now=datetime.now(UTC) + timedelta(seconds=n))
        for n, (name, by) in enumerate([("a", "u1"), ("b", "u2"), ("c", "u1")])
    ]
    assert [one.id for one in store.of("u1")] == [made[2].id, made[0].id]
    assert len(store.of(None)) == 3


def test_a_torn_record_falls_back_to_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "offset"
    for offset in (0, 5, 9):
        write_durable(path, Durable(offset, NOW))
    assert read_durable(path) == Durable(9, NOW)
    raw = bytearray(path.read_bytes())
    place = 0 if raw[0] == 9 else 512
    raw[place + 3] ^= 1
    path.write_bytes(raw)
    assert read_durable(path) == Durable(5, NOW)
    path.write_bytes(bytes(1024))
    assert read_durable(path) is None


@given(cuts=st.lists(st.integers(0, 3000), max_size=6), whole=st.booleans())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_way_of_cutting_a_file_gives_the_same_file(
    store: UploadStore, cuts: list[int], whole: bool
) -> None:
    content = bytes(n * 7 % 251 for n in range(3000))
    made = store.create("a", len(content), "u1")
    edges = sorted({0, *cuts, len(content)})
    for start, end in pairwise(edges):
        put(store, made.id, start, content[start:end], whole=whole)
    assert store.finish(made.id).sha256 == hashlib.sha256(content).hexdigest()
    assert store.complete(made.id).path.read_bytes() == content
    store.remove(made.id)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("入河排污口_2026年10月.zip", "入河排污口_2026年10月.zip"),
        ("../../etc/passwd", "passwd"),
        ("C:\\资料\\点.csv", "点.csv"),
        ("a\0b\r\n.csv", "ab.csv"),
        ("表!1.csv", "表!1.csv"),
        ("报表\u202egpj.exe", "报表gpj.exe"),
        ("..", "未命名"),
        ("", "未命名"),
        ("///", "未命名"),
        ("县" * 300 + ".geojson", "县" * 191 + "….geojson"),
    ],
)
def test_a_name_is_kept_for_the_eye_and_is_no_path(given_name: str, shown: str) -> None:
    assert display_name(given_name) == shown
    assert len(shown) <= 200


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("挂载小磁盘需要 root")
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("这里不允许挂载 tmpfs")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.needs_root
def test_a_disk_that_fills_up_keeps_what_it_acknowledged(small_disk: Path) -> None:
    store = UploadStore(small_disk / "uploads", SMALL)
    made = store.create("a", 6 * MB, "u1")
    put(store, made.id, 0, bytes(2 * MB))
    filler = small_disk / "filler"
    filler.write_bytes(bytes(5 * MB))
    writer = store.write(made.id, 2 * MB)
    with pytest.raises(StoreFull, match="已收到的部分保留"):
        writer.write(b"x" * (3 * MB))
    writer.close()
    reached = store.find(made.id).offset
    assert 2 * MB <= reached < 5 * MB
    filler.unlink()
    put(store, made.id, reached, b"x" * (6 * MB - reached))
    expected = bytes(2 * MB) + b"x" * (4 * MB)
    assert store.complete(made.id).sha256 == hashlib.sha256(expected).hexdigest()


@pytest.mark.needs_root
def test_a_full_disk_refuses_the_next_upload_before_a_byte(small_disk: Path) -> None:
    store = UploadStore(small_disk / "uploads", SMALL)
    (small_disk / "filler").write_bytes(bytes(7 * MB))
    with pytest.raises(StoreFull, match="还能接收"):
        store.create("a", 2 * MB, "u1")
    assert list((small_disk / "uploads").iterdir()) == []


@pytest.mark.needs_root
def test_a_read_only_disk_is_said_in_words_and_loses_nothing(small_disk: Path) -> None:
    store = UploadStore(small_disk / "uploads", SMALL)
    made = store.create("a", 6, "u1")
    put(store, made.id, 0, b"abc")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreUnavailable, match="只读"):
        store.create("b", 1, "u1")
    with pytest.raises(StoreUnavailable, match="只读"):
        store.write(made.id, 3)
    assert store.find(made.id).offset == 3
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert put(store, made.id, 3, b"def") == 6
