"""The head of a .dbf and its text, to find out which encoding the text is in."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layers.errors import UnreadableFile
from layers.readers.contracts import EncodingFound
from layers.readers.encoding import SURE, Encoding, ask, chosen, named, plain
from layers.readers.weigh import SHOWN, Tried, confidence, weigh

_MOST_TEXTS = 200_000
_MOST_WEIGHED = 5_000
_BLOCK = 32 << 20
_CHINESE = ("utf-8", "gb18030", "cp950")
# Language driver ids that name an encoding; 0x57 ("ANSI") and 0 name none.
_LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950", 0x03: "cp1252"}
_SAVE_AS = "请在 QGIS 中另存为编码 UTF-8 的 Shapefile,或存为 GeoPackage"


@dataclass(frozen=True, slots=True)
class DbfHead:
    """What a .dbf says of itself, and its text.

    `texts` are field names and cells that are not ASCII, `cut` says which of them fill their field
    and may end within a character. `zeros` says whether cells have zero bytes within the text.
    """

    records: int
    language: str | None
    driver: int
    texts: tuple[bytes, ...]
    cut: tuple[bool, ...]
    zeros: bool = False


def encoding_found(path: Path, *, file: str, cpg: str = "", wanted: str = "auto") -> Encoding:
    """The encoding of the .dbf's text from .cpg, language driver and content.

    `file` is the upload's name for messages, `cpg` the text of the .cpg. Raises UnreadableFile for
    a damaged .dbf or one that cannot be read as told, NeedsAnswer where two encodings fit.
    """
    try:
        head = read_head(path)
    except (ValueError, struct.error) as wrong:
        raise UnreadableFile(
            f"{file}:.dbf 已损坏;文件可能没有打包完整;请用 QGIS 打开检查后重新导出"
        ) from wrong
    declared, where = _declared(cpg, head)
    told = named(wanted) if wanted.lower() != "auto" else None
    _refuse_utf16(file, told or declared, head)
    if told:
        return _as_told(file, head, told)
    if not head.texts:
        return _nothing_wide(declared, where)
    return _by_content(file, head, declared, where)


def read_head(path: Path) -> DbfHead:
    """The head of the .dbf; raises ValueError for something else."""
    with path.open("rb") as handle:
        head = handle.read(32)
        if len(head) < 32:
            raise ValueError("head is cut off")
        records, start, length = struct.unpack("<IHH", head[4:12])
        fields = _fields(handle.read(max(0, start - 32)))
        handle.seek(start)
        found: dict[bytes, bool] = {name: len(name) >= 10 for name, _, _ in fields}
        found = {name: cut for name, cut in found.items() if not name.isascii()}
        zeros = False
        while length > 1 and len(found) < _MOST_TEXTS:
            body = handle.read(max(1, _BLOCK // length) * length)
            if len(body) < length:
                break
            zeros |= _cells(body, fields, length, found)
    language = _LANGUAGES.get(head[29])
    texts, cut = tuple(found), tuple(found.values())
    return DbfHead(records, language, head[29], texts, cut, zeros)


def fits(texts: tuple[bytes, ...], codec: str) -> bool:
    """Whether every text reads in `codec`, but for a character cut off by the field's width."""
    return all(_reads(text, codec, cut=True) for text in texts)


def _reads(text: bytes, codec: str, *, cut: bool) -> bool:
    for left in range(4 if cut else 1):
        try:
            text[: len(text) - left].decode(codec)
        except UnicodeDecodeError as wrong:
            if wrong.start < len(text) - 4:
                return False
        else:
            return True
    return False


def _fields(head: bytes) -> list[tuple[bytes, str, int]]:
    """Name, type and length of each field."""
    fields = []
    for at in range(0, len(head) - 31, 32):
        if head[at] == 0x0D:
            break
        name = head[at : at + 11].split(b"\x00", 1)[0]
        fields.append((name, chr(head[at + 11]), head[at + 16]))
    return fields


