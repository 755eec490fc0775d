"""考核 for all who ask or decide: a month's matrix, its steps, the cases behind a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from topics.kit.errors import BadEvaluation, BadPeriod
from topics.kit.evaluation.facts import Facts
from topics.kit.evaluation.formulas import GROUPS, POSTS, Rules
from topics.kit.evaluation.months import Month, MonthEvent, MonthState, MonthStep, check, fold
from topics.kit.evaluation.result import Window, cases_of, evaluate
from topics.kit.evaluation.sheet import sheet
from topics.kit.evaluation.spans import together
from topics.kit.organisations import Organisations
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_evaluation import PostgresEvaluations

_KEEPING = frozenset({MonthStep.FREEZE, MonthStep.FINISH, MonthStep.CORRECT})


@dataclass(frozen=True, slots=True)
class Told:
    """A month as of a moment, its steps, and the matrix of one group that holds for it."""

    month: Month
    events: Sequence[MonthEvent]
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What 考核 says of a month from 冻结 on: as known at `at`, without what appeals took out."""

    at: datetime
    without: frozenset[str]
    result: Mapping[str, Any]

    def of_county(self, county: str, key: str, part: str) -> float:
        """Numerator or denominator of a formula; 0 where no case of the county was counted."""
        for row in self.result["region"]["rows"]:
            if row["id"] == county:
                return float(row["cells"].get(key, {}).get(part, 0))
        return 0.0


