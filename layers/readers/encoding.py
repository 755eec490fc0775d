"""Which encoding a text is in, with the reason; never a guess that loses characters."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from layers.contracts import Choice, Question
from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers.contracts import EncodingFound
from layers.readers.mixed import by_lines, mixed
from layers.readers.weigh import SHOWN, Tried, confidence, weigh

SURE = 0.95  # below this a person is asked
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ("utf-8", "gb18030", "cp950")
_WINDOWS_PAGES = {"936": "gb18030", "cp936": "gb18030", "gb2312": "gb18030", "gbk": "gb18030"}
_WINDOWS_PAGES |= {"950": "cp950", "big5": "cp950", "65001": "utf-8", "54936": "gb18030"}
_SAMPLE = 1 << 20
_MOST_LINES = 5000


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding under Python's name, why it was taken, and what else was tried."""

    codec: str
    evidence: str
    found: EncodingFound | None = None

    @property
    def shown(self) -> str:
        """The name people use."""
        return SHOWN.get(self.codec, self.codec)

    def decode(self, content: bytes) -> str:
        """The text; raises UnicodeDecodeError where it does not read."""
        return by_lines(content, self.codec) if "+" in self.codec else content.decode(self.codec)


def named(name: str) -> str:
    """Python's name of an encoding; raises UnreadableFile for one it does not know."""
    wanted = name.strip().lower().removeprefix("ansi ")
    if "+" in wanted and wanted in SHOWN:
        return wanted
    wanted = _WINDOWS_PAGES.get(wanted, f"cp{wanted}" if wanted.isdigit() else wanted)
    try:
        found = codecs.lookup(wanted)
        if not found._is_text_encoding:
            raise LookupError(wanted)
        return _WINDOWS_PAGES.get(found.name, found.name)
    except (LookupError, ValueError) as wrong:
        raise UnreadableFile(
            f"不认识的编码 {name};可写 --encoding auto、utf-8、gbk、gb18030、utf-16 或 big5"
        ) from wrong


def decide(content: bytes, wanted: str, file: str) -> Encoding:
    """The encoding of a whole text; `wanted` is auto or what its owner said.

    Raises NeedsAnswer where two encodings read the text about equally well, or each a part of it.
    """
    if wanted.lower() != "auto":
        return _as_told(content, named(wanted), file)
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return _marked(content, codec, file)
    if content.isascii() and b"\x00" not in content[:_SAMPLE]:
        return plain()
    if wide := _without_mark(content):
        return wide
    return _by_content(content, file)


def decodes(content: bytes, codec: str) -> bool:
    """Whether every byte has a meaning in `codec`."""
    try:
        content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def plain() -> Encoding:
    """The encoding of a text that has only ASCII characters."""
    words = "内容只有 ASCII 字符,用哪种编码读都一样"
    return Encoding("utf-8", words, EncodingFound("UTF-8", 1.0, (words,)))


def chosen(best: Tried, tried: Sequence[Tried], reasons: Sequence[str] = ()) -> Encoding:
    """The best of the tried, with evidence in words."""
    words = (*reasons, *words_of(best, tried))
    found = EncodingFound(best.shown, round(confidence(tried), 3), words, listed(tried))
    return Encoding(best.codec, ";".join(words), found)


def words_of(best: Tried, tried: Sequence[Tried]) -> tuple[str, ...]:
    """What speaks for the best: where the others fail, and what it gives."""
    failed = [
        f"按 {one.shown} 解码失败 {one.failures:,} 处"
        for one in tried
        if one.failures and one is not best
    ]
    rival = next((one for one in tried if one is not best and not one.failures), None)
    beside = f",{rival.shown} 得到“{rival.sample}”,不像中文" if rival and rival.sample else ""
    return (*failed, f"{best.shown} 得到“{best.sample}”{beside}")


def listed(tried: Sequence[Tried]) -> tuple[tuple[str, int, str], ...]:
    """The tried as `EncodingFound` has them."""
    return tuple((one.shown, one.failures, one.sample) for one in tried)


def ask(file: str, why: str, tried: Sequence[Tried]) -> NeedsAnswer:
    """The question which of the tried is right, with a sample of each."""
    options = tuple(
        Choice(
            one.codec,
            one.shown,
            f"得到“{one.sample}”" + (f";读不通 {one.failures:,} 处" if one.failures else ""),
        )
        for one in tried
    )
    text = f"{file}:{why};请选择读出来是通顺文字的那一种,或用 --encoding 指明"
    return NeedsAnswer(text, Question("encoding", text, options))


