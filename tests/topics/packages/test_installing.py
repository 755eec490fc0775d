"""Installing: mapped into another city, switched in one step, rolled back, removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.topics.packages.small_topic import (
    HEYUAN,
    SHAOGUAN,
    around,
    checked,
    edit,
    write,
)
from topics.kit.errors import BadPackage
from topics.kit.installed import load_topics
from topics.kit.manifest import load_manifest
from topics.kit.packages.archive import Package, pack, read_package
from topics.kit.packages.installing import prepare
from topics.kit.packages.region_map import read_map
from topics.kit.packages.shelf import KEPT, Shelf
from topics.kit.sites import read_sites

ROOT = Path(__file__).resolve().parents[3]
TO_HEYUAN = {"440200": "441600", "440203": "441602", "440205": "441621"}


def packed(folder: Path) -> Package:
    return read_package(pack(folder, checked(folder), SHAOGUAN, {}))


def install(home: Path, package: Package) -> Path:
    shelf = Shelf(home)
    prepared = prepare(package, shelf, around(), {})
    shelf.install(prepared.folder, package.info.id, package.info.version)
    return home / "topics" / package.info.id


def version_of(home: Path) -> str:
    return load_manifest(home / "topics" / "tourism").topic.version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "made")


def next_version(folder: Path, version: str) -> Package:
    edit(folder, f'version = "{load_manifest(folder).topic.version}"', f'version = "{version}"')
    return packed(folder)


def test_an_installed_package_is_found_with_its_sites(tmp_path: Path, folder: Path) -> None:
    install(tmp_path, packed(folder))
    catalogue, tree = load_topics(tmp_path / "topics", (), SHAOGUAN, shipped=tmp_path / "none")
    assert [one.id for one in catalogue.topics] == ["tourism"]
    assert catalogue.left_out == ()
    assert [one.code for one in tree.sites("440200", "景区")] == ["A1", "A2"]


def test_regions_are_mapped_into_another_city_by_the_table(tmp_path: Path, folder: Path) -> None:
    shelf = Shelf(tmp_path)
    prepared = prepare(packed(folder), shelf, around(HEYUAN), TO_HEYUAN)
    sites = read_sites(prepared.folder, prepared.manifest.sites)
    assert [one.parent for one in sites] == ["441621", "441602"]
    row_map = prepared.report.manifest and prepared.report.manifest.refreshers[0].map
    assert row_map
    assert row_map.regions == {"WJ": "441602", "440205": "441621"}
    sheet = load_workbook(prepared.folder / "samples" / "tourism.xlsx").active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["441600", "441602", "440205"]
    assert any("区划代码替换 3 个" in one for one in prepared.changes)


def test_a_city_without_a_table_is_told_every_code_and_what_to_do(
    tmp_path: Path, folder: Path
) -> None:
    with pytest.raises(BadPackage) as refused:
        prepare(packed(folder), Shelf(tmp_path), around(HEYUAN), {})
    said = str(refused.value)
    assert all(
        f"{code}({name})" in said for code, name in (("440200", "韶关市"), ("440203", "武江区"))
    )
    assert "--regions" in said
    assert not list((tmp_path / "topics").glob(".staging/*"))


def test_what_has_no_place_in_the_other_city_is_left_out_when_asked(
    tmp_path: Path, folder: Path
) -> None:
    codes = {"440200": "441600", "440203": "441602"}
    edit(folder, ', "440205" = "440205"', ', S2 = "440205"')
    prepared = prepare(packed(folder), Shelf(tmp_path), around(HEYUAN), codes, skip_unmapped=True)
    assert [one.code for one in read_sites(prepared.folder, prepared.manifest.sites)] == ["A2"]
    assert [len(one.values) for one in prepared.report.samples] == [4]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({**TO_HEYUAN, "440203": "449999"}, "本市没有区划 449999"),
        ({**TO_HEYUAN, "440203": "441600"}, "层级不同;市对市、县对县、镇对镇"),
    ],
)
def test_a_table_that_leads_nowhere_or_to_another_level_is_refused(
    tmp_path: Path, folder: Path, table: dict[str, str], said: str
) -> None:
    with pytest.raises(BadPackage, match=said):
        prepare(packed(folder), Shelf(tmp_path), around(HEYUAN), table)


def test_codes_written_in_python_are_not_mapped_silently(tmp_path: Path, folder: Path) -> None:
    (folder / "count.py").write_text('CITY = "440200"\n', encoding="utf-8")
    with pytest.raises(BadPackage, match=r"count\.py 第 1 行:Python 里写着区划代码 440200"):
        prepare(packed(folder), Shelf(tmp_path), around(HEYUAN), TO_HEYUAN)


@pytest.mark.parametrize(
    ("row", "said"),
    [("440203,441602\n440203,441621", "一个代码只能换成一个"), ("440203,", "都要填")],
)
def test_a_table_that_is_not_one_to_one_is_refused(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "map.csv").write_text(f"from,to\n{row}\n", encoding="utf-8")
    with pytest.raises(BadPackage, match=said):
        read_map(tmp_path / "map.csv")


def test_an_update_says_what_changes(tmp_path: Path, folder: Path) -> None:
    install(tmp_path, packed(folder))
    old = load_manifest(tmp_path / "topics" / "tourism")
    edit(folder, 'definition = "过夜游客"', 'definition = "过夜和一日游客"')
    package = next_version(folder, "1.1.0")
    home = around()
    here = type(home)((old,), home.regions, home.organisations)
    changes = prepare(package, Shelf(tmp_path), here, {}).changes
    assert changes[0] == "升级 tourism(文化旅游):1.0.0 → 1.1.0"
    assert "修改指标 tourism.visitors(接待游客 当月):口径(前后不可比)" in changes


def test_a_rollback_restores_the_files_of_before(tmp_path: Path, folder: Path) -> None:
    first = install(tmp_path, packed(folder))
    before = (first / "topic.toml").read_bytes()
    install(tmp_path, next_version(folder, "1.1.0"))
    assert version_of(tmp_path) == "1.1.0"
    shelf = Shelf(tmp_path)
    shelf.switch(shelf.find("tourism", None))
    assert (tmp_path / "topics" / "tourism" / "topic.toml").read_bytes() == before
    with pytest.raises(BadPackage, match=r"没有可退回的版本 9\.0\.0"):
        shelf.find("tourism", "9.0.0")


def test_only_the_last_versions_are_kept_and_the_one_in_use(tmp_path: Path, folder: Path) -> None:
    install(tmp_path, packed(folder))
    for n in range(1, KEPT + 2):
        install(tmp_path, next_version(folder, f"1.{n}.0"))
    kept = Shelf(tmp_path).versions("tourism")
    assert [one.version for one in kept] == [f"1.{n}.0" for n in range(2, KEPT + 2)]
    assert [one.version for one in kept if one.current] == [f"1.{KEPT + 1}.0"]


def test_a_folder_made_by_hand_is_kept_when_a_package_takes_its_place(
    tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "topics").mkdir()
    os.rename(folder, tmp_path / "topics" / "tourism")
    package = packed(tmp_path / "topics" / "tourism")
    install(tmp_path, package)
    assert (tmp_path / "topics" / "tourism").is_symlink()
    assert {one.digest == "local" for one in Shelf(tmp_path).versions("tourism")} == {True, False}


def test_a_removed_topic_can_be_taken_back_unless_purged(tmp_path: Path, folder: Path) -> None:
    install(tmp_path, packed(folder))
    shelf = Shelf(tmp_path)
    shelf.remove("tourism", purge=False)
    assert not shelf.is_installed("tourism")
    shelf.switch(shelf.find("tourism", None))
    assert version_of(tmp_path) == "1.0.0"
    shelf.remove("tourism", purge=True)
    assert shelf.versions("tourism") == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from topics.kit.packages import shelf as module
home, staged, at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
calls = 0
def watched(event, arguments):
    global calls
    if event in ("os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "os.utime"):
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watched)
module.Shelf(home).install(staged, "tourism", "1.1.0")
print(calls)
"""


