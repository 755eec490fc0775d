"""A million cases: lists with filters, counts, the funnel, one step; against the plain table.

    python -m tests.benchmarks.bench_cases [HOW_MANY]

Four thousand cases of the demo city are walked through the real desk and copied 250 times, each
copy some hours earlier; open cases are copied forty times, so that some thousands stand open, as in
a city with a million a year. The peer is what a first version of such a desk does: one table
without the indices of open cases, and a count(*) beside every page.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app import migrations
from app.config import Config, EngineConfig
from app.demo.cases import seed_cases
from app.engines.attach import attach
from app.main import compose
from app.services import Services
from layers.stores.postgres_engine import connect
from topics.kit.cases.contracts import CaseState, Stage, states_of
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.cases.machine import Order
from topics.kit.cases.machine import Person as CasePerson
from topics.kit.cases.transitions import DESK
from topics.kit.stores.postgres_case_tables import case_event, case_file

WALKED, ROUNDS = 4_000, 15
ALL = Sight(("城市管理", "综治"))


def timed(what: str, run: Callable[[], object]) -> None:
    """Print the median and the slowest of some rounds."""
    run()
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        run()
        taken.append((time.perf_counter() - begin) * 1000)
    sys.stdout.write(f"{what:58s} {statistics.median(taken):8.1f} ms   (most {max(taken):.1f})\n")


# The ended ones, noted before a million copies without statistics are among them.
_NOTED = """
CREATE TEMP TABLE ended_case AS SELECT id FROM case_file WHERE ended_at IS NOT NULL;
ANALYZE ended_case
"""
_ENDED = "k <= 40 OR case_id IN (SELECT id FROM ended_case)"
_ENTRIES = f"""
INSERT INTO case_entry
SELECT at - k * interval '13 hours', case_id || '-' || k, state, scheme, region, demo, drill,
    returned, took_s, before_at - k * interval '13 hours'
