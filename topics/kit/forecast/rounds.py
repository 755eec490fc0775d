"""A round of forecasting: which series have newer values, and what is kept of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from topics.kit.contracts import Observation, Period
from topics.kit.forecast.anomaly import UNUSUAL
from topics.kit.forecast.cadence import Cadence, cadence_of, on_from, quarterly
from topics.kit.forecast.contracts import ForecastPoint
from topics.kit.forecast.history import History, NoHistory, history_of
from topics.kit.forecast.moments import HOUR, hours_before, on_grid
from topics.kit.forecast.task import Result, Task
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.rolled_reading import RolledReader
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_forecasts import Made, PostgresForecasts

# Units of numbers that may fall below nothing although none has yet: growth, balance, temperature.
_FREE = frozenset({"%", "‰", "百分点", "个百分点", "℃", "°C"})

Compute = Callable[[Sequence[Task]], Iterable[Result]]


class Specs(Protocol):
    """The part of the catalogue that is read here."""

    def indicators(self) -> Sequence[IndicatorSpec]:
        """Every indicator."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A task, and what its answer is about."""

    spec: IndicatorSpec
    cadence: Cadence
    newest: Observation
    history: History
    said: dict[Period, Observation]


class ForecastRound:
    """Forecasts every series that has a newer value than its last forecast knew."""

    def __init__(
        self,
        specs: Specs,
        observations: PostgresObservations,
        store: PostgresForecasts,
        compute: Compute,
        hours: RolledReader,
        *,
        at_most: int = 400,
    ) -> None:
        """Read `observations`, have `compute` work, keep in `store`; `at_most` series a round.

        Moments that come faster than an hour are looked at by `hours`.
        """
        self._specs = specs
        self._observations = observations
        self._store = store
        self._compute = compute
        self._hours = hours
        self._at_most = at_most

    def run(self, now: datetime | None = None) -> int:
        """Do one round and return how many series were looked at; slow frequencies come first.

        Results are kept as they come: a round that is cut short loses nothing of them.
        """
        moment = now or datetime.now(UTC)
        due = self._due()[: self._at_most]
        asked: dict[int, _Asked] = {}
        for number, (spec, cadence, newest) in enumerate(due):
            try:
                asked[number] = self._ask(spec, cadence, newest)
            except NoHistory as reason:
                why = str(reason)
                self._store.keep([Made(spec.id, newest.region, moment, newest.period, "", why)])
        if asked:
            tasks = [_task(number, one) for number, one in asked.items()]
            for result in self._compute(tasks):
                self._store.keep([_made(asked[result.number], result, moment)])
        return len(due)

    def _due(self) -> list[tuple[IndicatorSpec, Cadence, Observation]]:
        specs = {one.id: one for one in self._specs.indicators() if cadence_of(one)}
        last = self._store.last(list(specs))
        found = list(self._newer(specs, last))
        return sorted(found, key=lambda one: (-one[0].frequency, one[0].id, one[2].region))

    def _newer(
        self, specs: dict[str, IndicatorSpec], last: dict[tuple[str, str], tuple[Period, datetime]]
    ) -> Iterator[tuple[IndicatorSpec, Cadence, Observation]]:
        for newest in self._observations.latest(indicators=list(specs), as_of=None):
            spec = specs[newest.indicator]
            cadence = cadence_of(spec)
            assert cadence is not None
            known = last.get((newest.indicator, newest.region))
            if newest.period.kind is not spec.period_kind:
                continue
            if known is None or _due_again(newest, known[0], cadence):
                yield spec, cadence, newest

    def _ask(self, spec: IndicatorSpec, cadence: Cadence, newest: Observation) -> _Asked:
        if cadence.every is not None and spec.frequency < HOUR:
            # Means of hours are no values that were said: none of them is called unusual.
            means = hours_before(self._hours, newest, cadence.longest)
            history = history_of(means, cadence, by_quarter=False)
            return _Asked(spec, cadence, newest, history, {})
        rows = self._observations.series(
            spec.id, newest.region, as_of=None, limit=cadence.longest, newest_first=True
        )
        rows = [one for one in rows if one.period.kind is spec.period_kind]
        said = {one.period: one for one in rows}
        if cadence.every is not None:
            said = on_grid(rows, newest, cadence.every)
            rows = [replace(one, period=at) for at, one in said.items()]
        history = history_of(rows, cadence, by_quarter=quarterly(spec))
        return _Asked(spec, cadence, newest, history, said)


def _due_again(newest: Observation, through: Period, cadence: Cadence) -> bool:
    return newest.period.start > through.start and (
        newest.period.start >= through.start + cadence.renew
    )


def _task(number: int, one: _Asked) -> Task:
    values = one.history.values
    floor = one.spec.unit not in _FREE and bool((values >= 0).all())
    return Task(number, values.tolist(), one.history.known.tolist(), one.cadence, floor)


def _made(asked: _Asked, result: Result, now: datetime) -> Made:
    by_quarter = quarterly(asked.spec)
    ahead = on_from(
        asked.history.periods[-1],
        asked.cadence.horizon,
        by_quarter=by_quarter,
        every=asked.cadence.every,
    )
    points = [ForecastPoint(p, *row) for p, row in zip(ahead, result.points, strict=False)]
    return Made(
        asked.spec.id,
        asked.newest.region,
        now,
        asked.newest.period,
        result.model,
        result.why,
        result.mase,
        result.naive_mase,
        result.coverage80,
        result.coverage95,
        points,
        list(_worth_keeping(asked, result)),
    )


def _worth_keeping(asked: _Asked, result: Result) -> Iterator[tuple[Observation, float, float]]:
    """The scores of unusual values, and the newest one's whatever it is."""
    last = len(asked.history.periods) - 1
    for at, (score, expected) in enumerate(result.scores):
        value = asked.said.get(asked.history.periods[at])
        if asked.history.known[at] and value is not None and (abs(score) >= UNUSUAL or at == last):
            yield value, score, expected