def _as_told(content: bytes, codec: str, file: str) -> Encoding:
    if codec == "utf-8" and content.startswith(codecs.BOM_UTF8):
        codec = "utf-8-sig"
    told = Encoding(codec, "编码由导入者指定")
    try:
        told.decode(content)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise _unfit(codec, file, f"(第 {line} 行)") from wrong
    if codec.startswith("utf-16") and b"\x00" not in content[:4096]:
        raise _unfit(codec, file, "")  # any even number of bytes passes as UTF-16
    tried = weigh(_lines(content), _CHINESE) if not content.isascii() else []
    found = EncodingFound(told.shown, 1.0, (told.evidence,), listed(tried))
    return Encoding(codec, told.evidence, found)


def _unfit(codec: str, file: str, where: str) -> UnreadableFile:
    return UnreadableFile(
        f"{file}:按指定的编码 {SHOWN.get(codec, codec)} 读不通{where};"
        "请去掉 --encoding 让系统判断,或改用正确的编码"
    )


def _marked(content: bytes, codec: str, file: str) -> Encoding:
    if not decodes(content, codec):
        raise UnreadableFile(
            f"{file}:开头标明是 {SHOWN[codec]},内容却不是,文件可能被截断或拼接;请重新导出"
        )
    words = f"开头有 {SHOWN[codec]} 的 BOM 标记"
    return Encoding(codec, words, EncodingFound(SHOWN[codec], 1.0, (words,)))


def utf16_without_mark(content: bytes) -> str | None:
    """The kind of UTF-16 that the text is in: every ASCII character has a zero byte beside it."""
    start = content[: min(_SAMPLE, len(content)) // 2 * 2]
    zeros = start[0::2].count(0), start[1::2].count(0)
    if sum(zeros) < max(2, len(start) // 100):
        return None
    codec, least = ("utf-16-be", zeros[1]) if zeros[0] > zeros[1] else ("utf-16-le", zeros[0])
    return codec if least * 20 <= sum(zeros) and decodes(start, codec) else None


def _without_mark(content: bytes) -> Encoding | None:
    codec = utf16_without_mark(content)
    if codec is None or not decodes(content, codec):
        return None
    words = f"没有 BOM,但零字节成对出现,符合 {SHOWN[codec]}"
    return Encoding(codec, words, EncodingFound(SHOWN[codec], 0.99, (words,)))


def _by_content(content: bytes, file: str) -> Encoding:
    tried = weigh(_lines(content), _CHINESE)
    fits = {codec for codec in _CHINESE if decodes(content, codec)}
    if found := mixed(content, fits):
        text = f"{file}:{found.words}"
        detail = f"每行各用读得通的那种;{found.words}"
        options = (Choice(found.codec, SHOWN[found.codec], detail),)
        way = "请改正这些行后重新导出,或答复逐行判断"
        raise NeedsAnswer(f"{text};{way}", Question("encoding", f"{text};{way}", options))
    right = [one for one in tried if one.codec in fits]
    if not right:
        raise UnreadableFile(
            f"{file}:认不出文字编码(既不是 UTF-8 也不是 GBK、Big5){_where(content, tried[0])};"
            "请用 --encoding 指明,或在 Excel 中另存为“CSV UTF-8”"
        )
    ordered = [*right, *(one for one in tried if one.codec not in fits)]
    if confidence(ordered) < SURE:
        raise ask(file, "文字太少或太特别,分不清是哪种编码", right)
    return chosen(right[0], ordered)


def _where(content: bytes, best: Tried) -> str:
    """Where the likeliest encoding fails first."""
    try:
        content.decode(best.codec)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        return f",按最像的 {best.shown} 读到第 {line} 行读不通"
    return ""


def _lines(content: bytes) -> list[bytes]:
    """Lines that are not ASCII, from the start of the text."""
    found = []
    for line in content[:_SAMPLE].split(b"\n"):
        if not line.isascii():
            found.append(line)
            if len(found) == _MOST_LINES:
                break
    if len(content) > _SAMPLE and found:
        found.pop()  # cut off by the sample's end
    return found or [next((one for one in content.split(b"\n") if not one.isascii()), b"")]
