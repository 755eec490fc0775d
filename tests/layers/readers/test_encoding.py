"""Encodings are recognised with reasons, or asked; text is never garbled in silence."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import hanzi
from layers.readers.encoding import decide, named
from tests.layers.readers.places import SIMPLIFIED, TRADITIONAL

COMMON = sorted(hanzi.SIMPLIFIED)
CODECS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")


def table(names: list[str]) -> str:
    return "id,n\n" + "".join(f"{number},{name}\n" for number, name in enumerate(names))


def read_or_asked(text: str, codec: str) -> None:
    content = text.encode(codec)
    try:
        found = [decide(content, "auto", "表.csv")]
    except NeedsAnswer as asked:
        options = asked.question.options if asked.question else ()
        found = [decide(content, one.value, "表.csv") for one in options]
    assert text in {one.decode(content).lstrip("\ufeff") for one in found}


@settings(deadline=None)
@given(st.lists(st.sampled_from(SIMPLIFIED), min_size=1, max_size=12), st.sampled_from(CODECS))
def test_simplified_names_are_read_or_asked_in_every_encoding(names: list[str], codec: str) -> None:
    read_or_asked(table(names), codec)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(TRADITIONAL), min_size=1, max_size=12),
    st.sampled_from(("utf-8", "cp950", "utf-16-le")),
)
def test_traditional_names_are_read_or_asked_in_every_encoding(
    names: list[str], codec: str
) -> None:
    read_or_asked(table(names), codec)


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from(COMMON), min_size=1, max_size=8),
        min_size=3,
        max_size=30,
    )
)
@example(["模", "目", "末"])
def test_any_simplified_characters_in_utf8_are_read_or_asked(names: list[str]) -> None:
    read_or_asked(table(names), "utf-8")


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "utf-16-be"])
def test_every_single_name_is_told_right_or_asked(codec: str) -> None:
    for name in SIMPLIFIED:
        read_or_asked(table([name]), codec)


def test_every_single_traditional_name_is_told_right_or_asked() -> None:
    for name in TRADITIONAL:
        read_or_asked(table([name]), "cp950")


def test_a_usual_table_is_not_asked_about() -> None:
    for codec in ("utf-8", "gbk"):
        assert decide(table(SIMPLIFIED[:4]).encode(codec), "auto", "表.csv").found is not None
    assert decide(table(TRADITIONAL[:4]).encode("cp950"), "auto", "表.csv").codec == "cp950"


def test_the_evidence_counts_failures_and_shows_the_text() -> None:
    found = decide(table(["曲江区 马坝镇"]).encode("gbk"), "auto", "表.csv").found
    assert found is not None
    assert found.shown == "GBK"
    assert found.confidence > 0.95
    assert "GBK 得到“曲江区 马坝镇”" in "".join(found.evidence)
    assert any(one.startswith("按 UTF-8 解码失败 ") for one in found.evidence)
    shown, failures, sample = found.candidates[0]
    assert (shown, failures, sample) == ("GBK", 0, "曲江区 马坝镇")


def test_failures_are_counted_exactly() -> None:
    found = decide("n,站\n1,甲乙\n".encode("gbk") + b"2,x\n", "auto", "表.csv").found
    assert found is not None
    assert {one[0]: one[1] for one in found.candidates}["UTF-8"] == 4  # 站 passes as one letter


def test_letters_with_accents_are_utf8_not_gbk() -> None:
    # The bytes of é are 茅 in GBK.
    assert decide("n\nCafé\n".encode(), "auto", "a.csv").codec == "utf-8"


def test_ascii_alone_is_certain() -> None:
    found = decide(b"a,b\n1,2\n", "auto", "a.csv").found
    assert found is not None
    assert found.confidence == 1.0


def test_too_little_text_is_asked_with_a_sample_of_each() -> None:
    with pytest.raises(NeedsAnswer, match="分不清") as asked:
        decide("n\n碧\n".encode("gbk"), "auto", "表.csv")
    assert asked.value.question is not None
    assert asked.value.question.kind == "encoding"
    assert {one.title for one in asked.value.question.options} == {"GBK", "Big5"}
    assert any("碧" in one.detail for one in asked.value.question.options)


def test_lines_of_two_encodings_are_named_and_read_line_by_line_on_a_yes() -> None:
    text = table(SIMPLIFIED[:6])
    lines = text.splitlines(keepends=True)
    content = b"".join(
        line.encode("utf-8" if number % 2 else "gbk") for number, line in enumerate(lines)
    )
    with pytest.raises(NeedsAnswer, match="第 2、4、6 行是 UTF-8,第 3、5、7 行是 GBK") as asked:
        decide(content, "auto", "表.csv")
    assert asked.value.question is not None
    answer = asked.value.question.options[0].value
    assert decide(content, answer, "表.csv").decode(content) == text


def test_one_damaged_line_is_named() -> None:
    content = table(SIMPLIFIED).encode().replace("马坝镇".encode(), "马坝镇".encode()[:-1])
    with pytest.raises(UnreadableFile, match=r"UTF-8 读到第 18 行"):
        decide(content, "auto", "表.csv")


def test_what_its_owner_says_wins_and_is_checked() -> None:
    content = table(SIMPLIFIED).encode("gbk")
    found = decide(content, "GB2312", "表.csv")
    assert (found.codec, found.evidence) == ("gb18030", "编码由导入者指定")
    with pytest.raises(UnreadableFile, match=r"UTF-8 读不通\(第 2 行\)"):
        decide(content, "utf-8", "表.csv")


@pytest.mark.parametrize(
    ("name", "codec"),
    [("936", "gb18030"), ("ANSI 936", "gb18030"), ("65001", "utf-8"), ("big5", "cp950")],
)
def test_windows_names_are_understood(name: str, codec: str) -> None:
    assert named(name) == codec


@pytest.mark.parametrize("name", ["klingon", "rot13", "base64", "utf-8+rot13", ""])
def test_what_is_no_encoding_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFile, match="不认识的编码"):
        named(name)
