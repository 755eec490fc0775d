"""The package file: round trip, the same bytes, and everything that must be refused."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.packages.small_topic import SHAOGUAN, checked, edit, write
from topics.kit.errors import BadPackage
from topics.kit.packages.archive import pack, read_package
from topics.kit.packages.requirements import require


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = write(tmp_path_factory.mktemp("made"))
    return pack(folder, checked(folder), SHAOGUAN, {})


def changed(packed: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return out.getvalue()


def test_what_was_packed_is_read_again_whole(packed: bytes, tmp_path: Path) -> None:
    package = read_package(packed)
    folder = write(tmp_path)
    assert (package.info.id, package.info.version) == ("tourism", "1.0.0")
    assert package.files["topic.toml"] == (folder / "topic.toml").read_bytes()
    assert package.info.regions["440205"] == ("曲江区", "county")


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    folder = write(tmp_path)
    first = pack(folder, checked(folder), SHAOGUAN, {})
    for one in folder.rglob("*"):
        one.touch()
    (folder / ".DS_Store").write_bytes(b"x")
    assert pack(folder, checked(folder), SHAOGUAN, {}) == first


def test_a_topic_that_fails_the_check_is_not_packed(tmp_path: Path) -> None:
    folder = write(tmp_path)
    edit(folder, 'owner = "wgltj"', 'owner = "nobody"')
    with pytest.raises(BadPackage, match="没有打包"):
        pack(folder, checked(folder), SHAOGUAN, {})


def _tampered(files: dict[str, bytes]) -> None:
    files["tourism/spots.csv"] += b"A3,x,440203,1,1,5A\n"


def _added(files: dict[str, bytes]) -> None:
    files["tourism/more.csv"] = b"a\n"


def _dropped(files: dict[str, bytes]) -> None:
    del files["tourism/spots.csv"]


def _outside(files: dict[str, bytes]) -> None:
    files["tourism/../../evil.csv"] = b"a\n"


def _absolute(files: dict[str, bytes]) -> None:
    files["/etc/evil.csv"] = b"a\n"


def _backslash(files: dict[str, bytes]) -> None:
    files["tourism/..\\evil.csv"] = b"a\n"


def _elsewhere(files: dict[str, bytes]) -> None:
    files["water/topic.toml"] = b"a\n"


def _clash(files: dict[str, bytes]) -> None:
    files["tourism/Spots.csv"] = b"a\n"
    told = json.loads(files["package.json"])
    told["files"]["Spots.csv"] = told["files"]["spots.csv"]
    files["package.json"] = json.dumps(told).encode()


def _format(files: dict[str, bytes]) -> None:
    files["package.json"] = files["package.json"].replace(b'"format": 1', b'"format": 2')


def _nonsense(files: dict[str, bytes]) -> None:
    files["package.json"] = b'{"format": 1, "id": ["a"]}'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_tampered, "spots.csv:内容与清单的校验值不同"),
        (_added, "more.csv:清单里没有"),
        (_dropped, "spots.csv:清单里有,包里没有"),
        (_outside, "不是专题文件夹之内的文件名"),
        (_absolute, "不是专题文件夹之内的文件名"),
        (_backslash, "不是专题文件夹之内的文件名"),
        (_elsewhere, "不在 tourism/ 里"),
        (_clash, "只差大小写"),
        (_format, "请先升级程序"),
        (_nonsense, "package.json 读不懂"),
    ],
)
def test_a_package_that_is_unsafe_or_was_changed_is_refused(
    packed: bytes, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    with pytest.raises(BadPackage) as refused:
        read_package(changed(packed, change))
    assert said in str(refused.value)


def test_a_link_in_a_package_is_refused(packed: bytes) -> None:
    out = io.BytesIO(packed)
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("tourism/link.csv")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(BadPackage, match="链接或特殊文件"):
        read_package(out.getvalue())


def test_a_bomb_is_not_unpacked(packed: bytes) -> None:
    out = io.BytesIO(packed)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tourism/zeros.csv", bytes(30 << 20))
    with pytest.raises(BadPackage, match="压缩炸弹"):
        read_package(out.getvalue())


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_refused_in_words(raw: bytes) -> None:
    for one in (raw, b"PK\x03\x04" + raw):
        with pytest.raises(BadPackage):
            read_package(one)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_a_package_damaged_anywhere_is_refused_or_unchanged(
    packed: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(packed) - 1))
    broken = packed[:at] + bytes([packed[at] ^ data.draw(st.integers(1, 255))]) + packed[at + 1 :]
    try:
        found = read_package(broken)
    except BadPackage:
        return
    assert found.files == read_package(packed).files


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('requires = { tonglan = ">=99" }', "需要程序 >=99,本机是 0.1.0;先升级"),
        ('requires = { water = ">=1.0" }', "需要专题 water >=1.0,本机没有;先安装它"),
        ('requires = { grid = ">=2" }', "需要专题 grid >=2,本机是 1.5.0"),
    ],
)
def test_what_a_package_needs_and_is_not_here_is_refused(
    tmp_path: Path, line: str, said: str
) -> None:
    folder = write(tmp_path)
    edit(folder, 'version = "1.0.0"', f'version = "1.0.0"\n{line}')
    info = read_package(pack(folder, checked(folder), SHAOGUAN, {})).info
    with pytest.raises(BadPackage) as refused:
        require(info, program="0.1.0", topics={"grid": "1.5.0"}, shipped=())
    assert said in str(refused.value)


def test_a_package_cannot_take_the_place_of_a_shipped_topic(packed: bytes) -> None:
    info = read_package(packed).info
    require(info, program="0.1.0", topics={}, shipped={"water"})
    with pytest.raises(BadPackage, match="随程序发布"):
        require(info, program="0.1.0", topics={}, shipped={"tourism"})
