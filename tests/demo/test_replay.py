"""Real 311 requests as a year of cases: every row a case or named with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.demo.replay import plan, replay
from tests.topics.evaluation.kept_cases import KeptCases, on
from topics.kit.errors import BadCaseTable

NOW = on("2026-11-26 10:00")
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "series" / "nyc311_animals.csv"
HEAD = (
    "Unique Key,Created Date,Closed Date,Complaint Type,Descriptor,Incident Address,Borough,"
    "Latitude,Longitude"
)
KINDS = (
    "Dead Animal,Cat", "Animal in a Park,Dog Off Leash", "Animal-Abuse,Neglected", "Pet Shop,Dogs",
    "Illegal Animal Sold,Snake", "Unsanitary Animal Pvt Property,Dog",
)  # fmt: skip
BOROUGHS = ("BROOKLYN", "QUEENS", "MANHATTAN", "BRONX", "STATEN ISLAND")


@pytest.fixture
def kept(module_database_url: str) -> Iterator[KeptCases]:
    made = KeptCases(module_database_url)
    with made.engine.begin() as connection:
        connection.exec_driver_sql("truncate case_event, case_file, case_number")
    yield made
    made.engine.dispose()


def sample(*more: str) -> bytes:
    """Sixty requests over ten days, every sixth still open, every tenth without a place."""
    rows = []
    for n in range(60):
        created = f"3/{1 + n // 6}/2025 {1 + n % 12}:20"
        closed = "" if n % 6 == 0 else f"3/{2 + n // 6}/2025 {1 + n % 12}:50"
        place = "," if n % 10 == 0 else f"{40.65 + n / 1000},{-73.95 + n / 1000}"
        rows.append(
            f"{9000 + n},{created},{closed},{KINDS[n % 6]},1 AVENUE,{BOROUGHS[n % 5]},{place}"
        )
    return "\n".join((HEAD, *rows, *more)).encode()


def count(kept: KeptCases, where: str) -> int:
    with kept.engine.connect() as connection:
        asked = sa.text(f"select count(*) from case_file where {where}")
        return int(connection.execute(asked).scalar_one())


def test_a_sample_is_stretched_over_a_year_and_closed_as_it_was(kept: KeptCases) -> None:
    found = replay(kept.cases, sample(), until=NOW)
    assert (found.accepted, found.repeated, found.refused) == (60, 0, ())
    assert count(kept, "closed_at is null") == 11  # the last was closed after the year
    assert count(kept, "longitude is null") >= 6
    with kept.engine.connect() as connection:
        asked = sa.text("select min(reported_at), max(reported_at) from case_file")
        first, last = connection.execute(asked).one()
    assert (first, last) == (NOW - timedelta(days=365), NOW)
    assert kept.store.differing() == []


def test_before_july_the_old_codes_are_used(kept: KeptCases) -> None:
    replay(kept.cases, sample(), until=NOW)
    assert count(kept, "reported_at < '2026-07-01 00:00+08' and length(code) <> 2") == 0
    assert count(kept, "reported_at >= '2026-07-01 00:00+08' and length(code) <> 5") == 0


def test_replaying_again_makes_nothing_twice(kept: KeptCases) -> None:
    replay(kept.cases, sample(), until=NOW)
    again = replay(kept.cases, sample(), until=NOW)
    assert (again.accepted, again.repeated) == (0, 60)


def test_wrong_rows_are_named(kept: KeptCases) -> None:
    found = replay(
        kept.cases,
        sample(
            "9000,3/2/2025 1:20,,Dead Animal,Cat,,BRONX,,",
            "9101,2/31/2025 1:20,,Dead Animal,Cat,,BRONX,,",
            "9102,3/2/2025 1:20,3/1/2025 1:20,Dead Animal,Cat,,BRONX,,",
            "9103,3/2/2025 1:20,,Noise,Loud,,BRONX,,",
            "9104,3/2/2025 1:20,,Dead Animal,Cat,,Unspecified,,",
        ),
        until=NOW,
    )
    assert found.accepted == 60
    assert [(one.row, one.item) for one in found.refused] == [
        (62, "Unique Key"), (63, "Created Date"), (64, "Closed Date"), (65, "Complaint Type"),
        (66, "Borough"),
    ]  # fmt: skip


def test_another_table_is_refused(kept: KeptCases) -> None:
    with pytest.raises(BadCaseTable, match="Unique Key"):
        replay(kept.cases, b"a,b\n1,2\n", until=NOW)


@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_file(), reason="旁边没有 shared/data/series")
def test_every_row_of_the_real_table_is_mapped_or_named() -> None:
    planned, refused = plan(REAL.read_bytes(), until=NOW)
    assert len(planned) + len(refused) == 4969
    assert [one.item for one in refused] == ["Borough"]
    assert sum(one.report.longitude is None for one in planned) in (61, 62)
    assert sum(one.request.closed is None for one in planned) == 277
    assert {one.report.at.month for one in planned} == set(range(1, 13))


@pytest.mark.soak
@pytest.mark.shared
@pytest.mark.skipif(not REAL.is_file(), reason="旁边没有 shared/data/series")
def test_the_whole_real_table_becomes_a_year_of_cases(kept: KeptCases) -> None:
    found = replay(kept.cases, REAL.read_bytes(), until=NOW)
    assert (found.accepted, len(found.refused)) == (4968, 1)
    assert 277 <= count(kept, "closed_at is null") <= 330  # some were closed after the year's end
