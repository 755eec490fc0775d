"""How long 500 formulas over 11 regions and 60 months take, and what one change costs.

Run: [TONGLAN_BENCH_POSTGRES=postgresql://…] python -m tests.benchmarks.bench_formulas
Peers on the same cube: pandas column arithmetic (no missing-value rules, no statuses) and plain
Python cell by cell. With an empty, migrated database also reading, storing and one revision.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.formula.small_city import formula, month, spec
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.clocks import count, period
from topics.kit.formula.cubes import cubes_of
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.formula import Formula
from topics.kit.formula.geography import Geography
from topics.kit.formula.recompute import Recomputation
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_stale import PostgresStale

INPUTS = [spec(f"b.in{n:03d}", "件") for n in range(100)]
FIRST, MONTHS, FORMULAS = count(month(2022, 1)), 60, 500
SHAPES = (
    "{a} / {b} * 100",
    "({a} - {b}) / {a} * 100",
    "yoy({a})",
    "rolling({a}, 12, sum)",
    "regional_sum({a})",
)
UNITS = ("%", "%", "%", "件", "件")
TREE = RegionTree.load(Path(__file__).parents[2] / "data" / "reference" / "regions.csv")
GEOGRAPHY = Geography.of(TREE)


def formulas() -> list[Formula]:
    """Five shapes over a hundred inputs."""
    made = []
    for n in range(FORMULAS):
        a, b = INPUTS[n % 100].id, INPUTS[(n * 7 + 1) % 100].id
        result = spec(f"b.out{n:03d}", UNITS[n % 5])
        text = SHAPES[n % 5].format(a=a, b=b)
        made.append(formula(text, *INPUTS, result=result))
    return made


def rows() -> list[Observation]:
    """Every input, region and month."""
    dice = np.random.default_rng(1)
    return [
        Observation(one.id, region, period(at, PeriodKind.MONTH), float(dice.uniform(1, 100)))
        for one in INPUTS
        for region in GEOGRAPHY.codes
        for at in range(FIRST, FIRST + MONTHS)
    ]


def plain_python(values: dict[tuple[str, str, int], float]) -> int:
    """The same five shapes in loops over cells."""
    done = 0
    counties = GEOGRAPHY.codes[1:]
    for n in range(FORMULAS):
        a, b = INPUTS[n % 100].id, INPUTS[(n * 7 + 1) % 100].id
        for region in GEOGRAPHY.codes:
            for at in range(FIRST, FIRST + MONTHS):
                x, y = values.get((a, region, at)), values.get((b, region, at))
                before = values.get((a, region, at - 12))
                window = [values.get((a, region, at - k)) for k in range(12)] if n % 5 == 3 else []
                known = [one for one in window if one is not None]
                match n % 5:
                    case 0:
                        found = x / y * 100 if x is not None and y else None
                    case 1:
                        found = (x - y) / x * 100 if x and y is not None else None
                    case 2:
                        found = (x / before - 1) * 100 if x is not None and before else None
                    case 3:
                        found = math.fsum(known) if len(known) == 12 else None
                    case _:
                        found = math.fsum(values[a, one, at] for one in counties)
                done += found is not None
    return done


def with_pandas(wide: dict[str, pd.DataFrame]) -> int:
    """The same five shapes on frames (months × regions)."""
    counties = list(GEOGRAPHY.codes[1:])
    done = 0
    for n in range(FORMULAS):
        a, b = wide[INPUTS[n % 100].id], wide[INPUTS[(n * 7 + 1) % 100].id]
        shapes: Sequence[Callable[[], pd.DataFrame | pd.Series]] = (
            lambda a=a, b=b: a / b * 100,
            lambda a=a, b=b: (a - b) / a * 100,
            lambda a=a: (a / a.shift(12) - 1) * 100,
            lambda a=a: a.rolling(12).sum(),
            lambda a=a: a[counties].sum(axis=1),
        )
        done += len(shapes[n % 5]())
    return done


def main() -> None:
    """Print seconds of the evaluation, of its peers, and of a database where one is named."""
    made, given = formulas(), rows()
    begun = time.perf_counter()
    cubes = cubes_of(given, GEOGRAPHY)
    _say("observations to cubes (66k)", time.perf_counter() - begun)
    counts = np.arange(FIRST, FIRST + MONTHS)
    took = [_timed(lambda: [evaluate(one, cubes, counts) for one in made]) for _ in range(5)]
    _say("500 formulas × 11 × 60, evaluated", statistics.median(took))
    values = {(o.indicator, o.region, count(o.period)): o.value for o in given}
    _say("plain Python, cell by cell", _timed(lambda: plain_python(values)))  # type: ignore[arg-type]
    wide = {
        one.id: pd.DataFrame(
            {r: [values[one.id, r, at] for at in counts.tolist()] for r in GEOGRAPHY.codes}
        )
        for one in INPUTS
    }
    _say("pandas frames", statistics.median(_timed(lambda: with_pandas(wide)) for _ in range(3)))
    if "TONGLAN_BENCH_POSTGRES" in os.environ:
        _stored(made, given)


def _stored(made: list[Formula], given: list[Observation]) -> None:
    engine = connect(os.environ["TONGLAN_BENCH_POSTGRES"])
    store = PostgresObservations(engine)
    specs = {one.id: one for one in (*INPUTS, *(one.spec for one in made))}
    work = Recomputation(FormulaBook(made), specs, GEOGRAPHY, PostgresStale(engine), store)
    _say("66k inputs stored, no formula yet", _timed(lambda: store.append(given, live=False)))
    _say("all read, computed, stored (about 290k values)", _timed(work.run))
    when = Period(given[30].period.start, given[30].period.kind)
    took = []
    for n in range(20):
        store.append([Observation(INPUTS[n].id, GEOGRAPHY.codes[2], when, 7.5 + n)])
        took.append(_timed(work.run))
    _say("one revision worked through", statistics.median(took))
    _say("nothing to do", _timed(work.run))
    others = [
        Observation(f"b.other{n:04d}", region, when, 1.0 + n)
        for n in range(2000)
        for region in GEOGRAPHY.codes
    ]
    _say("22k rows that no formula reads", _timed(lambda: store.append(others)))
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE observation DISABLE TRIGGER USER"))
    again = [Observation(o.indicator, o.region, month(2026, 5), o.value) for o in others]
    _say("22k rows with the triggers off", _timed(lambda: store.append(again)))


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _say(what: str, seconds: float) -> None:
    sys.stdout.write(f"{what}: {seconds * 1000:.0f} ms\n")


if __name__ == "__main__":
    main()
