"""A year of a rule tried on the past: seconds of a core by kind, and of reading the store.

Run as `python -m tests.benchmarks.bench_backtest [--cases N]`; prints a table. Hourly values of
eleven regions with late and corrected ones through an embedded PostgreSQL; forecasts are made every
six hours; cases are clusters over the city.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from app import migrations
from app.config import EngineConfig
from app.engines import attach
from layers.stores.postgres_engine import connect
from tests.topics.alerting.small_city import SPECS, alert, no_limits
from topics.kit.alerting.backtest import Past, backtest
from topics.kit.alerting.rules import ready
from topics.kit.alerting.tracks_crowds import reports
from topics.kit.alerting.tracks_foreseen import Foretold
from topics.kit.contracts import Observation, Period, PeriodKind, Region
from topics.kit.forecast.contracts import Forecast, ForecastPoint
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations

HOUR = timedelta(hours=1)
HOURS = 8760
START = datetime(2025, 11, 1, tzinfo=UTC)
END = START + HOURS * HOUR
DAY = date(2000, 1, 1)
REGIONS = RegionTree(
    [Region("440200", "市", "市", "city", None, 1, DAY)]
    + [Region(f"4402{n:02}", f"县{n}", f"县{n}", "county", "440200", n, DAY) for n in range(1, 12)]
)
CODES = [one.code for one in REGIONS.at_level("county")]
LIMITS = {"density": {"黄": 2, "红": 4}, "forecast": {"黄": 0.8}, "no_data": {"黄": 3}}
KINDS = ("threshold", "change", "no_data", "late", "forecast", "density")


def statements() -> list[Observation]:
    """A year by the hour of eleven regions; two in a hundred are corrected six hours later."""
    rng = np.random.default_rng(5)
    found = []
    for code in CODES:
        values = np.abs(rng.normal(0.6, 0.35, HOURS))
        late = rng.exponential(0.2, HOURS)
        for n, value in enumerate(values):
            period = Period(START + n * HOUR, PeriodKind.HOUR)
            at = START + (n + 1 + float(late[n])) * HOUR
            found.append(Observation("water.nh3n", code, period, float(value), recorded_at=at))
    return found


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=50_000)
    count = asked.parse_args().cases
    lines = ["| kind | facts | alerts | seconds of a core |", "|---|---|---|---|"]
    with (
        tempfile.TemporaryDirectory() as folder,
        attach(Path(folder), EngineConfig()) as urls,
    ):
        migrations.upgrade(urls.postgres)
        engine = connect(urls.postgres)
        store = PostgresObservations(engine)
        rows = statements()
        store.append(rows, live=False)
        again = [one for n, one in enumerate(rows) if n % 50 == 0]
        store.append(
            [
                Observation(
                    one.indicator, one.region, one.period, 0.5,
                    recorded_at=one.period.start + 7 * HOUR,
                )
                for one in again
            ],
            live=False,
        )  # fmt: skip
        begin = time.process_time()
        read = store.statements(["water.nh3n"], CODES, start=START, end=END, limit=600_000)
        reading = time.process_time() - begin
        engine.dispose()
    observed: dict[str, dict[str, list[Observation]]] = {}
    for one in read:
        observed.setdefault(one.region, {}).setdefault(one.indicator, []).append(one)
    past = Past(observed, {code: _foretold(code) for code in CODES}, {}, _reports(count))
    lines += [_timed(kind, past) for kind in KINDS]
    lines.append(f"reading {len(read)} statements: {reading:.2f} s, once a trial of values")
    sys.stdout.write("\n".join(lines) + "\n")


def _timed(kind: str, past: Past) -> str:
    limits = LIMITS.get(kind, {"黄": 1, "红": 1.5})
    watched = "grid.events" if kind == "density" else "water.nh3n"
    spec = alert(watched, kind=kind, levels=limits, hold="1h", keep="30m")
    rule = ready(spec, SPECS, REGIONS)
    begin = time.process_time()
    found = backtest(rule, past, no_limits, START, END)
    took = time.process_time() - begin
    return f"| {kind} | {found.values} | {len(found.episodes)} | {took:.2f} |"


def _foretold(code: str) -> list[Foretold]:
    found = []
    for n in range(0, HOURS, 6):
        made = START + n * HOUR
        points = [
            ForecastPoint(Period(made + k * HOUR, PeriodKind.HOUR), 0.4 + n % 84 / 40, 1, 3, 0, 4)
            for k in range(48)
        ]
        through = Period(made, PeriodKind.HOUR)
        one = Forecast("water.nh3n", code, made, "m", points, 1, 1, 0.8, 0.9, through)
        found.append(Foretold(made, one))
    return found


def _reports(count: int):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(31)
    middles = rng.uniform((113.0, 24.0), (114.6, 25.4), (200, 2))
    places = middles[rng.integers(0, 200, count)] + rng.normal(0, 0.01, (count, 2))
    at = np.sort(START.timestamp() + rng.uniform(0, HOURS * 3600, count))
    regions = [f"{code}001" for code in rng.choice(CODES, count)]
    return reports(places[:, 0], places[:, 1], regions, at, at, np.full(count, np.nan))


if __name__ == "__main__":
    main()
