"""Ten years of one real air station (hourly, with gaps and stuck hours) through the checks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.topics.quality.indicators import spec
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.periods import ZONE
from topics.kit.quality.complete import share
from topics.kit.quality.intake import judge
from topics.kit.quality.stuck import HourSpan, equal_run, stuck

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
FILE = SHARED / "series" / "air_hourly_1410A.csv"
PM25 = spec(checks={"min": 0, "max": 2000, "soft_max": 500, "stuck_hours": 8})

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FILE.exists(), reason="旁边没有 shared/data/series"),
]


@pytest.fixture(scope="module")
def station() -> pd.Series:
    table = pd.read_csv(FILE, parse_dates=["datetime"], index_col="datetime")
    return table["PM2.5"].tz_localize(ZONE, ambiguous="NaT", nonexistent="NaT")


def runs(values: pd.Series) -> pd.Series:
    """The length of each run of equal neighbours, worked out in another way than ours."""
    known = values.dropna()
    return known.groupby((known != known.shift()).cumsum()).transform("size")


def test_no_real_hour_is_refused_and_few_are_unusual(station):
    known = station.dropna()
    rows = [
        Observation(PM25.id, "440203", Period(at.astimezone(UTC), PeriodKind.HOUR), float(value))
        for at, value in known.items()
        if isinstance(at, datetime) and value >= 0
    ]
    found = judge(rows, {PM25.id: PM25}, [], lambda _: (), lambda _: False)
    assert len(found.rows) > 50_000
    assert len(found.doubts) < 50


def test_a_stuck_stretch_of_the_real_station_is_found_and_an_ordinary_one_is_not(station):
    length = runs(station)
    longest = length.idxmax()
    assert length.max() >= 8
    known = station.dropna()
    end = known.index.get_loc(longest) + int(length.max())
    assert stuck(PM25, equal_run(spans(known.iloc[end - 40 : end]))) != ""
    usual = length[length == 1].index[500]
    at = known.index.get_loc(usual)
    assert stuck(PM25, equal_run(spans(known.iloc[at - 40 : at + 1]))) == ""


def test_the_gaps_of_the_real_station_leave_their_share(station):
    month = station["2016-03-01":"2016-03-31"]
    hours = pd.date_range("2016-03-01", "2016-03-31 23:00", freq="h", tz=ZONE)
    due = [Period(at.astimezone(UTC), PeriodKind.HOUR) for at in hours]
    states = {
        Period(at.astimezone(UTC), PeriodKind.HOUR): ValueStatus.OK
        for at, value in month.items()
        if pd.notna(value)
    }
    found = share(due, states)
    assert found.due == 31 * 24
    assert found.came == int(month.notna().sum())
    assert 0 < found.came < found.due


def spans(values: pd.Series) -> list[HourSpan]:
    return [
        HourSpan(at, float(value), float(value), at, at)
        for at, value in zip(values.index.to_pydatetime(), values, strict=True)
    ]