FROM case_entry, generate_series(1, :n) k WHERE {_ENDED}
ORDER BY 1
"""
_HANDS = f"""
INSERT INTO case_hand SELECT handler, case_id || '-' || k FROM case_hand, generate_series(1, :n) k
WHERE {_ENDED}
"""


def copied(engine: sa.Engine, copies: int) -> None:
    """Make the cases `copies` times as many, each copy thirteen hours earlier."""
    files = [one.name for one in case_file.columns]
    events = [one.name for one in case_event.columns if one.name != "id"]
    moments = {
        c.name for t in (case_file, case_event) for c in t.columns if "TIMESTAMP" in str(c.type)
    }

    def chosen(names: list[str], named: tuple[str, ...]) -> str:
        return ", ".join(
            f"{n} - k * interval '13 hours'" if n in moments
            else f"{n} || '-' || k" if n in named else n
            for n in names
        )  # fmt: skip

    with engine.begin() as connection:
        # What triggers keep beside (entries, hands) is copied as well: it is the same for a copy.
        for table in ("case_file", "case_event"):
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.exec_driver_sql(_NOTED)
        connection.execute(sa.text(_ENTRIES), {"n": copies - 1})
        connection.execute(sa.text(_HANDS), {"n": copies - 1})
        connection.execute(
            sa.text(
                f"INSERT INTO case_file ({', '.join(files)})"
                f" SELECT {chosen(files, ('id', 'number'))}"
                " FROM case_file, generate_series(1, :n) k"
                " WHERE ended_at IS NOT NULL OR k <= 40"
                " ORDER BY reported_at - k * interval '13 hours'"  # as they would have come
            ),
            {"n": copies - 1},
        )
        # Steps are checked against the cases: by a plan for thousands that would never end.
        connection.execute(sa.text("ANALYZE case_file"))
        connection.execute(
            sa.text(
                f"INSERT INTO case_event ({', '.join(events)})"
                f" SELECT {chosen(events, ('case_id',))} FROM case_event, generate_series(1, :n) k"
                f" WHERE {_ENDED}"
            ),
            {"n": copies - 1},
        )
        for table in ("case_file", "case_event"):
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE case_file"))
        connection.execute(sa.text("VACUUM ANALYZE case_event"))
        connection.execute(sa.text("VACUUM ANALYZE case_entry"))
        connection.execute(sa.text("VACUUM ANALYZE case_hand"))


def lists(services: Services, now: datetime) -> None:
    """The questions of the desk."""
    cases = services.cases

    def board(**more: object) -> Callable[[], object]:
        query = replace(CaseQuery(ALL), **more)  # type: ignore[arg-type]
        return lambda: cases.board(query, now=now)

    handling = states_of(Stage.HANDLED)
    timed("desk: all, due first", board())
    timed("desk: open", board(open=True))
    timed("desk: overdue", board(overdue=True, open=True))
    timed("desk: stage 处置, county", board(states=handling, region="440204"))
    timed("desk: unit, category 06", board(unit="cgj", code="06", scheme="城市管理", kind="事项"))
    timed("desk: closed, unit, newest", board(states=(CaseState.CLOSED,), unit="swj", order="new"))
    timed("desk: county and a month, newest", board(
        region="440281", since=now - timedelta(days=90), until=now - timedelta(days=60),
        order="new",
    ))  # fmt: skip
    timed("desk: text in open cases", board(text="建国路", open=True))
    timed("desk: text in all cases", board(text="建国路"))
    timed("desk: text that no case says", board(text="没有这样的字"))
    timed("desk: a number", board(text=f"{now:%Y-%m%d}-0042"))
    timed("desk: a source that brought nothing", board(sources=("api",)))
    timed("desk: closed, unit, county", board(
        states=(CaseState.CLOSED,), unit="swj", region="440281",
    ))  # fmt: skip
    timed("desk: the tail of a number", board(text="-0042"))
    timed("desk: the last digits of a number", board(text="42"))
    timed("desk: one sign that most say", board(text="路"))
    timed("desk: one sign that some say", board(text="垃"))
    timed("desk: one sign that none says", board(text="龘"))
    timed("desk: handled by one person", board(handler="demo:unit:swj"))
    timed("desk: handled by who handles most", board(handler="demo:unit:cgj"))
    timed("desk: handled by nobody yet", board(handler="new"))
    past = now - timedelta(days=30)
    timed("board of 30 days ago: open", lambda: cases.board(
        CaseQuery(ALL, open=True), now=now, as_of=past
    ))  # fmt: skip
    timed("board of 30 days ago: all", lambda: cases.board(CaseQuery(ALL), now=now, as_of=past))
    timed("board of 30 days ago: text", lambda: cases.board(
        CaseQuery(ALL, text="建国路"), now=now, as_of=past
    ))  # fmt: skip
    timed("funnel: today", lambda: cases.funnel(ALL, now - timedelta(hours=12), now))
    timed("funnel: 30 days", lambda: cases.funnel(ALL, now - timedelta(days=30), now))
    timed("funnel: 30 days up to 30 days ago", lambda: cases.funnel(
        ALL, past - timedelta(days=30), past
    ))  # fmt: skip


def peer(engine: sa.Engine, now: datetime) -> None:
    """One table without our indices."""
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE plain_case AS SELECT * FROM case_file"))
        connection.execute(sa.text("ALTER TABLE plain_case ADD PRIMARY KEY (id)"))
    where = "state NOT IN ('结案', '作废') AND scheme IN ('城市管理', '综治')"

    def page() -> None:
        with engine.connect() as connection:
            connection.execute(
                sa.text(f"SELECT * FROM plain_case WHERE {where} ORDER BY due LIMIT 50")
            ).all()
            connection.execute(sa.text(f"SELECT count(*) FROM plain_case WHERE {where}")).all()
            connection.execute(sa.text("SELECT state, count(*) FROM plain_case GROUP BY 1")).all()

    timed("peer: open, due first, with counts", page)


def main(count: int) -> None:
    """Fill, measure and print."""
    with tempfile.TemporaryDirectory() as home, attach(Path(home) / "e", EngineConfig()) as urls:
        migrations.upgrade(urls.postgres)
        config = replace(Config(), home_path=Path(home))
        services, now = compose(config, urls), datetime.now(UTC)
        begin = time.perf_counter()
        seed_cases(services, now, min(WALKED, count), 120)
        sys.stdout.write(f"walked in {time.perf_counter() - begin:.0f} s\n")
        engine = connect(urls.postgres)
        copied(engine, max(1, count // WALKED))
        with engine.connect() as connection:
            total = connection.execute(sa.text("SELECT count(*) FROM case_file")).scalar_one()
            steps = connection.execute(sa.text("SELECT count(*) FROM case_event")).scalar_one()
        sys.stdout.write(
            f"{total:,} cases, {steps:,} steps, filled in {time.perf_counter() - begin:.0f} s\n"
        )
        lists(services, now)
        step(services, now)
        peer(engine, now)
        engine.dispose()


def step(services: Services, now: datetime) -> None:
    """One step at the desk: the log, the index and their constraints."""
    duty = CasePerson("bench", DESK)
    line = services.cases.lists.lines_where(CaseQuery(ALL, open=True), now, 1)[0]
    timed(
        "one step (备注)",
        lambda: services.cases.move(line.id, Order("备注", note="x"), duty, now=now),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
