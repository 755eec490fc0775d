"""The values one person may see, read in a handful of queries for a whole page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from app.released import observation_resource, sees_early
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.references import (
    INSTANT_TOLERANCE,
    at_start,
    reference_start,
    value_before,
)

Series = tuple[str, str]  # indicator, region

_HEADS = 2  # the newest period and the one before it
_LOOK_BACK = 24  # periods looked through for the newest one that is released
_MOST = 20_000


class SeenValues:
    """Values as known at `as_of`, without what the subject may not see. Serves one request."""

    def __init__(self, services: Services, subject: Subject, as_of: datetime | None) -> None:
        """Read for `subject`; nothing is read yet."""
        self._services = services
        self._subject = subject
        self._as_of = as_of
        self._held: dict[Series, list[Observation]] = {}
        self._depth: dict[Series, int] = {}
        self._references: dict[Series, list[Observation]] = {}
        self._readable: dict[str, bool] = {}
        self._at_once: dict[str, bool] = {}
        self._waits: dict[str, bool] = {}
        self._periods: dict[tuple[str, Period], bool] = {}
        self.withheld: set[Series] = set()

    def spec(self, indicator: str) -> IndicatorSpec:
        """The definition in force; UnknownIndicator when no manifest declares it."""
        return self._services.catalogue.indicator(indicator)

    def readable(self, indicator: str) -> bool:
        """Whether the subject may read the indicator at all."""
        if indicator not in self._readable:
            resource = observation_resource(self._services, self.spec(indicator))
            self._readable[indicator] = bool(may(self._subject, Action.READ, resource))
        return self._readable[indicator]

    def sees(self, spec: IndicatorSpec, period: Period) -> bool:
        """Whether the subject may see the value of that period now."""
        if not self.readable(spec.id):
            return False
        if self._early(spec) or not self._restricted(spec):
            return True
        key = (spec.id, period)
        if key not in self._periods:
            resource = observation_resource(self._services, spec, period)
            self._periods[key] = bool(may(self._subject, Action.READ, resource))
        return self._periods[key]

    def _early(self, spec: IndicatorSpec) -> bool:
        """Whether the subject sees each value at once: no date of release is looked up for it."""
        if spec.id not in self._at_once:
            self._at_once[spec.id] = sees_early(self._services, self._subject, spec)
        return self._at_once[spec.id]

    def _restricted(self, spec: IndicatorSpec) -> bool:
        if spec.id not in self._waits:
            self._waits[spec.id] = self._services.releases.restricts(spec)
        return self._waits[spec.id]

    def visible(self, spec: IndicatorSpec, found: Iterable[Observation]) -> list[Observation]:
        """Those of the values that the subject may see, in their order."""
        if not self.readable(spec.id):
            return []
        if self._early(spec) or not self._restricted(spec):
            return list(found)
        return [one for one in found if self.sees(spec, one.period)]

    def load(
        self, indicators: Collection[str], regions: Collection[str], count: int = _HEADS
    ) -> None:
        """Read the last `count` periods of these series, in one question to the store."""
        wanted = sorted(one for one in set(indicators) if self.readable(one))
        places = sorted(set(regions))
        if not wanted or not places:
            return
        found = self._services.observations.recent(wanted, places, count, as_of=self._as_of)
        waiting: set[Series] = set()
        for series, rows in found.items():
            shown = self.visible(self.spec(series[0]), rows)
            if len(shown) < len(rows):
                self.withheld.add(series)
                waiting.add(series)
            self._keep(series, shown, count)
        for name in wanted:
            for code in places:
                self._depth.setdefault((name, code), count)
        if waiting and count < _LOOK_BACK:
            self._look_back(waiting)

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The newest value of a series that was loaded; None when there is none to be seen."""
        held = self._held.get((indicator, region))
        return held[-1] if held else None

    def recent(self, indicator: str, region: str, count: int) -> Sequence[Observation]:
        """The last `count` periods, oldest first; asks the store where fewer were loaded."""
        series = (indicator, region)
        if self._depth.get(series, 0) < count:
            self.load([indicator], [region], count)
        return tuple(self._held.get(series, ())[-count:])

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with per its manifest; None where it is not known."""
        against = spec.comparison.against if spec.comparison else None
        if against is None:
            return None
        series = (now.indicator, now.region)
        if against == "previous":
            return value_before(spec, now, self._held.get(series, ()))
        wanted = reference_start(against, now.period)
        return at_start(self._references.get(series, ()), wanted, now.period.kind)

    def load_references(self) -> None:
        """Read what the loaded values are compared with: a day or a year before, in two questions.

        Moments are looked for within an hour before; other periods at their start.
        """
        exact: dict[Series, datetime] = {}
        near: dict[Series, datetime] = {}
        for series, rows in self._held.items():
            spec = self.spec(series[0])
            against = spec.comparison.against if spec.comparison else None
            if not rows or against in (None, "previous"):
                continue
            assert against is not None
            kept = near if rows[-1].period.kind is PeriodKind.INSTANT else exact
            kept[series] = reference_start(against, rows[-1].period)
        self._ask_exact(exact)
        self._ask_near(near)

    def _ask_exact(self, wanted: dict[Series, datetime]) -> None:
        if not wanted:
            return
        found = self._services.observations.at_periods(
            sorted({name for name, _ in wanted}),
            sorted({code for _, code in wanted}),
            sorted(set(wanted.values())),
            as_of=self._as_of,
        )
        self._refer(found)

    def _ask_near(self, wanted: dict[Series, datetime]) -> None:
        if not wanted:
            return
        found = self._services.observations.listed(
            indicators=sorted({name for name, _ in wanted}),
            regions=sorted({code for _, code in wanted}),
            start=min(wanted.values()) - INSTANT_TOLERANCE,
            end=max(wanted.values()) + timedelta(seconds=1),
            as_of=self._as_of,
            limit=_MOST,
        )
        self._refer(found)

    def _refer(self, found: Iterable[Observation]) -> None:
        for one in found:
            if self.sees(self.spec(one.indicator), one.period):
                self._references.setdefault((one.indicator, one.region), []).append(one)

    def _look_back(self, waiting: set[Series]) -> None:
        found = self._services.observations.recent(
            sorted({name for name, _ in waiting}),
            sorted({code for _, code in waiting}),
            _LOOK_BACK,
            as_of=self._as_of,
        )
        for series in waiting:
            rows = found.get(series, [])
            self._keep(series, self.visible(self.spec(series[0]), rows), _LOOK_BACK)

    def _keep(self, series: Series, rows: list[Observation], depth: int) -> None:
        if depth >= self._depth.get(series, 0):
            self._held[series] = rows
            self._depth[series] = depth
