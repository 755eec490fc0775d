"""How long things may take: stages of the desk and handling by category, as data; and their clocks.

What the standard leaves open is a table that the city may change (data/reference/case_limits.csv,
case_stage_limits.csv; all unverified: pages say 未核实,可改). Where nothing is set, nothing is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from topics.kit.cases.contracts import CategoryKey, Report
from topics.kit.cases.hidden import HIDDEN
from topics.kit.cases.orders import Due
from topics.kit.errors import BadCase, BadManifest, UncoveredYear
from topics.kit.reference_rows import read_rows
from topics.kit.schemes import LIMIT_UNITS, Category, Limit
from topics.kit.worktime.clock import Pause, WorkClock

NO_LIMIT = "未规定时限"
_CONDITIONS = {"立案": "opens", "结案": "closes"}
_LONGEST = 10_000
_STAGES = ("核实", "立案", "派遣", "协调", "核查")


@dataclass(frozen=True, slots=True)
class LocalLimit:
    """What the city says of one category (小类 or 大类) where its scheme says nothing."""

    key: CategoryKey
    limit: Limit
    opens: str
    closes: str
    source: str
    status: str


class CaseClocks:
    """Fulfils `Clocks` of the machine. What a missing calendar year hides is due nowhere, and
    says so; it is never guessed.
    """

    def __init__(
        self,
        work: WorkClock,
        stages: Mapping[str, Limit],
        local: Iterable[LocalLimit],
        category: Callable[[CategoryKey, datetime], Category | None],
    ) -> None:
        """`category` finds what a scheme says of a key on a day."""
        self.work = work
        self.stages = dict(stages)
        self._local = {one.key: one for one in local}
        self._category = category

    def stage(self, name: str, start: datetime) -> Due:
        """The end of a stage begun at `start`; nothing where no limit is set."""
        limit = self.stages.get(name)
        return Due(None, NO_LIMIT) if limit is None else self._due(limit, start, ())

    def limit(self, report: Report) -> str:
        """The limit of the report's category on its day; "" where none is set."""
        found = self.limit_of(report.category, report.at)
        return "" if found is None else str(found)

    def condition(self, report: Report, word: str) -> str:
        """The scheme's own condition for 立案 or 结案, else the city's; "" where none is set."""
        return self.condition_of(report.category, report.at, word)

    def condition_of(self, key: CategoryKey, at: datetime, word: str) -> str:
        """The condition of a category on a day, before anything is reported of it."""
        name = _CONDITIONS.get(word)
        if name is None:
            return ""
        found = (self._category(key, at), self.local(key))
        return next((text for one in found if one and (text := getattr(one, name))), "")

    def handling(
        self, limit: str, start: datetime, pauses: Iterable[tuple[datetime, datetime | None]]
    ) -> Due:
        """The end of handling begun at `start` with these pauses."""
        if not limit:
            return Due(None, NO_LIMIT)
        return self._due(read_limit(limit), start, [Pause(*one) for one in pauses])

    def limit_of(self, key: CategoryKey, at: datetime) -> Limit | None:
        """The city's own for the 小类, else the scheme's, else the city's for the 大类."""
        own = self._local.get(key)
        category = self._category(key, at)
        if own is None and category is not None and category.limit is not None:
            return category.limit
        local = self.local(key)
        return None if local is None else local.limit

    def local(self, key: CategoryKey) -> LocalLimit | None:
        """The city's own row for the category or its 大类."""
        major = CategoryKey(key.scheme, key.kind, key.code[:2])
        return self._local.get(key) or self._local.get(major)

    def _due(self, limit: Limit, start: datetime, pauses: Iterable[Pause]) -> Due:
        try:
            return Due(self.work.due(start, limit, pauses))
        except UncoveredYear as missing:
            return Due(None, f"{HIDDEN}:{missing}")


def read_limit(text: str) -> Limit:
    """The limit that "4 工作时" names; BadCase says how to write it."""
    amount, _, unit = text.partition(" ")
    try:
        found = Limit(float(amount), unit)
    except ValueError:
        found = Limit(0.0, unit)
    if unit not in LIMIT_UNITS or not 0 < found.amount < _LONGEST:
        raise BadCase(f"时限 {text[:20]!r} 读不懂;写成 4 工作时,单位:{'、'.join(LIMIT_UNITS)}")
    return found


def load_stage_limits(path: Path) -> dict[str, Limit]:
    """The limits of case_stage_limits.csv; BadManifest names row, column and fix."""
    found = {}
    for number, row in enumerate(
        read_rows(path, ("stage", "limit", "unit", "source", "status")), 2
    ):
        if row["stage"] not in _STAGES:
            raise BadManifest(
                f"{path.name} 第 {number} 行 stage:{row['stage']!r} 应是 {'、'.join(_STAGES)} 之一"
            )
        found[row["stage"]] = _limit(f"{path.name} 第 {number} 行", row)
    return found


def load_local_limits(path: Path) -> list[LocalLimit]:
    """The rows of case_limits.csv; BadManifest names row, column and fix."""
    columns = ("scheme", "kind", "code", "limit", "unit", "opens", "closes", "source", "status")
    return [
        LocalLimit(
            CategoryKey(row["scheme"], row["kind"], row["code"]),
            _limit(f"{path.name} 第 {number} 行", row),
            *(row[name] for name in ("opens", "closes", "source", "status")),
        )
        for number, row in enumerate(read_rows(path, columns), 2)
    ]


def _limit(where: str, row: Mapping[str, str]) -> Limit:
    if row["unit"] not in LIMIT_UNITS:
        raise BadManifest(f"{where} unit:{row['unit']!r} 不认识;写 {'、'.join(LIMIT_UNITS)} 之一")
    try:
        amount = float(row["limit"])
    except ValueError:
        amount = 0.0
    if not 0 < amount < _LONGEST:
        raise BadManifest(f"{where} limit:{row['limit']!r} 不是大于 0 的数")
    return Limit(amount, row["unit"])
