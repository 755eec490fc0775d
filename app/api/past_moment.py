"""The `as_of` of an address."""

from __future__ import annotations

from datetime import UTC, datetime

from app.errors import BadRequest
from topics.kit.period_texts import parse_moment


def past_moment(text: str | None) -> datetime | None:
    """The moment an address asks for, None for now; BadRequest where it is still to come."""
    if not text:
        return None
    asked = parse_moment(text)
    if asked > datetime.now(UTC):
        raise BadRequest("as_of 不能晚于现在;去掉它就是最新")
    return asked
