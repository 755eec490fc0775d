"""How often an overdue 督办 is reminded of: rungs that are data, the last of which is the end.

They are counted from the deadline, and anew from each 退回 that came after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from topics.kit.directives.contracts import Directive
from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows

_COLUMNS = ("after_hours", "to", "urgent", "source", "status")
_TO = frozenset({"unit", "issuer"})


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder: so long after it is overdue, to whom, and whether it may ring at night."""

    after: timedelta
    to: frozenset[str]
    urgent: bool


ONCE = (Rung(timedelta(0), _TO, urgent=True),)
"""Where no table says more."""


def load_ladder(path: Path) -> tuple[Rung, ...]:
    """The rungs of the table, the first one first; BadManifest names row and fix."""
    rungs = []
    for number, row in enumerate(read_rows(path, _COLUMNS), 2):
        to = frozenset(row["to"].split(";"))
        if (
            not row["after_hours"].isdecimal()
            or not to <= _TO
            or row["urgent"] not in ("yes", "no")
        ):
            raise BadManifest(
                f"{path.name} 第 {number} 行:after_hours 写整数小时,to 写 unit、issuer(分号隔开),"
                "urgent 写 yes 或 no"
            )
        rungs.append(Rung(timedelta(hours=int(row["after_hours"])), to, row["urgent"] == "yes"))
    if not rungs or any(a.after >= b.after for a, b in pairwise(rungs)):
        raise BadManifest(f"{path.name}:至少一行,after_hours 从小到大")
    return tuple(rungs)


def reached(one: Directive, now: datetime, ladder: Sequence[Rung]) -> tuple[int, Rung] | None:
    """The highest rung that is reached, with its number; None before the first.

    Rungs that were passed while nobody looked are not told afterwards.
    """
    begins = one.deadline
    if returned := one.data.get("returned_at"):
        begins = max(begins, datetime.fromisoformat(str(returned)))
    found = [(n, rung) for n, rung in enumerate(ladder) if begins + rung.after <= now]
    return found[-1] if found else None
