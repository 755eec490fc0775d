"""The tables of messages, and how their rows become messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from layers.contracts import Classification
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Notice, NoticeState

_UTC = sa.DateTime(timezone=True)

NOTICE = sa.table(
    "notice",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.Text),
    sa.column("receiver", sa.Text),
    sa.column("title", sa.Text),
    sa.column("text", sa.Text),
    sa.column("level", sa.Text),
    sa.column("link", sa.Text),
    sa.column("drill", sa.Boolean),
    sa.column("urgent", sa.Boolean),
    sa.column("data", JSONB),
    sa.column("created_at", _UTC),
    sa.column("state", sa.Text),
    sa.column("attempts", sa.Integer),
    sa.column("next_at", _UTC),
    sa.column("claimed_by", sa.Text),
    sa.column("claimed_until", _UTC),
    sa.column("ended_at", _UTC),
    sa.column("said", sa.Text),
    sa.column("address", sa.Text),
)
ATTEMPT = sa.table(
    "notice_attempt",
    sa.column("id", sa.BigInteger),
    sa.column("notice", sa.BigInteger),
    sa.column("at", _UTC),
    sa.column("took", sa.Interval),
    sa.column("ok", sa.Boolean),
    sa.column("target", sa.Text),
    sa.column("answer", sa.Text),
)

# One statement for however many: one row a parameter would end at 4,000 messages.
_SENT = {
    "key": "text", "receiver": "text", "title": "text", "text": "text", "level": "text",
    "link": "text", "drill": "boolean", "urgent": "boolean", "data": "jsonb",
    "created_at": "timestamptz", "state": "text", "next_at": "timestamptz",
    "ended_at": "timestamptz", "said": "text", "address": "text",
}  # fmt: skip
SEND = sa.text(
    f"INSERT INTO notice ({', '.join(_SENT)}) SELECT {', '.join(_SENT)}"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    f" AS r({', '.join(f'{name} {kind}' for name, kind in _SENT.items())})"
    " ON CONFLICT (key, receiver) DO NOTHING RETURNING id"
)
COUNTED = sa.text(
    "SELECT state, about, count(*) FROM (SELECT state, (data->'about') - 'brief' AS about"
    " FROM notice) AS each GROUP BY state, about"
)
"""How many stand where, by topic and class of what they tell about."""


_ABOUT = "about"
"""Where a row's data keeps the topic and class of what the message tells about."""


def notice_row(one: Message, now: datetime) -> dict[str, Any]:
    """The row of a message that is new."""
    state = NoticeState.DRILL if one.drill else NoticeState.WAITING
    return {
        "key": one.key,
        "receiver": one.receiver,
        "title": one.title,
        "text": one.text,
        "level": one.level,
        "link": one.link,
        "drill": one.drill,
        "urgent": one.urgent,
        "data": {**one.data, _ABOUT: _about(one)},
        "created_at": now,
        "state": state.value,
        "next_at": max(one.not_before, now) if one.not_before else now,
        "ended_at": now if one.drill else None,
        "said": "演练未外发" if one.drill else "",
        "address": one.address or None,
    }


def read_notice(row: sa.RowMapping) -> Notice:
    """The message of a row."""
    message = Message(
        key=row["key"],
        receiver=row["receiver"],
        title=row["title"],
        text=row["text"],
        level=row["level"],
        link=row["link"],
        drill=row["drill"],
        urgent=row["urgent"],
        data={name: value for name, value in row["data"].items() if name != _ABOUT},
        address=row["address"] or "",
        **read_about(row["data"].get(_ABOUT) or {}),
    )
    return Notice(
        id=row["id"],
        message=message,
        state=NoticeState(row["state"]),
        created_at=row["created_at"],
        attempts=row["attempts"],
        next_at=row["next_at"],
        said=row["said"],
        ended_at=row["ended_at"],
    )


def _about(one: Message) -> dict[str, str | None]:
    return {"topic": one.topic, "class": one.classification.value, "brief": one.brief}


def read_about(kept: dict[str, str | None]) -> dict[str, Any]:
    """Of what the message tells; one from before this was kept counts as 敏感."""
    known = kept.get("class")
    return {
        "topic": kept.get("topic"),
        "classification": Classification(known) if known else Classification.SENSITIVE,
        "brief": kept.get("brief") or "",
    }
