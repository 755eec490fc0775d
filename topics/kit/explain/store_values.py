"""The values a judgement looks at, read from the store as known at one moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.explain.contracts import ObservationReads, Sees
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of
from topics.kit.words.judgement import Specs
from topics.kit.words.references import (
    INSTANT_TOLERANCE,
    at_start,
    reference_start,
    value_before,
)

_RECENT = 24  # what the card keeps: further back it finds no "period before" either
_AFTER = timedelta(microseconds=1)


class StoreValues:
    """Answers as the card's readings do, for the value of any period and any `as_of`."""

    def __init__(
        self,
        store: ObservationReads,
        specs: Specs,
        explained: Observation,
        *,
        sees: Sees,
        as_of: datetime | None,
    ) -> None:
        """Look from `explained`; what the person may not see is as if it were not there."""
        self._store = store
        self._specs = specs
        self._explained = explained
        self._sees = sees
        self._as_of = as_of

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The value of the same period; beside a running one, the newest complete by its end."""
        spec = self._specs.get(indicator)
        if spec is None:
            return None
        period = self._explained.period
        if spec.period_kind is period.kind and period.kind is not PeriodKind.INSTANT:
            found = self._read(indicator, region, period.start, period.start + _AFTER)
        else:
            found = self._read(indicator, region, None, end_of(period) + _AFTER, newest=True)
        seen = [one for one in found if self._sees(spec, one.period)]
        return seen[0] if seen else None

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with per its manifest; None when there is no such value."""
        comparison = spec.comparison
        if comparison is None or comparison.against is None:
            return None
        if comparison.against == "previous":
            return self._seen(spec, value_before(spec, now, self._before(now)))
        wanted = reference_start(comparison.against, now.period)
        found = self._read(now.indicator, now.region, wanted - INSTANT_TOLERANCE, wanted + _AFTER)
        return self._seen(spec, at_start(found, wanted, now.period.kind))

    def _before(self, now: Observation) -> list[Observation]:
        found = self._read(now.indicator, now.region, None, now.period.start, newest=True)
        return found[::-1]

    def _read(
        self,
        indicator: str,
        region: str,
        start: datetime | None,
        end: datetime,
        *,
        newest: bool = False,
    ) -> list[Observation]:
        return self._store.series(
            indicator,
            region,
            start=start,
            end=end,
            as_of=self._as_of,
            limit=_RECENT if newest else None,
            newest_first=newest,
        )

    def _seen(self, spec: IndicatorSpec, one: Observation | None) -> Observation | None:
        return one if one is not None and self._sees(spec, one.period) else None


def same_start(period: Period) -> tuple[datetime, datetime]:
    """The half-open span in which exactly the periods with this start begin."""
    return period.start, period.start + _AFTER
