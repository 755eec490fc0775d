"""What a line chart shows, before any colour or pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

X = str | float  # a local date and time, or a place on a numbered axis


@dataclass(frozen=True, slots=True)
class Dot:
    """One place of a line; `y` None is a gap and stays one. `status` as observations name it."""

    x: X
    y: float | None
    text: str  # what is said when it is pointed at
    status: str = "ok"
    revised: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: `key` is told back when it is pointed at; `label` stands at its right end."""

    key: str
    label: str
    dots: Sequence[Dot]


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line with its words at the right end.

    `kind` is target, warn, bad or the name of a colour token (w3: the limit of a class).

    `span` bounds a target to the year it is for.
    """

    y: float
    text: str
    kind: str
    span: tuple[X, X] | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """One forecast period with its 80 % and 95 % intervals."""

    x: X
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line with words at its top: a changed 口径, or now."""

    x: X
    text: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything a chart of one indicator draws; the first curve is the one it is about."""

    curves: Sequence[Curve]
    ticks: Sequence[tuple[X, str]]
    precision: int = 1
    levels: Sequence[Level] = ()
    ahead: Sequence[Ahead] = ()
    breaks: Sequence[Mark] = ()
    now: X | None = None
    chosen: X | None = None
    late: str = ""  # how late the newest value is, in words; empty: in time
    dated: bool = True
    last_text: str = ""  # the newest value in words, beside its point
    reach: tuple[X, X] | None = None  # the stretch of the axis; None: as far as there is data
    gaps: Sequence[tuple[X, X, str]] = field(default_factory=tuple)  # from, to, what is missing
