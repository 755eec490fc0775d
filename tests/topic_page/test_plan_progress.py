"""Progress of a plan: from its baseline, over its years (6_city progress_formula.csv, own rule)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.topic.kinds.progress import lamp_of, shares
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec, Target
from topics.kit.words.lamps import Lamp


def spec(**more: Any) -> IndicatorSpec:
    return IndicatorSpec.model_validate({
        "id": "a.x", "title": "零跑动", "definition": "测试", "unit": "%", "frequency": "1y",
        "period_kind": "年", "levels": ["city"], "owner": "zsj", "source": "测试",
        "direction": "higher", "freshness": timedelta(days=400), **more,
    })  # fmt: skip


def target(value: float = 80, **more: Any) -> Target:
    given = {"value": value, "year": 2025, "document": "表1", "kind": "预期性",
             "effective": "2021-01-01"}  # fmt: skip
    return Target.model_validate(given | more)


def in_year(year: int, value: float | None) -> Observation:
    start = datetime(year - 1, 12, 31, 16, tzinfo=UTC)
    return Observation("a.x", "440200", Period(start, PeriodKind.YEAR), value)


@pytest.mark.parametrize(("value", "aim", "base"), [(70, 80, 60), (9.35, 9.5, 9.2), (3, 2, 4)])
def test_half_way_from_the_baseline_is_half_done(value: float, aim: float, base: float) -> None:
    done, _ = shares(spec(), in_year(2023, value), target(aim, baseline=base, since=2021))
    assert done == pytest.approx(0.5)


def test_without_a_baseline_the_target_is_the_whole_way() -> None:
    done, _ = shares(spec(), in_year(2025, 72), target(since=2021))
    assert done == pytest.approx(0.9)


@pytest.mark.parametrize(("year", "gone"), [(2021, 365 / 1826), (2023, 1095 / 1826), (2025, 1.0)])
def test_the_calendar_of_a_plan_runs_over_all_its_years(year: int, gone: float) -> None:
    _, elapsed = shares(spec(), in_year(year, 70), target(baseline=60, since=2021))
    assert elapsed == pytest.approx(gone)


@pytest.mark.parametrize("year", [2020, 2026])
def test_a_year_outside_the_plan_is_not_set_against_it(year: int) -> None:
    aim = target(baseline=60, since=2021)
    assert shares(spec(), in_year(year, 70), aim) == (None, None)


def test_a_target_that_equals_its_baseline_cannot_be_told() -> None:
    aim = target(60, baseline=60, since=2021)
    assert shares(spec(), in_year(2023, 70), aim) == (None, None)
    assert shares(spec(), in_year(2023, None), target(since=2021)) == (None, None)


def test_a_target_of_one_year_is_measured_as_before() -> None:
    assert shares(spec(), in_year(2025, 60), target()) == (0.75, None)


@pytest.mark.parametrize(
    ("value", "lamp"), [(80, Lamp.OK), (79, Lamp.WARN), (78, Lamp.WARN), (77.9, Lamp.BAD)]
)
def test_at_the_end_of_a_plan_what_is_far_from_done_lags(value: float, lamp: Lamp) -> None:
    aim = target(baseline=60, since=2021)
    one = in_year(2025, value)
    done, elapsed = shares(spec(), one, aim)
    assert done is not None
    assert lamp_of(spec(), one, aim, done, elapsed, behind=0.1) is lamp


@pytest.mark.parametrize(("behind", "lamp"), [(0.2, Lamp.WARN), (0.1, Lamp.BAD)])
def test_how_far_behind_is_red_is_the_panels_to_say(behind: float, lamp: Lamp) -> None:
    aim, one = target(baseline=60, since=2021), in_year(2025, 77)
    assert lamp_of(spec(), one, aim, 0.85, 1.0, behind=behind) is lamp
