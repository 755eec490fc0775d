"""What a new topic consists of before it is a folder: a title, indicators, some values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from topics.kit.contracts import PeriodKind

RHYTHM: Mapping[PeriodKind, tuple[str, str]] = {
    PeriodKind.INSTANT: ("1h", "3h"),
    PeriodKind.HOUR: ("1h", "3h"),
    PeriodKind.DAY: ("1d", "2d"),
    PeriodKind.MONTH: ("1mo", "45d"),
    PeriodKind.CUMULATIVE: ("1mo", "45d"),
    PeriodKind.QUARTER: ("1q", "60d"),
    PeriodKind.END: ("1mo", "45d"),
    PeriodKind.YEAR: ("1y", "200d"),
}
"""How often a kind of period comes, and how long after its end a value is still in time."""

REGION, NAME, PERIOD = "区划代码", "县(市、区)", "期"
"""The first columns of every data sheet; the name is for people and is not read."""


@dataclass(frozen=True, slots=True)
class IndicatorDraft:
    """One indicator as a topic owner describes it."""

    id: str  # with the topic's
    title: str
    definition: str
    unit: str
    kind: PeriodKind
    owner: str
    source: str = "月报"
    levels: tuple[str, ...] = ("city", "county")
    direction: str = "none"
    precision: int = 1
    warn: float | None = None
    bad: float | None = None
    classification: str = "公开"

    @property
    def column(self) -> str:
        """The column of the data sheet that holds it."""
        return "".join(self.title.split())


@dataclass(frozen=True, slots=True)
class Line:
    """One row of sample data: region, period as written, value by column."""

    region: str
    name: str
    period: str
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic to be written; `regions` are code and name of the rows of the empty template."""

    id: str
    title: str
    owner: str
    indicators: tuple[IndicatorDraft, ...]
    lines: tuple[Line, ...]
    regions: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())


def example(topic: str, title: str, owner: str, regions: tuple[tuple[str, str], ...]) -> TopicDraft:
    """The draft that `tonglan topics new` starts with: two monthly indicators, two months."""
    month = PeriodKind.MONTH
    own = (
        IndicatorDraft(
            f"{topic}.total",
            "示例数量 当月",
            "写清口径:统计什么、怎么算、不含什么",
            "件",
            month,
            owner,
            precision=0,
        ),
        IndicatorDraft(
            f"{topic}.rate",
            "示例比率 当月",
            "分子 ÷ 分母 × 100;写清分子、分母各是什么",
            "%",
            month,
            owner,
            direction="higher",
            warn=90,
            bad=80,
        ),
    )
    a, b = (one.column for one in own)
    lines = tuple(
        Line(code, name, period, {a: 100 + 10 * n + m, b: 92.5 - n})
        for m, period in enumerate(("2026-09", "2026-10"))
        for n, (code, name) in enumerate(regions[:4])
    )
    return TopicDraft(topic, title, owner, own, lines, regions)