def _cells(
    body: bytes, fields: list[tuple[bytes, str, int]], length: int, found: dict[bytes, bool]
) -> bool:
    """Add the cells that are not ASCII to `found`; whether any text has zero bytes within."""
    records = np.frombuffer(body[: len(body) // length * length], dtype=np.uint8)
    table = records.reshape(-1, length)
    zeros, at = False, 1
    for _, kind, width in fields:
        column = table[:, at : at + width]
        at += width
        if kind != "C" or not column.size:
            continue
        wide = np.ascontiguousarray(column[(column > 0x7F).any(axis=1)])
        for cell in {row.tobytes() for row in wide}:
            text = cell.rstrip(b" \x00")
            found[text] = found.get(text, False) or len(text) == width
        # A zero byte before a letter: characters of two bytes, not padding.
        zeros |= bool(((column[:, :-1] == 0) & (column[:, 1:] > 0x20)).any())
    return zeros


def _declared(cpg: str, head: DbfHead) -> tuple[str | None, str]:
    if cpg:
        try:
            codec = named(cpg)
        except UnreadableFile:
            codec = "+"  # a .cpg with something else in it says nothing
        if "+" not in codec:
            return codec, ".cpg "
    return head.language, f".dbf 头(LDID 0x{head.driver:02X})"


def _refuse_utf16(file: str, codec: str | None, head: DbfHead) -> None:
    if head.zeros or (codec or "").startswith(("utf-16", "utf-32")):
        raise UnreadableFile(f"{file}:.dbf 的文字是 UTF-16,这样的属性表读不出内容;{_SAVE_AS}")


def _as_told(file: str, head: DbfHead, codec: str) -> Encoding:
    tried = weigh(head.texts[:_MOST_WEIGHED], _CHINESE, cut=head.cut[:_MOST_WEIGHED])
    shown = SHOWN.get(codec, codec)
    if "+" in codec or not _all_read(head, codec):
        raise UnreadableFile(
            f"{file}:按指定的编码 {shown} 读不通 .dbf;请去掉 --encoding 让系统判断,或改用正确的编码"
        )
    words = "编码由导入者指定"
    candidates = tuple((one.shown, one.failures, one.sample) for one in tried if head.texts)
    return Encoding(codec, words, EncodingFound(shown, 1.0, (words,), candidates))


def _all_read(head: DbfHead, codec: str) -> bool:
    pairs = zip(head.texts, head.cut, strict=True)
    return all(_reads(text, codec, cut=cut) for text, cut in pairs)


def _nothing_wide(declared: str | None, where: str) -> Encoding:
    if not declared:
        return plain()
    shown = SHOWN.get(declared, declared)
    words = f"{where}声明编码为 {shown},属性里只有 ASCII 字符"
    return Encoding(declared, words, EncodingFound(shown, 1.0, (words,)))


def _by_content(file: str, head: DbfHead, declared: str | None, where: str) -> Encoding:
    codecs = dict.fromkeys((*_CHINESE, *([declared] if declared else [])))
    tried = weigh(
        head.texts[:_MOST_WEIGHED],
        tuple(codecs),
        declared=declared,
        cut=head.cut[:_MOST_WEIGHED],
    )
    right = [one for one in tried if not one.failures and _all_read(head, one.codec)]
    if not right:
        western = weigh(head.texts[:_MOST_WEIGHED], ("cp1252",))
        raise ask(file, "认不出 .dbf 的文字编码", [*western, *tried])
    ordered = [*right, *(one for one in tried if one not in right)]
    if confidence(ordered) < SURE:
        raise ask(file, ".dbf 的文字太少,分不清是哪种编码", right)
    return chosen(right[0], ordered, _about(declared, where, right[0], ordered))


def _about(declared: str | None, where: str, best: Tried, tried: list[Tried]) -> tuple[str, ...]:
    """What the declaration is worth, in words."""
    if declared is None:
        return ("没有可用的编码声明",)
    shown = SHOWN.get(declared, declared)
    if declared == best.codec:
        return (f"{where}声明编码为 {shown}",)
    own = next(one for one in tried if one.codec == declared)
    if own.failures:
        return (f"{where}声明的编码 {shown} 读不通内容",)
    return (f"{where}声明编码为 {shown},内容却不像",)
