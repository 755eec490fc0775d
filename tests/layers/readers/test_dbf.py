"""The encoding of a .dbf: what .cpg and language driver say is weighed against the content."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import dbf
from layers.readers.encoding import Encoding
from tests.layers.readers.places import SIMPLIFIED, TRADITIONAL

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def table(path: Path, cells: list[bytes], *, driver: int = 0, width: int = 24) -> Path:
    """A .dbf with one text column."""
    head = struct.pack("<B3xIHH17xBxx", 3, len(cells), 65, width + 1, driver)
    field = b"NAME".ljust(11, b"\x00") + b"C" + bytes(4) + bytes((width, 0)) + bytes(14)
    rows = b"".join(b" " + cell[:width].ljust(width) for cell in cells)
    path.write_bytes(head + field + b"\r" + rows + b"\x1a")
    return path


def found(path: Path, *, cpg: str = "", wanted: str = "auto") -> Encoding:
    return dbf.encoding_found(path, file="表.zip", cpg=cpg, wanted=wanted)


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return table(tmp_path / "one.dbf", [name.encode("gbk") for name in SIMPLIFIED])


def test_content_decides_without_a_declaration(one: Path) -> None:
    encoding = found(one)
    assert encoding.codec == "gb18030"
    assert encoding.evidence.startswith("没有可用的编码声明;按 ")


@pytest.mark.parametrize("cpg", ["UTF-8", "BIG5", "950"])
def test_a_lying_cpg_gives_way_to_the_content(one: Path, cpg: str) -> None:
    encoding = found(one, cpg=cpg)
    assert encoding.codec == "gb18030"
    assert ".cpg 声明" in encoding.evidence


def test_a_cpg_of_gbk_on_utf8_text_gives_way(tmp_path: Path) -> None:
    path = table(tmp_path / "a.dbf", [name.encode() for name in SIMPLIFIED])
    assert found(path, cpg="GBK").codec == "utf-8"


def test_a_cpg_of_gbk_gives_way_also_where_gbk_reads_everything(tmp_path: Path) -> None:
    names = ["新街口站", "南门大桥"]  # garbled, without a failure, by GBK
    path = table(tmp_path / "a.dbf", [name.encode() for name in names])
    encoding = found(path, cpg="GBK")
    assert encoding.codec == "utf-8"
    assert ".cpg 声明编码为 GB18030,内容却不像" in encoding.evidence


@pytest.mark.parametrize("cpg", ["<html>404</html>", "utf-8+gb18030", "\x00"])
def test_a_cpg_that_names_no_encoding_says_nothing(one: Path, cpg: str) -> None:
    assert found(one, cpg=cpg).evidence.startswith("没有可用的编码声明")


def test_the_language_driver_settles_what_content_leaves_open(tmp_path: Path) -> None:
    cell = "碧".encode("gbk")
    with pytest.raises(NeedsAnswer, match="分不清"):
        found(table(tmp_path / "a.dbf", [cell]))
    assert found(table(tmp_path / "b.dbf", [cell], driver=0x4D)).codec == "gb18030"
    assert found(table(tmp_path / "c.dbf", [cell], driver=0x4F)).codec == "cp950"


def test_a_character_cut_off_by_the_width_is_no_failure(tmp_path: Path) -> None:
    path = table(tmp_path / "a.dbf", ["韶关市武江区惠民街道".encode("gbk")], width=11)
    assert found(path).codec == "gb18030"


def test_half_a_character_before_blanks_is_a_failure(tmp_path: Path) -> None:
    path = table(tmp_path / "a.dbf", ["Ñandú".encode("cp1252")])
    with pytest.raises(NeedsAnswer, match="认不出") as asked:
        found(path)
    assert asked.value.question is not None
    first = asked.value.question.options[0]
    assert (first.value, "Ñandú" in first.detail) == ("cp1252", True)
    assert found(path, wanted="cp1252").codec == "cp1252"


def test_text_far_down_counts_too(tmp_path: Path) -> None:
    cells = [b"x"] * 200_000 + ["马坝镇".encode("gbk")]
    assert found(table(tmp_path / "a.dbf", cells)).codec == "gb18030"


def test_utf16_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = table(tmp_path / "a.dbf", ["A马坝B".encode("utf-16-le")])
    with pytest.raises(UnreadableFile, match=r"UTF-16.*另存为编码 UTF-8"):
        found(path)


def test_padding_with_zeros_is_not_utf16(tmp_path: Path) -> None:
    assert found(table(tmp_path / "a.dbf", ["武江区".encode("gbk").ljust(24, b"\0")])).codec


def test_damage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.dbf"
    path.write_bytes(b"\x03")
    with pytest.raises(UnreadableFile, match="已损坏"):
        found(path)


def test_what_its_owner_says_is_checked(one: Path) -> None:
    assert found(one, wanted="gbk").evidence == "编码由导入者指定"
    with pytest.raises(UnreadableFile, match=r"UTF-8 读不通 \.dbf"):
        found(one, wanted="utf-8")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    st.lists(st.sampled_from(SIMPLIFIED), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "gbk"]),
    st.sampled_from(["", "UTF-8", "GBK", "936", "BIG5"]),
    st.sampled_from([0, 0x57, 0x4D, 0x4F]),
)
def test_simplified_text_is_read_or_asked_whatever_is_declared(
    tmp_path: Path, names: list[str], codec: str, cpg: str, driver: int
) -> None:
    path = table(tmp_path / "a.dbf", [name.encode(codec) for name in names], driver=driver)
    try:
        encoding = found(path, cpg=cpg)
    except NeedsAnswer:
        return
    assert encoding.decode(names[0].encode(codec)) == names[0]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.lists(st.sampled_from(TRADITIONAL), min_size=1, max_size=6))
def test_big5_text_is_read_or_asked(tmp_path: Path, names: list[str]) -> None:
    path = table(tmp_path / "a.dbf", [name.encode("cp950") for name in names])
    try:
        encoding = found(path)
    except NeedsAnswer:
        return
    assert encoding.decode(names[0].encode("cp950")) == names[0]


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "messy").exists(), reason="旁边没有 shared/data/messy")
@pytest.mark.parametrize(
    ("file", "codec", "sample"),
    [
        ("gdal_shp/chinese.dbf", "gb18030", "中国"),
        ("geotools/chinese_poly.dbf", "gb18030", "黑龙江省"),
        ("mapshaper/dbf/big5.dbf", "cp950", "繁體國語"),
        ("mapshaper/dbf/gb2312.dbf", "gb18030", "简体国语"),
        ("mapshaper/dbf/gbk.dbf", "gb18030", "简体国语"),
        ("mapshaper/dbf/utf8.dbf", "utf-8", "国语國語"),
        ("mapshaper/ldid/chinese.dbf", "gb18030", "简体"),
    ],
)
def test_real_tables_are_read_right(file: str, codec: str, sample: str) -> None:
    encoding = found(SHARED / "messy" / file)
    assert encoding.codec == codec
    assert encoding.found is not None
    assert encoding.found.candidates[0][2] == sample
