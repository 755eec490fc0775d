"""Which encoding a text is in, with the reason; never a guess that loses characters."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from layers.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHOWN = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030"}
_SHOWN |= {"gbk": "GBK", "big5": "Big5", "cp950": "Big5"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding under Python's name, and why it was taken."""

    codec: str
    evidence: str

    @property
    def shown(self) -> str:
        """The name people use."""
        return _SHOWN.get(self.codec, self.codec)


def named(name: str) -> str:
    """Python's name of an encoding; raises UnreadableFile for one it does not know."""
    wanted = name.strip().lower()
    wanted = {"936": "gb18030", "cp936": "gb18030", "gb2312": "gb18030", "gbk": "gb18030"}.get(
        wanted, wanted
    )
    if wanted.isdigit():
        wanted = {"65001": "utf-8", "950": "cp950"}.get(wanted, f"cp{wanted}")
    try:
        return codecs.lookup(wanted.removeprefix("ansi ")).name
    except LookupError as wrong:
        raise UnreadableFile(
            f"不认识的编码 {name};可写 --encoding auto、utf-8、gbk、gb18030、utf-16 或 big5"
        ) from wrong


def decide(content: bytes, wanted: str, file: str) -> Encoding:
    """The encoding of a whole text; `wanted` is auto or what its owner said."""
    if wanted.lower() != "auto":
        return _as_told(content, named(wanted), file)
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return _marked(content, codec, file)
    if decodes(content, "utf-8"):
        return Encoding("utf-8", "内容符合 UTF-8")
    if decodes(content, "gb18030"):
        return Encoding("gb18030", "内容不是 UTF-8,符合 GB18030(GBK)")
    raise UnreadableFile(
        f"{file}:认不出文字编码(既不是 UTF-8 也不是 GBK);请用 --encoding 指明,"
        "或在 Excel 中另存为“CSV UTF-8”"
    )


def decodes(content: bytes, codec: str) -> bool:
    """Whether every byte has a meaning in `codec`."""
    try:
        content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _as_told(content: bytes, codec: str, file: str) -> Encoding:
    if codec == "utf-8" and content.startswith(codecs.BOM_UTF8):
        codec = "utf-8-sig"
    try:
        content.decode(codec)
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise _unfit(codec, file, f"(第 {line} 行)") from wrong
    if codec.startswith("utf-16") and b"\x00" not in content[:4096]:
        raise _unfit(codec, file, "")  # any even number of bytes passes as UTF-16
    return Encoding(codec, "编码由导入者指定")


def _unfit(codec: str, file: str, where: str) -> UnreadableFile:
    return UnreadableFile(
        f"{file}:按指定的编码 {_SHOWN.get(codec, codec)} 读不通{where};"
        "请去掉 --encoding 让系统判断,或改用正确的编码"
    )


def _marked(content: bytes, codec: str, file: str) -> Encoding:
    if not decodes(content, codec):
        raise UnreadableFile(
            f"{file}:开头标明是 {_SHOWN[codec]},内容却不是,文件可能被截断或拼接;请重新导出"
        )
    return Encoding(codec, f"开头有 {_SHOWN[codec]} 的 BOM 标记")
