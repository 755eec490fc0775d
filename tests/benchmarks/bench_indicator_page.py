"""How long the answer behind an indicator's page takes, beside the plain reads it is made from.

Run: TONGLAN_BENCH_POSTGRES=postgresql://… python -m tests.benchmarks.bench_indicator_page
The database must be migrated; 11 regions × 60 months are added to it under the topic "toy".
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.indicator.page import make_page
from app.indicator.parts import Parts
from app.indicator.question import read_question
from app.main import REFERENCE
from app.security.contracts import Grant, Role, Subject
from layers.stores.postgres_engine import connect
from tests.indicator.small_series import MANIFEST
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.organisations import Organisations
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_statements import PostgresStatements

MONTHS, ROUNDS = 60, 50
CITY = "440200"
WHO = Subject("u1", "甲", frozenset({Grant(Role.VIEWER)}))


def rows(regions: list[str]) -> list[Observation]:
    """Five years by month; every tenth value of a region was corrected."""
    made = []
    for n in range(MONTHS):
        start = datetime(2021 + (n + 10) // 12, (n + 10) % 12 + 1, 1, tzinfo=ZONE).astimezone(UTC)
        known = start + timedelta(days=40)
        for place, region in enumerate(regions):
            period = Period(start, PeriodKind.MONTH)
            one = Observation("toy.rate", region, period, 9 + place / 10, recorded_at=known)
            made.append(one)
            if (n + place) % 10 == 0:
                later = known + timedelta(days=9)
                made.append(replace(one, value=9.5 + place / 10, recorded_at=later))
    return made


def main() -> None:
    """Print the medians and 95th percentiles of the page's answer and of its reads alone."""
    engine = connect(os.environ["TONGLAN_BENCH_POSTGRES"])
    folder = Path(tempfile.mkdtemp())
    (folder / "toy").mkdir()
    (folder / "toy" / "topic.toml").write_text(MANIFEST, encoding="utf-8")
    store, statements = PostgresObservations(engine), PostgresStatements(engine)
    tree = RegionTree.load(REFERENCE / "regions.csv")
    counties = [one.code for one in tree.children(CITY, datetime.now(ZONE).date())]
    store.append(rows([CITY, *counties]), live=False)
    parts = Parts(
        catalogue=Catalogue.load([folder]),
        regions=tree,
        organisations=Organisations.load(REFERENCE / "organisations.csv"),
        values=store,
        statements=statements,
        city=CITY,
    )
    spec = parts.catalogue.indicator("toy.rate")
    usual = read_question(spec, region=CITY, stretch="all")
    past = replace(usual, as_of=datetime(2025, 6, 1, tzinfo=UTC))
    full = replace(usual, compare=tuple(counties[:4]))

    def reads() -> None:
        statements.of_series(spec.id, CITY, as_of=None)
        store.listed(indicators=[spec.id], regions=counties, as_of=None, limit=5000)

    _say("plain reads of the same values", reads)
    _say("page, 60 months of the city, 10 counties ranked", lambda: make_page(parts, WHO, usual))
    _say("page, as of June 2025", lambda: make_page(parts, WHO, past))
    _say("page, four counties compared", lambda: make_page(parts, WHO, full))


def _say(what: str, ask: Callable[[], object]) -> None:
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    low, high = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    sys.stdout.write(f"{what}: median {low:.1f} ms, p95 {high:.1f} ms\n")


if __name__ == "__main__":
    main()
