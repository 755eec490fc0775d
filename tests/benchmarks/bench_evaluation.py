"""A month's 考核 over a million stored cases, beside a plain loop over the same cases.

    python -m tests.benchmarks.bench_evaluation [--cases 1000000]

A year of cases lies in a real PostgreSQL (fewer with --cases); timed is what the page asks for: the
matrices of regions, units and posts of the last month that is over, from the question to the sheet
with grades; and the same as of the middle of the month, when some 13,000 cases that are over today
stood open, the log of which is filled for it. The peer reads the same columns of the same cases and
counts six of the indicators in one pass of plain Python, case by case, as the usual reporting
script does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from app.config import EngineConfig
from app.engines import attach
from app.evaluation.make import make_evaluations
from app.main import REFERENCE
from app.migrations import upgrade
from layers.stores.postgres_engine import connect
from topics.kit.evaluation.service import Evaluations, begins, ends
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_cases import PostgresCases
from topics.kit.stores.postgres_evaluation import PostgresEvaluations

_RUNS = 5
_FILL = """
insert into case_file (
    id, number, version, source, reporter, scheme, kind, code, major, region, county, holder, text,
    place, contact, longitude, latitude, state, unit, support, handlers, reported_at, recorded_at,
    since, accepted_at, filed_at, dispatched_at, signed_at, answered_at, checked_at, closed_at,
    ended_at, due_note, file_due, dispatch_due, handle_due, check_due, limit_text, drill, demo,
    reworks, returns, extensions, reopened, photos)
select
    md5(n::text), 'B' || n, 9, (array['phone','hotline','video','form'])[1 + n % 4], 'u',
    '城市管理', '事项', lpad((6001 + n * 7 % 52)::text, 5, '0'), '06', county || '001', county,
    county,
    '路边有垃圾', '示例路', '', 113 + random(), 24.5 + random(),
    case when open then '处置' else '结案' end, (array['cgj','swj','zjj','scjgj'])[1 + n % 4],
    '{}', '{}', at, at, at, at + '4 min', at + '9 min', at + '20 min', at + '1 hour',
    case when not open then at + took end, case when not open then at + took + '20 min' end,
    case when not open then at + took + '40 min' end,
    case when not open then at + took + '40 min' end,
    '', at + '30 min', at + '40 min', at + '1 day', case when not open then at + took + '1 day' end,
    '1 工作日', false, false, (n % 17 = 0)::int, (n % 23 = 0)::int, (n % 29 = 0)::int, 0, 0
from (
    select n, :until - (:cases - n) * (interval '365 days' / :cases) as at,
        (array['440203','440204','440205','440222','440224','440229','440232','440233','440281',
               '440282'])[1 + n % 10] as county,
        random() * interval '220 hours' + interval '2 hours' as took, n % 40 = 0 as open
    from generate_series(1, :cases) as n) as made
"""
_STEPS = """
insert into case_event (case_id, version, step, at, actor, note, data, state, left_state, unit,
    support, due)
select f.id, step.version, 'moved', step.at, 'u', '', '{}', step.state, step.left_state,
    case when step.version > 3 then f.unit end, '{}', step.due
from case_file f cross join lateral (values
    (1, '上报', null, f.reported_at, f.file_due), (2, '受理', '上报', f.accepted_at, f.file_due),
    (3, '立案', '受理', f.filed_at, f.dispatch_due),
    (4, '派遣', '立案', f.dispatched_at, f.handle_due),
    (5, '签收', '派遣', f.signed_at, f.handle_due), (6, '处置', '签收', f.signed_at, f.handle_due),
    (7, '反馈', '处置', f.answered_at, f.check_due),
    (8, '核查', '反馈', f.answered_at, f.check_due),
    (9, '结案', '核查', f.closed_at, null)
) as step (version, state, left_state, at, due)
where step.at is not null and f.reported_at between :middle - interval '12 days' and :middle
"""


def main() -> None:
    """Fill, ask, compare, print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=1_000_000)
    cases = asked.parse_args().cases
    with (
        tempfile.TemporaryDirectory() as home,
        attach(Path(home), EngineConfig()) as urls,
    ):
        upgrade(urls.postgres)
        database = connect(urls.postgres)
        now = datetime.now(UTC)
        _fill(database, cases, now)
        regions = RegionTree.load(REFERENCE / "regions.csv")
        facts = PostgresCaseFacts(database, PostgresCases(database))
        evaluations = make_evaluations(
            PostgresEvaluations(database), facts, regions, lambda name: REFERENCE / name
        )
        first = now.astimezone(ZONE).date().replace(day=1)
        month = (first - timedelta(days=1)).replace(day=1)
        _compare(evaluations, database, month, now, cases)
        _in_the_middle(evaluations, database, month)
        database.dispose()


