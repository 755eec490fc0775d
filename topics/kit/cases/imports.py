"""A table of cases taken in: every good row is a case, every other row is named with its fix.

The same row handed in again makes no second case: its own number, else its content, is its
reference. What was taken before a failure stays; handing the file in again goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from topics.kit.cases.intake.rows import Ground, Refused, Taken
from topics.kit.cases.intake.tables import read_cases
from topics.kit.cases.service import Cases
from topics.kit.errors import TopicError

_BATCH = 200
_NOTHING = "改正后重新导入这一行"

Tell = Callable[[int, int], bool]
"""Told (rows done, rows in all); False asks to stop."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a table; `refused` rows in the order of the table."""

    accepted: int
    repeated: int
    refused: tuple[Refused, ...]
    cases: tuple[str, ...]
    stopped: bool = False

    def json(self) -> dict[str, Any]:
        """As it is kept and as the command tells it: every refused row."""
        return {
            "accepted": self.accepted,
            "repeated": self.repeated,
            "refused": len(self.refused),
            "rows": [asdict(one) for one in self.refused],
            "stopped": self.stopped,
        }


def import_cases(
    cases: Cases,
    name: str,
    content: bytes,
    ground: Ground,
    tell: Tell = lambda done, of: True,
) -> Imported:
    """Take in the rows of a CSV or Excel file; BadCaseTable or UnreadableTable without a table."""
    taken, refused = read_cases(name, content, ground)
    return take_reports(cases, taken, refused, ground.now, tell)


def take_reports(
    cases: Cases,
    taken: Sequence[Taken],
    refused: Sequence[Refused],
    now: datetime,
    tell: Tell = lambda done, of: True,
) -> Imported:
    """Report them, in transactions of two hundred."""
    wrong = list(refused)
    made: list[str] = []
    repeated = 0
    stopped = False
    for start in range(0, len(taken), _BATCH):
        if not tell(start, len(taken)):
            stopped = True
            break
        batch = taken[start : start + _BATCH]
        with cases.store.writing() as transaction:
            known = _known(cases, batch, transaction)
            for one in batch:
                if (one.report.source, one.report.reference) in known:
                    repeated += 1
                    continue
                try:
                    done = cases.report(one.report, now=now, connection=transaction)
                except TopicError as said:
                    wrong.append(Refused(one.row, "整行", str(said), _NOTHING))
                    continue
                if done.new:
                    made.append(done.case.id)
                else:
                    repeated += 1
    wrong.sort(key=lambda one: one.row)
    return Imported(len(made), repeated, tuple(wrong), tuple(made), stopped)


def _known(cases: Cases, batch: Sequence[Taken], transaction: Any) -> set[tuple[str, str | None]]:
    """(source, reference) of the rows that are cases already, asked once for all of them."""
    references: dict[str, list[str]] = {}
    for one in batch:
        if one.report.reference is not None:
            references.setdefault(one.report.source, []).append(one.report.reference)
    return {
        (source, name)
        for source, names in references.items()
        for name in cases.store.known(source, names, transaction)
    }
