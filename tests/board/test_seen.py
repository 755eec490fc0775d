"""What waits for its release is in no row: not as value, not in the curve, not compared with."""

from __future__ import annotations

from datetime import timedelta

from app.board.rows import row
from app.board.seen import SeenReadings
from tests.board.small_city import NOW, PM25
from topics.kit.contracts import Period, PeriodKind
from topics.kit.manifest_indicators import Comparison

NEWEST = Period(NOW.replace(minute=0) - timedelta(hours=1), PeriodKind.HOUR)
BEFORE = Period(NOW.replace(minute=0) - timedelta(hours=2), PeriodKind.HOUR)
COMPARED = PM25.model_copy(
    update={"comparison": Comparison.model_validate({"label": "环比", "against": "previous"})}
)


def test_the_newest_value_that_waits_gives_way_to_the_one_before(readings, facts):
    seen = SeenReadings(readings, lambda _, period: period == NEWEST)
    made = row(PM25, "440200", seen, facts, NOW)
    plain = row(PM25, "440200", readings, facts, NOW)
    assert (made["period_start"] < plain["period_start"], made["raw"]) == (True, 42.0)
    assert NEWEST not in [one.period for one in seen.series(PM25.id, "440200")]


def test_a_value_is_not_compared_with_one_that_waits(readings, facts):
    assert row(COMPARED, "440200", readings, facts, NOW)["delta"] is not None
    seen = SeenReadings(readings, lambda _, period: period == BEFORE)
    assert row(COMPARED, "440200", seen, facts, NOW)["delta"] is None


def test_where_nothing_waits_everything_is_as_it_was(readings, facts):
    seen = SeenReadings(readings, lambda *_: False)
    assert row(COMPARED, "440200", seen, facts, NOW) == row(
        COMPARED, "440200", readings, facts, NOW
    )
