"""CSV and JSON as rows, in the encodings that bureaus really use."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from topics.kit.errors import SourceRefused
from topics.kit.refresh.contracts import BrokenRow, Row

_BOM = b"\xef\xbb\xbf"
_CUT_OFF = "unexpected end of data"  # what the csv module says of a quote that nobody closed
_PAGES = (b"<!doctype", b"<html", b"<head", b"<body", b"<script")


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


def refuse_page(raw: bytes, name: str) -> None:
    """Raise SourceRefused for an HTML page, which a login or an error page looks like."""
    if raw.removeprefix(_BOM).lstrip()[:200].lower().startswith(_PAGES):
        raise SourceRefused(f"{name}:是网页而不是数据(可能要登录或地址不对);请核对地址和令牌")


def csv_rows(raw: bytes, encoding: str, name: str) -> Sequence[Row]:
    """The rows of a CSV file with a header line; a row of another length is a BrokenRow.

    Raises SourceRefused for a file that ends in the middle of a row: its last number may be half.
    """
    text = decode(raw, encoding, name)
    if "\0" in text[:4096]:
        raise SourceRefused(f"{name}:不是 CSV 文本;请导出为 CSV 后重试")
    try:
        return _csv_rows(text, name, strict=True)
    except csv.Error as wrong:
        if str(wrong) == _CUT_OFF:
            raise SourceRefused(
                f"{name}:CSV 不完整(引号没有结束,文件被截断);请让来源重新导出,整份未入库"
            ) from wrong
    try:
        return _csv_rows(text, name, strict=False)
    except csv.Error as wrong:
        raise SourceRefused(f"{name}:CSV 读不懂({wrong});请让来源重新导出") from wrong


def _csv_rows(text: str, name: str, *, strict: bool) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=strict)
    header = [title.strip() for title in next(reader, [])]
    if not any(header):
        raise SourceRefused(f"{name}:文件是空的;请检查来源的导出")
    rows: list[Row] = []
    cells: list[str] = []
    for cells in reader:
        if cells:
            rows.append(_csv_row(header, cells))
    if rows and len(cells) < len(header) and cells and not text.endswith(("\n", "\r")):
        raise SourceRefused(
            f"{name}:CSV 不完整(最后一行只有 {len(cells)} 列,应有 {len(header)} 列,文件被截断);"
            "请让来源重新导出,整份未入库"
        )
    return rows


def _csv_row(header: list[str], cells: list[str]) -> Row:
    row = {title: cell for title, cell in zip(header, cells, strict=False) if title}
    if len(cells) < len(header) and any(header[len(cells) :]):
        return BrokenRow(row, f"只有 {len(cells)} 列,应有 {len(header)} 列;请补齐这一行")
    if any(cell.strip() for cell in cells[len(header) :]):
        return BrokenRow(
            row, f"有 {len(cells)} 列,多于表头的 {len(header)} 列;数字里的逗号要加引号或去掉"
        )
    return row


def json_rows(raw: bytes, items: str, name: str) -> Sequence[Row]:
    """The list of objects at the dotted path `items`; an empty path is the document itself."""
    return rows_at(json_document(raw, name), items, name)


def json_document(raw: bytes, name: str) -> Any:
    """The document; NaN and Infinity, which JSON has not, are read so that their cell is told."""
    try:
        return orjson.loads(raw.removeprefix(_BOM))
    except orjson.JSONDecodeError as wrong:
        if b"NaN" in raw or b"Infinity" in raw:
            try:
                return json.loads(raw.removeprefix(_BOM))
            except (ValueError, RecursionError):
                pass
        raise SourceRefused(f"{name}:返回的不是 JSON({wrong});请核对地址和格式") from wrong


def at_path(document: Any, path: str) -> Any:
    """What stands at a dotted path; None when there is nothing."""
    for step in filter(None, path.split(".")):
        if not isinstance(document, Mapping) or step not in document:
            return None
        document = document[step]
    return document


def rows_at(document: Any, items: str, name: str) -> Sequence[Row]:
    """The list of objects at the dotted path `items` of a document; or SourceRefused."""
    found = at_path(document, items)
    if found is None:
        raise SourceRefused(f"{name}:JSON 里没有 {items or '数据'};请核对 topic.toml 的 items")
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise SourceRefused(f"{name}:{items or 'JSON'} 不是对象的列表;请核对 topic.toml 的 items")
    return found
