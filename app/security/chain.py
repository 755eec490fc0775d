"""The hash chain of the audit trail: pure functions over records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from app.errors import AuditBroken
from app.security.people import Anchor, AuditEvent, AuditRecord

START = "0" * 64
"""What stands as the previous hash of the first row."""


def link(event: AuditEvent, *, seq: int, at: datetime, previous_hash: str) -> AuditRecord:
    """The record that follows the row with `previous_hash`; `at` is cut to microseconds in UTC."""
    fields = {
        "seq": seq,
        "at": at.astimezone(UTC),
        "actor": _clean(event.actor),
        "action": _clean(event.action),
        "object": _clean(event.object),
        "outcome": _clean(event.outcome),
        "address": _clean(event.address),
        "detail": _clean(canonical(event.detail)),
        "previous_hash": previous_hash,
    }
    return AuditRecord(**fields, hash=_digest(fields))  # type: ignore[arg-type]


def check(records: Iterable[AuditRecord], anchor: Anchor | None) -> Anchor:
    """Walk the whole chain; return its length and last hash, or raise AuditBroken at a fault.

    Finds changed, removed, inserted and re-ordered rows by the chain itself, and rows missing from
    its end by the anchor.
    """
    end = Anchor(0, START)
    met = anchor is None or anchor.count == 0
    for record in records:
        _follows(record, end)
        end = Anchor(record.seq, record.hash)
        if anchor is not None and record.seq == anchor.count:
            met = record.hash == anchor.hash
            if not met:
                raise AuditBroken(
                    f"审计记录第 {record.seq} 条与锚点不符:整条链可能被重写;"
                    "请保留现场,从备份恢复数据库后再核验"
                )
    if not met and anchor is not None:
        raise AuditBroken(
            f"审计记录只有 {end.count} 条,锚点记有 {anchor.count} 条:末尾 "
            f"{anchor.count - end.count} 条被删除;请保留现场,从备份恢复数据库后再核验"
        )
    return end


def canonical(detail: Mapping[str, object]) -> str:
    """One text for equal details: sorted keys, no spaces."""
    return json.dumps(
        detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )


def _follows(record: AuditRecord, end: Anchor) -> None:
    if record.seq != end.count + 1:
        raise AuditBroken(
            f"审计记录第 {end.count} 条之后是第 {record.seq} 条:中间有记录被删除或插入;"
            "请保留现场,从备份恢复数据库后再核验"
        )
    fields = {name: getattr(record, name) for name in AuditRecord.__slots__ if name != "hash"}
    if record.previous_hash != end.hash or record.hash != _digest(fields):
        raise AuditBroken(
            f"审计记录第 {record.seq} 条被改动或换过位置;请保留现场,从备份恢复数据库后再核验"
        )


def _digest(fields: Mapping[str, object]) -> str:
    at = fields["at"]
    assert isinstance(at, datetime)
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(
        {**fields, "at": moment}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _clean(text: str) -> str:
    # PostgreSQL stores neither NUL nor half a surrogate pair, and what is hashed must be stored.
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
