"""The values of one period counted from cases, by region; and the cases behind one of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import UncoveredYear
from topics.kit.evaluation.counts import (
    Counting,
    by_region,
    category_names,
    chosen,
    hours_by_region,
    ready,
    window_of,
)
from topics.kit.evaluation.facts import Facts
from topics.kit.evaluation.quantities import OF_CALLERS
from topics.kit.evaluation.service import Evaluations, Standing
from topics.kit.explain.origin import CASES
from topics.kit.manifest_counts import CountSpec
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, end_of, local_start
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.worktime.clock import WorkClock

logger = logging.getLogger(__name__)

SOURCE = CASES


class PeriodValues:
    """Counts periods by the formulas of 考核, so that a number is the same on every page."""

    def __init__(
        self,
        evaluations: Evaluations,
        facts: PostgresCaseFacts,
        regions: RegionTree,
        clock: WorkClock,
        find: Callable[[str], IndicatorSpec],
        categories: Callable[[], Sequence[str]],
    ) -> None:
        """`find` knows indicators; `categories` lists every 方案/种类/大类."""
        self._evaluations = evaluations
        self._facts = facts
        self._regions = regions
        self._clock = clock
        self._find = find
        self._categories = categories
        self._told: set[str] = set()

    def kind(self, spec: CountSpec) -> PeriodKind:
        """What stretch of time the indicator speaks of."""
        return self._find(spec.indicator).period_kind

    def words(self, spec: CountSpec) -> str:
        """What is counted, as people read it."""
        return ready(spec, self._evaluations.rules).words

    def of(
        self, specs: Sequence[CountSpec], periods: Iterable[Period], now: datetime
    ) -> tuple[list[Observation], int]:
        """The values of these periods as known now, and how many cases were looked at.

        Of a period that is not over only counts that are `running` are said.
        """
        months: dict[date, list[Period]] = defaultdict(list)
        for one in periods:
            months[local_start(one).date().replace(day=1)].append(one)
        countings = [ready(one, self._evaluations.rules) for one in specs]
        found, read = list[Observation](), 0
        for some in months.values():
            begin, until = min(one.start for one in some), max(end_of(one) for one in some)
            callers = any(one.what in OF_CALLERS for one in countings)
            facts = self._read(begin, until, named=False, callers=callers)
            read += len(facts)
            for period in sorted(some):
                over = end_of(period) <= now
                wanted = [
                    one
                    for one in countings
                    if self.kind(one.spec) is period.kind and (over or one.spec.running)
                ]
                found += self._of_period(facts, period, wanted, now)
        return found, read

    def cases(self, spec: CountSpec, region: str, period: Period, at: datetime) -> list[str]:
        """The cases behind one value as known at `at`, newest first; of the city: of all counties.

        Of a month whose 考核 is frozen: those that it counted.
        """
        counting, without = ready(spec, self._evaluations.rules), frozenset[str]()
        standing = self._standing(period, at) if _kept(counting) else None
        if standing is not None:
            at, without = standing.at, standing.without
        callers = counting.what in OF_CALLERS
        facts = self._read(period.start, end_of(period), at, without, callers=callers)
        numbers = category_names([spec], facts.names["category"]).get(spec.indicator)
        amounts = chosen(
            facts,
            window_of(period.start, end_of(period), at),
            counting,
            self._evaluations.rules,
            numbers,
        )
        counties = facts.names["region"]
        inside = (amounts > 0) & (facts.region >= 0)
        if region != self._regions.city().code:
            inside &= facts.region == (counties.index(region) if region in counties else -2)
        order = np.argsort(-facts.reported, kind="stable")
        return [str(one) for one in facts.id[order][inside[order]]]

    def _of_period(
        self, facts: Facts, period: Period, countings: Sequence[Counting], now: datetime
    ) -> Iterator[Observation]:
        counties = facts.names["region"]
        numbers = category_names([one.spec for one in countings], facts.names["category"])
        window = window_of(period.start, end_of(period), now)
        standing = self._standing(period, now)
        for counting in countings:
            spec = counting.spec
            amounts = chosen(
                facts, window, counting, self._evaluations.rules, numbers.get(spec.indicator)
            )
            if spec.measure == "hours":
                means, without = self._means(facts, amounts)
                yield from self._said(spec, period, counties, means, without)
                continue
            values = by_region(facts, amounts, len(counties))
            if standing is not None and counting.formula is not None and _kept(counting):
                key = counting.formula.key
                values = [standing.of_county(one, key, spec.part) for one in counties]
            yield from self._said(spec, period, counties, [*values, sum(values)])

    def _means(
        self, facts: Facts, amounts: npt.NDArray[np.float64]
    ) -> tuple[list[float | None], ValueStatus]:
        """Mean hours of each county and of the city; and what None stands for: there is no case.

        Or it is missing: working hours of a year that the calendar does not hold are not guessed.
        """
        counties = len(facts.names["region"])
        try:
            hours, many = hours_by_region(facts, amounts, counties, self._clock)
        except UncoveredYear as lacking:
            if str(lacking) not in self._told:
                self._told.add(str(lacking))
                logger.warning("平均工作时没有计算:%s", lacking)
            return [None] * (counties + 1), ValueStatus.MISSING
        pairs = zip([*hours, sum(hours)], [*many, sum(many)], strict=True)
        return [of / n if n else None for of, n in pairs], ValueStatus.NOT_MONITORED

    def _said(
        self,
        spec: CountSpec,
        period: Period,
        counties: Sequence[str],
        values: Sequence[float | None],
        without: ValueStatus = ValueStatus.NOT_MONITORED,
    ) -> Iterator[Observation]:
        indicator, city = self._find(spec.indicator), self._regions.city().code
        for code, value in zip([*counties, city], values, strict=True):
            if ("city" if code == city else "county") in indicator.levels:
                status = ValueStatus.OK if value is not None else without
                yield Observation(
                    spec.indicator, code, period, value, status, indicator.unit, source=SOURCE
                )

    def _standing(self, period: Period, now: datetime) -> Standing | None:
        """What 考核 keeps of the month from 冻结 on; None: it is counted."""
        if period.kind is not PeriodKind.MONTH:
            return None
        return self._evaluations.standing(local_start(period).date(), now)

    def _read(
        self,
        begin: datetime,
        until: datetime,
        as_of: datetime | None = None,
        without: frozenset[str] = frozenset(),
        *,
        named: bool = True,
        callers: bool = False,
    ) -> Facts:
        on = begin.astimezone(ZONE).date()
        return self._facts.read(
            begin,
            until,
            counties=[one.code for one in self._regions.at_level("county", on)],
            units=(),
            sources=tuple(self._evaluations.rules.sources),
            categories=self._categories(),
            without=sorted(without),
            as_of=as_of,
            named=named,
            callers=callers,
        )


def _kept(counting: Counting) -> bool:
    """Whether the sheet of 考核 says it: a whole formula, not some categories or sources of it."""
    spec = counting.spec
    return counting.formula is not None and not (spec.categories or spec.sources)
