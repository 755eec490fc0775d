"""A city's 4,969 real events (New York 311, animals): nothing lost, the borough's clusters hot."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from topics.grid import density, hours

FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "series" / "nyc311_animals.csv"
NEW_YORK = ZoneInfo("America/New_York")

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="the real events are not here")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_real_event_is_placed_missing_or_outside(rows: list[dict[str, str]]) -> None:
    lon, lat = (
        np.array([float(row[name] or "nan") for row in rows]) for name in ("Longitude", "Latitude")
    )
    area = shapely.box(-74.26, 40.49, -73.70, 40.92)
    found, _ = density.measure(lon, lat, area, side=500.0, bandwidth=1_000.0)
    assert len(rows) == 4969
    assert found.missing == 62
    assert found.counts.sum() + found.missing + found.outside == len(rows)
    assert found.outside == 0
    assert found.label[int(np.argmax(found.counts))] == "热点 99%"


def test_the_hours_of_real_events_are_all_there(rows: list[dict[str, str]]) -> None:
    times = [
        datetime.strptime(row["Created Date"], "%m/%d/%Y %H:%M").replace(tzinfo=NEW_YORK)
        for row in rows
    ]
    counts = hours.profile(times, NEW_YORK)
    assert counts.sum() == len(rows)
    assert counts[:, 8:22].sum() > counts[:, :8].sum()
