"""Where a list goes on: the `next` of an answer, which a client brings back unread."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.errors import BadRequest

NOT_OURS = "next 不是上一次回答里的 next;请原样带回,或去掉它从头取"
HEX_ID, NUMBER = re.compile(r"[0-9a-f]{16}"), re.compile(r"[0-9]{1,18}")
_MARK = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})Z-(\w{1,18})")


def mark_after(at: datetime, item: str | int) -> str:
    """The `next` of a list by moment and id that ends with this item."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z-{item}"


def read_mark(text: str | None, ids: re.Pattern[str]) -> tuple[datetime, str] | None:
    """What `mark_after` wrote, of items with such ids; BadRequest for anything else."""
    if not text:
        return None
    found = _MARK.fullmatch(text)
    try:
        if found is None or not ids.fullmatch(found[2]):
            raise ValueError(text)
        return datetime.fromisoformat(f"{found[1]}+00:00"), found[2]
    except ValueError as wrong:
        raise BadRequest(NOT_OURS) from wrong


def read_position(text: str | None) -> int:
    """How many items came before, 0 at the beginning; BadRequest for anything but that number."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadRequest(NOT_OURS)
    return int(text)