def _fill(database: sa.Engine, cases: int, now: datetime) -> None:
    with database.begin() as connection:
        connection.execute(sa.text(_FILL), {"until": now, "cases": cases})
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze case_file")


def _compare(
    evaluations: Evaluations, database: sa.Engine, month: date, now: datetime, cases: int
) -> None:
    times, own = [], []
    for _ in range(_RUNS):
        start, busy = time.perf_counter(), time.process_time()
        sheet = evaluations.count(month, now)
        times.append(time.perf_counter() - start)
        own.append(time.process_time() - busy)
    counted = sum(one["cells"]["filing_rate"]["denominator"] for one in sheet["region"]["rows"])
    start, busy = time.perf_counter(), time.process_time()
    looped = _loop(database, month, now)
    slow, slow_own = time.perf_counter() - start, time.process_time() - busy
    for county, shares in looped.items():
        cells = next(one for one in sheet["region"]["rows"] if one["id"] == county)["cells"]
        for key, (above, below) in shares.items():
            assert (cells[key]["numerator"], cells[key]["denominator"]) == (above, below), key
    shown = [
        f"{cases:,} cases stored, {counted:,} reported in {month:%Y-%m}",
        f"考核: 17 indicators x 3 groups  {median(times):.2f} s, {median(own):.2f} s own",
        f"loop: 6 indicators x 1 group    {slow:.2f} s, {slow_own:.2f} s; same numbers",
    ]
    sys.stdout.write("\n".join(shown) + "\n")


def _in_the_middle(evaluations: Evaluations, database: sa.Engine, month: date) -> None:
    """As of the middle of the month: what went on since is taken from the log."""
    middle = begins(month) + (ends(month) - begins(month)) / 2
    with database.begin() as connection:
        connection.exec_driver_sql("alter table case_event disable trigger user")
        connection.execute(sa.text(_STEPS), {"middle": middle})
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze case_event")
        open_then = connection.execute(
            sa.text("select count(*) from case_file where reported_at < :at and ended_at > :at"),
            {"at": middle},
        ).scalar_one()
    times, own = [], []
    for _ in range(_RUNS):
        start, busy = time.perf_counter(), time.process_time()
        evaluations.count(month, middle)
        times.append(time.perf_counter() - start)
        own.append(time.process_time() - busy)
    said = f"{median(times):.2f} s, {median(own):.2f} s own"
    sys.stdout.write(f"as of the middle of it, {open_then:,} moved on since: {said}\n")


def _loop(database: sa.Engine, month: date, now: datetime) -> dict[str, dict[str, Any]]:
    """The same numbers, case by case."""
    begin, until = begins(month), min(ends(month), now)
    asked = sa.text(
        "select county, state, ended_at, reported_at, filed_at, file_due, dispatched_at,"
        " dispatch_due, answered_at, handle_due, checked_at, check_due, reworks, merged_into"
        " from case_file where reported_at < :until and not drill"
    )
    found: dict[str, dict[str, Any]] = {}

    def add(county: str, key: str, counts: bool) -> None:
        pair = found.setdefault(county, {}).setdefault(key, [0, 0])
        pair[0] += counts
        pair[1] += 1

    with database.connect().execution_options(stream_results=True) as connection:
        for one in connection.execute(asked, {"until": until}):
            if begin <= one.reported_at < until:
                add(one.county, "filing_rate", one.filed_at is not None and one.filed_at < until)
            if one.filed_at is not None and begin <= one.filed_at < until:
                add(one.county, "filing_in_time", one.filed_at <= one.file_due)
            if one.dispatched_at is not None and begin <= one.dispatched_at < until:
                add(one.county, "dispatch_in_time", one.dispatched_at <= one.dispatch_due)
            done, due = one.answered_at, one.handle_due
            falls = begin <= due < until and not (done is not None and done < begin)
            early = done is not None and begin <= done < until and done <= due
            if falls or early:
                add(
                    one.county,
                    "handling_in_time",
                    done is not None and done < until and done <= due,
                )
            if done is not None and begin <= done < until:
                add(one.county, "rework_rate", one.reworks > 0)
            if one.checked_at is not None and begin <= one.checked_at < until:
                add(one.county, "checking_in_time", one.checked_at <= one.check_due)
    return {county: {k: tuple(v) for k, v in pairs.items()} for county, pairs in found.items()}


if __name__ == "__main__":
    main()
