"""The values of reporting. A filing is one form for one period; its cells are kept as typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from topics.kit.contracts import Period, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_reports import ReportSpec
from topics.kit.reporting.machine import State


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a cell stands: which indicator of which region."""

    indicator: str
    region: str

    def __str__(self) -> str:
        """Return the form used in JSON and addresses."""
        return f"{self.indicator}|{self.region}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read "indicator|region"; None for anything else."""
        indicator, bar, region = text.partition("|")
        return cls(indicator, region) if bar and indicator and region else None


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: the text as typed, why it deviates, and who wrote it when."""

    text: str = ""
    note: str = ""
    by: str = ""
    at: str = ""

    def same(self, other: Cell | None) -> bool:
        """Whether both say the same, whoever wrote it."""
        other = other or Cell()
        return (self.text, self.note) == (other.text, other.note)


Cells = Mapping[Place, Cell]


@dataclass(frozen=True, slots=True)
class Form:
    """A form for one period: its rows and columns as they are valid then, and when it is due."""

    spec: ReportSpec
    topic: str
    period: Period
    rows: tuple[Region, ...]
    columns: tuple[IndicatorSpec, ...]
    opens_at: datetime
    due_at: datetime

    def places(self) -> tuple[Place, ...]:
        """Every cell, row by row."""
        return tuple(Place(c.id, r.code) for r in self.rows for c in self.columns)


@dataclass(frozen=True, slots=True)
class Filing:
    """What was made of a form: `revision` rises with every change, so nobody overwrites another.

    `accepted` are the cells that count; `writers` are those whose numbers stand in `cells` since
    the last acceptance: none of them may review.
    """

    id: str
    form: str
    period: Period
    state: State = State.PENDING
    revision: int = 0
    cells: Cells = field(default_factory=dict)
    accepted: Cells | None = None
    writers: tuple[str, ...] = ()
    saved_by: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a filing; `cells` is what was handed in or accepted then."""

    filing: str
    at: datetime
    by: str
    action: str
    from_state: State
    to_state: State
    note: str = ""
    cells: Cells | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
