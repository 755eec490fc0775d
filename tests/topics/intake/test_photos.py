"""Photos are kept as pictures and nothing else; what is no whole picture is refused in words."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.intake.exif_writer import (
    SECRET,
    phone_jpeg,
    phone_png,
    phone_webp,
    picture,
    png_chunk,
)
from topics.kit.cases.photos import LARGEST, clean
from topics.kit.errors import BadPhoto

PHONES = {"jpeg": phone_jpeg, "png": phone_png, "webp": phone_webp}
PLAIN = {"jpeg": "street.jpg", "png": "street.png", "webp": "street.webp"}
TRACES = (SECRET, b"Exif", b"eXIf", b"EXIF", b"xmpmeta", b"XMP ", b"comment")


@pytest.mark.parametrize("kind", PHONES)
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    kept = clean(PHONES[kind]()).content
    assert not [trace for trace in TRACES if trace in kept]


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_the_picture_itself_stays_byte_for_byte(kind: str) -> None:
    assert clean(PHONES[kind]()).content == picture(PLAIN[kind])


def test_a_webp_keeps_its_coded_picture_and_its_size() -> None:
    plain, kept = picture("street.webp"), clean(phone_webp())
    assert plain[plain.index(b"VP8 ") :] in kept.content
    assert (kept.width, kept.height) == (24, 16)


@pytest.mark.parametrize("name", ["street.jpg", "street.png", "street.webp", "lossless.webp"])
def test_a_clean_picture_is_left_as_it_is(name: str) -> None:
    once = clean(picture(name))
    assert (once.width, once.height) == (24, 16)
    assert clean(once.content).content == once.content


@pytest.mark.parametrize("kind", PHONES)
def test_the_position_is_read_before_it_is_taken_out(kind: str) -> None:
    found = clean(PHONES[kind]()).found
    assert found.longitude == pytest.approx(113 + 35 / 60 + 24 / 3600)
    assert found.latitude == pytest.approx(24 + 48 / 60 + 36 / 3600)
    assert found.taken == "2026:11:20 10:22:00"


def test_a_turned_photo_keeps_only_the_word_that_says_so() -> None:
    kept = clean(phone_jpeg(orientation=6))
    assert SECRET not in kept.content
    assert clean(kept.content).found.orientation == 6
    assert not clean(kept.content).found.placed


def test_a_file_hidden_behind_the_picture_is_cut_off() -> None:
    kept = clean(phone_jpeg() + b"PK\x03\x04" + SECRET)
    assert kept.content == picture("street.jpg")
    assert "图像之后的数据" in kept.removed


def test_a_thumbnail_in_the_jfif_head_is_dropped() -> None:
    plain = picture("street.jpg")
    body = plain[6:18] + b"\x02\x01" + b"\x01\x02\x03" * 2
    with_thumb = plain[:2] + struct.pack(">BBH", 0xFF, 0xE0, len(body) + 2) + body + plain[20:]
    assert clean(with_thumb).content == plain


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        ("这是一段文字".encode(), "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是照片"),
        (b"GIF89a" + b"\x00" * 40, "不是照片"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "HEIC"),
        (b"\xff\xd8\xff\xd9", "没有图像数据"),
        (b"\xff\xd8\xff" + b"\x00" * LARGEST, "超过 10 MB"),
    ],
    ids=["empty", "text", "svg", "gif", "heic", "hollow", "large"],
)
def test_what_is_no_photo_is_refused_with_the_fix(content: bytes, said: str) -> None:
    with pytest.raises(BadPhoto, match=said):
        clean(content)


@pytest.mark.parametrize("kind", PHONES)
def test_every_truncation_is_refused(kind: str) -> None:
    whole = PHONES[kind]()
    for length in range(len(whole)):
        with pytest.raises(BadPhoto):
            clean(whole[:length])


def test_a_bomb_by_its_size_is_refused() -> None:
    head = bytearray(picture("street.png"))
    head[8:33] = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0))
    with pytest.raises(BadPhoto, match="60000 × 60000"):
        clean(bytes(head))


def test_a_png_that_unpacks_to_more_than_it_says_is_refused() -> None:
    packed = zlib.compress(b"\x00" * (1 << 24), 9)
    head = picture("street.png")[:33]
    bomb = head + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")
    with pytest.raises(BadPhoto, match="压缩炸弹"):
        clean(bomb)


def test_a_png_with_rows_missing_is_refused() -> None:
    half = zlib.compress(b"\x00" * (8 * (1 + 24 * 4)))
    short = picture("street.png")[:33] + png_chunk(b"IDAT", half) + png_chunk(b"IEND", b"")
    with pytest.raises(BadPhoto, match="不完整"):
        clean(short)


def test_an_interlaced_png_is_counted_by_its_passes() -> None:
    rows = b"".join(
        b"\x00" * (1 + w) * h
        for w, h in ((3, 2), (3, 2), (6, 2), (6, 4), (12, 4), (12, 8), (24, 8))
    )
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 24, 16, 8, 0, 0, 0, 1))
    whole = (
        b"\x89PNG\r\n\x1a\n"
        + head
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )
    assert clean(whole).content == whole


def test_a_damaged_png_chunk_is_refused() -> None:
    damaged = bytearray(picture("street.png"))
    damaged[20] ^= 1
    with pytest.raises(BadPhoto, match="校验值"):
        clean(bytes(damaged))


@settings(max_examples=300)
@given(
    kind=st.sampled_from(sorted(PHONES)),
    changes=st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damaged_photos_are_refused_or_cleaned_but_never_fail(
    kind: str, changes: list[tuple[int, int]]
) -> None:
    damaged = bytearray(PHONES[kind]())
    for at, value in changes:
        damaged[at % len(damaged)] = value
    try:
        kept = clean(bytes(damaged))
    except BadPhoto:
        return
    assert clean(kept.content).content == kept.content
