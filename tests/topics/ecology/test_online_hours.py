"""Raw hours of online sources become ratio, state and counts by our own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from topics.ecology import online
from topics.ecology.online_sources import SourceState
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.refresh.city_periods import CityPeriods
from topics.kit.refresh.contracts import RefreshContext, Row

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
FIRST = datetime(2026, 11, 18, 16, tzinfo=UTC)  # midnight of the 19th on the city's clock
CATALOGUE = Catalogue.load([SHIPPED])
CODE = "SGWR01"  # 化学需氧量, 40 mg/L
Refresher = Callable[[RefreshContext], Iterator[Observation]]


def row(hour: int, value: object, flag: str = "N", code: str = CODE, **more: object) -> Row:
    at = (FIRST + timedelta(hours=hour)).isoformat()
    return {"code": code, "time": at, "value": value, "flag": flag, **more}


def told(
    function: Refresher, rows: Sequence[Row], kind: PeriodKind = PeriodKind.HOUR
) -> dict[tuple[str, str, int], Observation]:
    spec = next(one for one in CATALOGUE.refreshers() if one.id == "ecology.online_hourly")
    periods = CityPeriods()
    ctx = RefreshContext(NOW, periods.at(NOW, kind), spec, periods, lambda _: rows, lambda _: ())
    return {
        (one.indicator.partition("source_")[2], one.region, (one.period.start - FIRST).seconds
         // 3600): one
        for one in function(ctx)
    }  # fmt: skip


def states(rows: Sequence[Row], code: str = CODE) -> dict[int, SourceState]:
    found = told(online.hourly, rows)
    return {
        hour: SourceState(int(one.value))
        for (name, region, hour), one in found.items()
        if (name, region) == ("state", code) and one.value is not None
    }


@pytest.mark.parametrize(
    ("value", "flag", "state", "ratio"),
    [
        ("30", "N", SourceState.NORMAL, 75.0),
        ("40", "N", SourceState.NORMAL, 100.0),
        ("44", "N", SourceState.OVER, 110.0),
        ("44", "S", SourceState.OVER, 110.0),
        ("90", "M", SourceState.MAINTAINED, None),
        ("90", "D", SourceState.MAINTAINED, None),
        ("0", "F", SourceState.STOPPED, None),
        ("ND", "N", SourceState.MAINTAINED, None),
    ],
)
def test_an_hour_is_judged_by_its_value_and_its_flag(
    value: str, flag: str, state: SourceState, ratio: float | None
) -> None:
    """The platform says what was measured; limits and flags are ours (HJ 212-2017)."""
    found = told(online.hourly, [row(0, value, flag)])
    assert found["ratio", CODE, 0].value == pytest.approx(ratio)
    assert found["state", CODE, 0].value == state


def test_a_stopped_source_is_not_monitored_and_a_flagged_hour_is_missing() -> None:
    found = told(online.hourly, [row(0, "0", "F"), row(1, "90", "C")])
    assert found["ratio", CODE, 0].status is ValueStatus.NOT_MONITORED
    assert found["ratio", CODE, 1].status is ValueStatus.MISSING


def test_a_source_is_offline_after_four_silent_hours_and_not_before() -> None:
    """online_rules.csv: offline_after (operating practice)."""
    others = [row(hour, "1", code="SGWR03") for hour in range(7)]
    found = states([row(0, "30"), row(1, "44"), *others])
    assert [found[hour] for hour in (1, 3, 4)] == [SourceState.OVER] * 3
    assert found[5] is SourceState.OFFLINE


def test_a_source_that_never_sent_is_offline_once_the_answer_reaches_far_enough() -> None:
    others = [row(hour, "1", code="SGWR03") for hour in range(5)]
    assert set(states(others, "SGWR08").items()) == {
        (3, SourceState.OFFLINE), (4, SourceState.OFFLINE),
    }  # fmt: skip
    assert states(others[:3], "SGWR08") == {}
    assert told(online.hourly, others)["ratio", "SGWR08", 4].status is ValueStatus.MISSING


def test_another_unit_of_the_same_kind_is_converted() -> None:
    found = told(online.hourly, [row(0, "20000", unit="µg/L")])
    assert found["ratio", CODE, 0].value == pytest.approx(50.0)


def test_a_whole_day_is_counted_by_our_flags() -> None:
    rows = [row(hour, "30") for hour in range(18)]
    rows += [row(18, "44"), row(19, "90", "M"), row(20, "30", "B")]
    rows += [row(hour, "1", code="SGWR03") for hour in range(24)]
    found = told(online.daily, rows)
    counts = {name: found[name, CODE, 0].value for name in ("due", "received", "valid", "over")}
    assert counts == {"due": 24, "received": 20, "valid": 19, "over": 1}
    assert found["received", "SGWR08", 0].value == 0


def test_a_day_that_is_not_over_is_not_counted() -> None:
    assert told(online.daily, [row(hour, "30") for hour in range(23)]) == {}


def test_an_outlet_that_nobody_knows_is_told_and_does_not_hold_up_the_others() -> None:
    """The run refuses a place that there is not, with its code."""
    found = told(online.hourly, [row(0, "30", code="XX1"), row(0, "30")])
    assert found["ratio", "XX1", 0].value is None
    assert found["ratio", CODE, 0].value == 75
    assert ("state", "XX1", 0) not in found


def test_an_answer_without_a_row_fails_with_the_reason() -> None:
    with pytest.raises(RefreshFailed, match="没有给出任何排口"):
        told(online.hourly, [])
