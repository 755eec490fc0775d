"""2,000 rules over 11 regions: one evaluation, against the same machine rule by rule in Python.

`python -m tests.benchmarks.bench_alert_rules` starts engines of its own and prints processor
seconds of this process (the database's beside it): everything calm, one in a hundred series
breached, every series breached at once (22,000 alerts), and the next look at the same values.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from app import migrations
from app.config import EngineConfig
from app.engines import attach
from layers.stores.postgres_engine import connect
from topics.kit.alerting.evaluate import Evaluation
from topics.kit.alerting.facts import StoredFacts
from topics.kit.alerting.machine import AT_REST, Sample, step
from topics.kit.alerting.rules import Rule, ready
from topics.kit.alerting.telling import Teller
from topics.kit.alerting.values import LatestValues
from topics.kit.contracts import Observation, Period, PeriodKind, Region
from topics.kit.duty.contracts import Mode
from topics.kit.manifest_alerts import AlertSpec
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.pages.limits import Limits
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_alerts import PostgresAlerts
from topics.kit.stores.postgres_standings import PostgresStandings
from topics.kit.stores.valkey import LiveStore, connect_valkey

RULES, COUNTIES = 2000, 10
_SOME = 0.01
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def main() -> None:
    """Print the table."""
    regions = _regions()
    specs = {one.id: one for one in (_spec(n) for n in range(RULES))}
    rules = [ready(_alert(n), specs, regions) for n in range(RULES)]
    with (
        tempfile.TemporaryDirectory() as folder,
        attach(Path(folder), EngineConfig()) as urls,
    ):
        migrations.upgrade(urls.postgres)
        engine = connect(urls.postgres)
        values = PostgresObservations(engine)
        stream = LiveStore(connect_valkey(urls.valkey))
        alerts = PostgresAlerts(engine)
        codes = [one.code for one in regions.all()]
        cases = (("calm", 0.0), ("one in a hundred", _SOME), ("all at once", 1.0))
        for hours, (name, share) in enumerate(cases):
            hour = NOW + timedelta(hours=hours)
            values.append(_values(regions, hour, share), now=NOW, live=False)
            evaluation = Evaluation(
                _Fixed(rules),
                LatestValues(values, stream, codes),
                StoredFacts(values, _Nothing()),
                PostgresStandings(engine, alerts),
                Teller(regions.find, _no_limits),
                Mode,
            )
            evaluation.lead(1)
            moment = hour + timedelta(hours=1)
            count, spent = _timed(partial(_ticked, evaluation, moment))
            _say(f"{name}: {count} events, {spent:.2f} s of this process, values read and all")
            count, spent = _timed(partial(_ticked, evaluation, moment + timedelta(seconds=5)))
            _say(f"{name}, five seconds later: {count} events, {spent:.2f} s")
            if share == _SOME:
                _say(_cadence(evaluation, moment + timedelta(seconds=5)))
        rows = values.latest(as_of=None)
        _, spent = _timed(lambda: _one_by_one(rules, rows))
        _say(f"peer, all at once, rule by rule and region by region in Python: {spent:.2f} s")
        count, spent = _timed(lambda: len(alerts.open()))
        _say(f"board of {count} open alerts, all of them: {spent:.2f} s")
        engine.dispose()


def _cadence(evaluation: Evaluation, moment: datetime) -> str:
    """战时: every rule again each second for a minute; whether each turn ends within its second."""
    taken, late, begun = list[float](), 0, time.perf_counter()
    for second in range(1, 61):
        turn = time.perf_counter()
        evaluation.tick(moment + timedelta(seconds=second))
        taken.append(time.perf_counter() - turn)
        left = begun + second - time.perf_counter()
        late += left < 0
        time.sleep(max(0.0, left))
    taken.sort()
    return (
        f"every second for a minute: median {taken[30]:.2f} s, slowest {taken[-1]:.2f} s of wall"
        f" clock a turn; {late} of 60 ended after their second"
    )


def _ticked(evaluation: Evaluation, moment: datetime) -> int:
    return len(evaluation.tick(moment))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _one_by_one(rules: Sequence[Rule], rows: Sequence[Observation]) -> int:
    """The same question without arrays: a look-up and a step for each rule and region."""
    known = {(one.indicator, one.region): one.value for one in rows}
    fired = 0
    for rule in rules:
        terms = rule.terms(wartime=False)
        for region in rule.series:
            value = known.get((rule.indicators[0].id, region))
            state, _ = step(AT_REST, Sample(value), terms, NOW)
            fired += state.level is not None
    return fired


def _timed(work: Callable[[], int]) -> tuple[int, float]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    found = work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    time.sleep(0.1)
    return found, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _values(regions: RegionTree, hour: datetime, share: float) -> list[Observation]:
    drawn = np.random.default_rng(7).random((RULES, COUNTIES + 1))
    period = Period(hour, PeriodKind.HOUR)
    return [
        Observation(f"bench.i{n}", region.code, period, 3.0 if drawn[n, m] < share else 0.5)
        for n in range(RULES)
        for m, region in enumerate(regions.all())
    ]


def _regions() -> RegionTree:
    since = date(2000, 1, 1)
    counties = [
        Region(f"4403{n:02d}", f"县{n}", f"县{n}", "county", "440200", n, since)
        for n in range(COUNTIES)
    ]
    return RegionTree([Region("440200", "市", "市", "city", None, 0, since), *counties])


def _spec(n: int) -> IndicatorSpec:
    return IndicatorSpec.model_validate(
        {
            "id": f"bench.i{n}",
            "title": f"指标 {n}",
            "definition": "测试",
            "unit": "mg/L",
            "frequency": "1h",
            "period_kind": "小时",
            "levels": ["city", "county"],
            "direction": "lower",
            "owner": "swj",
            "source": "测试",
            "freshness": "30d",
        }
    )


def _alert(n: int) -> AlertSpec:
    levels = {"蓝": 1.0, "黄": 1.5, "橙": 2.0, "红": 4.0}
    return AlertSpec.model_validate({"id": f"bench.r{n}", "when": f"bench.i{n}", "levels": levels})


def _no_limits(indicator: str, region: str, day: date) -> Limits | None:
    return None


class _Fixed:
    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules

    def current(self) -> Sequence[Rule]:
        return self._rules


class _Nothing:
    def shown(self, *_: Any, as_of: Any) -> None:
        return None

    def anomalies(self, *_: Any, as_of: Any, limit: int = 1) -> Sequence[Any]:
        return ()


if __name__ == "__main__":
    main()
