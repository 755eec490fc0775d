"""Files of indicator values: CSV (UTF-8 or GBK), a JSON list, or one JSON object a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import orjson

from app.api.observation_rows import Row, rows_of
from app.errors import BadRequest

COLUMNS = (
    "indicator",
    "region",
    "period",
    "period_kind",
    "value",
    "status",
    "unit",
    "recorded_at",
    "source",
    "freshness",
)

Writer = Callable[[Sequence[Mapping[str, Any]]], None]


def read_rows(file: Path) -> list[Row]:
    """The rows of a file; BadRequest names the file and what is wrong with it."""
    try:
        raw = file.read_bytes()
    except OSError as wrong:
        raise BadRequest(f"{file}:读不到({wrong.strerror});请检查路径和权限") from wrong
    if file.suffix.lower() == ".json":
        return rows_of(raw)
    if file.suffix.lower() in (".jsonl", ".ndjson"):
        return rows_of(b"[" + b",".join(raw.strip().splitlines()) + b"]")
    return _csv_rows(file, _text(file, raw))


@contextmanager
def write_rows(file: Path | None, otherwise: TextIO) -> Iterator[Writer]:
    """Gives a function that writes rows to `file`, in its form, or as CSV to `otherwise`."""
    with ExitStack() as stack:
        if file is None:
            target = otherwise
        else:
            # The mark at the start lets spreadsheet programs read the Chinese.
            plain = file.suffix.lower() in (".jsonl", ".ndjson")
            encoding = "utf-8" if plain else "utf-8-sig"
            target = stack.enter_context(_opened(file, encoding))
            if plain:
                yield lambda rows: target.writelines(_line(one) for one in rows)
                return
        writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
        writer.writeheader()
        yield writer.writerows


def _opened(file: Path, encoding: str) -> TextIO:
    try:
        return file.open("w", encoding=encoding, newline="")
    except OSError as wrong:
        raise BadRequest(f"{file}:写不了({wrong.strerror});请检查路径和权限") from wrong


def _line(row: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(row)).decode() + "\n"


def _text(file: Path, raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRequest(f"{file}:既不是 UTF-8 也不是 GBK 文字;请另存为 CSV UTF-8")


def _csv_rows(file: Path, text: str) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text))
    missing = [one for one in COLUMNS[:3] if one not in (reader.fieldnames or ())]
    if missing or "value" not in (reader.fieldnames or ()):
        raise BadRequest(f"{file}:首行要有 indicator、region、period、value 四列")
    rows = [_typed(row) for row in reader]
    if not rows:
        raise BadRequest(f"{file}:没有数据行")
    return rows


def _typed(row: Mapping[str | None, Any]) -> Row:
    """A CSV row as JSON would have said it: numbers as numbers, empty cells absent."""
    given = {str(key): value for key, value in row.items() if value not in ("", None)}
    try:
        given["value"] = float(given["value"])
    except KeyError:
        given["value"] = None
    except ValueError:
        pass  # left as text: the row is refused with its number
    return given