class Evaluations:
    """The 考核 of cases. Whether somebody may ask or decide is the caller's to know (`may`)."""

    def __init__(
        self,
        steps: PostgresEvaluations,
        facts: PostgresCaseFacts,
        rules: Rules,
        regions: RegionTree,
        organisations: Organisations,
    ) -> None:
        """Read steps and facts from the stores; judge by `rules`."""
        self.rules = rules
        self._steps = steps
        self._facts = facts
        self._regions = regions
        self._organisations = organisations

    def told(self, month: date, now: datetime, as_of: datetime | None = None) -> Told:
        """The month as known at `as_of` (now without one).

        A draft is counted at that moment; from 冻结 on the kept result holds; in 复核 what granted
        appeals took out is left out; after 定稿 the final one (version 1) stands for ever.
        """
        moment = min(as_of, now) if as_of else now
        events = self._steps.events(month, as_of)
        known = fold(events)
        if known.versions:
            kept = known.versions[0].result
        elif known.frozen is not None and not known.excluded:
            kept = known.frozen.result
        elif known.frozen is not None:
            kept = self.count(month, known.frozen.at, known.excluded)
        else:
            kept = self.count(month, moment)
        return Told(known, events, kept or {})

    def over(
        self, months: Sequence[date], now: datetime, as_of: datetime | None = None
    ) -> tuple[dict[str, Any], list[tuple[date, Told]]]:
        """Several months as one, of those that have begun, and each as it is told.

        Drafts are counted from one reading; what is kept of the others holds.
        """
        moment = min(as_of, now) if as_of else now
        begun = [one for one in months if begins(one) < moment]
        if not begun:
            raise BadPeriod("这一期还没有开始;请选以前的")
        done = set(self._steps.months(moment))
        drafts = [one for one in begun if one not in done]
        counted = self._drafts(drafts, moment) if drafts else {}
        told = [
            (one, Told(Month(), (), counted[one]))
            if one in counted
            else (one, self.told(one, now, as_of))
            for one in begun
        ]
        return together([one.result for _, one in told], self.rules), told

    def _drafts(self, months: Sequence[date], moment: datetime) -> dict[date, dict[str, Any]]:
        """The matrices of these months from one reading of the cases."""
        groups = {by: [self._groups(by, one) for one in months] for by in GROUPS}
        facts = self._facts.read(
            begins(months[0]),
            min(ends(months[-1]), moment),
            counties=tuple(dict.fromkeys(one for some in groups["region"] for one in some)),
            units=tuple(dict.fromkeys(one for some in groups["unit"] for one in some)),
            sources=tuple(self.rules.sources),
            as_of=moment,
            named=False,
        )
        return {
            month: self._sheet(
                facts,
                Window(begins(month).timestamp(), min(ends(month), moment).timestamp()),
                month,
            )
            for month in months
        }

    def _sheet(self, facts: Facts, window: Window, month: date) -> dict[str, Any]:
        rows = {
            by: evaluate(facts, window, self.rules, by, self._groups(by, month)) for by in GROUPS
        }
        return sheet(rows, self.rules, self._names(month))

    def standing(self, month: date, now: datetime) -> Standing | None:
        """What holds of a month that is frozen or further; None while it follows the cases."""
        told = self.told(month, now) if month in self._steps.months(now) else None
        if told is None or told.month.frozen is None:
            return None
        known = told.month
        final = known.versions[0] if known.versions else None
        at = known.frozen.at if known.frozen is not None else now
        return Standing(at, known.excluded, final.result if final and final.result else told.result)

    def count(
        self, month: date, at: datetime, without: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """The matrices of all groups of the month as known at that moment."""
        facts, window = self._known(month, at, without, named=False)
        return self._sheet(facts, window, month)

    def take(self, month: date, event: MonthEvent, *, connection: Any = None) -> tuple[Month, int]:
        """Do a step of the month; returns the month before and the step's id.

        Raises BadEvaluation where it is not open, says too little, or somebody was faster.
        """
        before = fold(self._steps.events(month))
        check(before, event, ends=ends(month))
        kept = event
        if event.step in _KEEPING:
            at = event.at if before.frozen is None else before.frozen.at
            if event.step is MonthStep.CORRECT:
                at = event.at
            result = self.count(month, at, before.excluded)
            kept = MonthEvent(event.step, event.at, event.by, event.note, event.data, result)
        made = self._steps.append(month, kept, after=before.steps, connection=connection)
        return before, made

    def cases(
        self, month: date, by: str, group: str, indicator: str, part: str, *, now: datetime
    ) -> list[str]:
        """The cases behind a cell, newest first, as the matrix shown at `now` counted them."""
        formula = self.rules.find(indicator)
        if formula is None or by not in formula.by or part not in _PARTS:
            known = "、".join(one.key for one in self.rules.rates(by if by in GROUPS else "region"))
            raise BadEvaluation(f"没有这个指标或部分;指标:{known};部分:{'、'.join(_PARTS)}")
        known_month = fold(self._steps.events(month, now))
        at = known_month.frozen.at if known_month.frozen is not None else now
        facts, window = self._known(month, at, known_month.excluded)
        return cases_of(facts, window, self.rules, by, group, formula, part)

    def months(self, now: datetime) -> list[tuple[date, MonthState]]:
        """This month and the eleven before it, newest first, with where each stands."""
        found = []
        month = now.astimezone(ZONE).date().replace(day=1)
        done = self._steps.months(now)
        for _ in range(12):
            state = fold(self._steps.events(month, now)).state if month in done else None
            found.append((month, state or MonthState.DRAFT))
            month = (month - timedelta(days=1)).replace(day=1)
        return found

    def _known(
        self, month: date, at: datetime, without: frozenset[str], *, named: bool = True
    ) -> tuple[Facts, Window]:
        begin, until = begins(month), min(ends(month), at)
        until = max(until, begin)
        facts = self._facts.read(
            begin,
            until,
            counties=self._groups("region", month),
            units=self._groups("unit", month),
            sources=tuple(self.rules.sources),
            without=sorted(without),
            as_of=at,
            named=named,
        )
        return facts, Window(begin.timestamp(), until.timestamp())

    def _groups(self, by: str, month: date) -> tuple[str, ...]:
        if by == "post":
            return POSTS
        if by == "unit":
            return tuple(one.id for one in self._organisations.all(month))
        return tuple(one.code for one in self._regions.at_level("county", month))

    def _names(self, month: date) -> dict[str, dict[str, str]]:
        return {
            "region": {one.code: one.name for one in self._regions.at_level("county", month)},
            "unit": {one.id: one.short_name for one in self._organisations.all(month)},
            "post": {one: one for one in POSTS},
        }


_PARTS = ("numerator", "denominator", "rest")


def begins(month: date) -> datetime:
    """The first moment of the month in Asia/Shanghai."""
    return datetime(month.year, month.month, 1, tzinfo=ZONE).astimezone(UTC)


def ends(month: date) -> datetime:
    """The first moment after the month."""
    return begins((month.replace(day=1) + timedelta(days=32)).replace(day=1))