@pytest.mark.parametrize("by_hand", [False, True])
def test_an_installation_killed_at_any_step_leaves_the_old_or_the_new_version_whole(
    tmp_path: Path, folder: Path, *, by_hand: bool
) -> None:
    old, new = packed(folder), next_version(folder, "1.1.0")
    steps, ended, seen = 0, False, set()
    while not ended:
        steps += 1
        home = tmp_path / f"home{steps}"
        shelf = Shelf(home)
        if by_hand:
            staged = shelf.stage("tourism", old.files)
            os.rename(staged, home / "topics" / "tourism")
        else:
            install(home, old)
        staged = shelf.stage("tourism", new.files)
        command = [sys.executable, "-c", _KILLED, str(home), str(staged), str(steps)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        ended = done.returncode == 0
        assert ended or done.returncode == -signal.SIGKILL, done.stderr
        seen.add(version_of(home))
        catalogue, _ = load_topics(home / "topics", (), SHAOGUAN, shipped=tmp_path / "none")
        assert [one.id for one in catalogue.topics] == ["tourism"]
        assert catalogue.left_out == ()
        with Shelf(home).alone():
            assert not list((home / "topics").glob(".staging/*"))
        install(home, new)
        assert version_of(home) == "1.1.0"
    assert steps > 3
    assert seen == {"1.0.0", "1.1.0"}
