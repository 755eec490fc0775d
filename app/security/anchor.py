"""The audit anchor: a small file outside the database that betrays a shortened chain."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from app.errors import AuditBroken
from app.security.people import Anchor


def read_anchor(path: Path) -> Anchor | None:
    """The anchor kept at `path`; None when none was written yet. Raises AuditBroken."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Anchor(count=int(raw["count"]), hash=str(raw["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise AuditBroken(
            f"{path}:审计锚点读不懂;请从备份恢复这个文件,确认无误后也可删除它重新核验"
        ) from wrong


def raise_anchor(path: Path, end: Anchor) -> None:
    """Keep `end` at `path` unless a later one stands there; safe among several processes."""
    with path.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = read_anchor(path)
        if kept is not None and kept.count >= end.count:
            return
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"count": end.count, "hash": end.hash}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
