"""CSV and JSON as rows, in the encodings that bureaus really use."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import orjson

from topics.kit.errors import SourceRefused
from topics.kit.refresh.contracts import Row

_BOM = b"\xef\xbb\xbf"


def decode(raw: bytes, encoding: str, name: str) -> str:
    """The text of `raw`: by its BOM, else as declared, else UTF-8 or GB18030; or SourceRefused."""
    if raw.startswith(_BOM):
        return raw[len(_BOM) :].decode("utf-8", errors="replace")
    for candidate in (encoding, "utf-8", "gb18030"):
        try:
            return raw.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise SourceRefused(f"{name}:文字编码不是 {encoding},也不是 UTF-8 或 GBK;请在来源另存后重试")


def csv_rows(raw: bytes, encoding: str, name: str) -> Sequence[Row]:
    """The rows of a CSV file with a header line."""
    text = decode(raw, encoding, name)
    if "\0" in text[:4096]:
        raise SourceRefused(f"{name}:不是 CSV 文本;请导出为 CSV 后重试")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        header = [(title or "").strip() for title in reader.fieldnames or ()]
        if not any(header):
            raise SourceRefused(f"{name}:文件是空的;请检查来源的导出")
        reader.fieldnames = header
        return [{k: v for k, v in row.items() if k} for row in reader]
    except csv.Error as wrong:
        raise SourceRefused(f"{name}:CSV 第 {reader.line_num} 行读不懂({wrong})") from wrong


def json_rows(raw: bytes, items: str, name: str) -> Sequence[Row]:
    """The list of objects at the dotted path `items`; an empty path is the document itself."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        raise SourceRefused(f"{name}:返回的不是 JSON({wrong});请核对地址和格式") from wrong
    for step in filter(None, items.split(".")):
        if not isinstance(found, Mapping) or step not in found:
            raise SourceRefused(f"{name}:JSON 里没有 {items};请核对 topic.toml 的 items")
        found = found[step]
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise SourceRefused(f"{name}:{items or 'JSON'} 不是对象的列表;请核对 topic.toml 的 items")
    return found
