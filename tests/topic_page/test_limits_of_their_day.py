"""A value has the limits of its own day, whenever the page is looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.topic.kinds.focus import Focus
from app.topic.kinds.limit_lines import limit_lines
from app.topic.view import View
from topics.ecology.site_limits import place_limits
from topics.kit.contracts import Observation, Period, PeriodKind, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.pages.limits import Band, Limits

CITY = Region("440200", "韶关市", "韶关", "city", None, 1, date.min)
REACH = ("2026-02-01 00:00:00", "2026-03-31 00:00:00")


def spec(**more: Any) -> IndicatorSpec:
    return IndicatorSpec.model_validate({
        "id": "ecology.pm25_day", "title": "甲", "definition": "测试", "unit": "µg/m³",
        "frequency": "1d", "period_kind": "日", "levels": ["city"], "owner": "zsj",
        "source": "测试", "direction": "lower", "freshness": "3h", "precision": 0,
        "limits": "site_limits:place_limits",
    } | more)  # fmt: skip


def view(today: date, rule: Any = place_limits) -> View:
    """A view of a page of that day that knows no more than its topic's limits."""
    catalogue = SimpleNamespace(
        topic_of=lambda _: SimpleNamespace(id="ecology"), function=lambda *_: rule
    )
    asked = SimpleNamespace(today=today)
    anything = cast(Any, SimpleNamespace(catalogue=catalogue))
    return View(anything, anything, cast(Any, asked), anything, anything)


def day(text: str) -> Period:
    local = datetime.fromisoformat(f"{text}T00:00:00+08:00")
    return Period(local.astimezone(UTC), PeriodKind.DAY)


def said(view: View, text: str, value: float) -> tuple[str, str]:
    one = Observation("ecology.pm25_day", CITY.code, day(text), value)
    cell = view.point(spec(), CITY, one)
    return cell["class"]["label"], cell["lamp"]


@pytest.mark.parametrize("today", [date(2026, 2, 21), date(2026, 3, 20), date(2031, 5, 1)])
def test_a_value_has_the_class_of_its_own_day_on_every_page(today: date) -> None:
    """HJ 633-2012 until 2026-02-28: 70 µg/m³ is 良; from 2026-03-01 on it is 轻度污染."""
    page = view(today)
    assert said(page, "2026-02-20", 70) == ("良", "ok")
    assert said(page, "2026-03-02", 70) == ("轻度污染", "warn")


def test_a_limit_that_changed_within_the_stretch_is_a_step() -> None:
    """GB 3095, PM2.5 24 h: 75 until 2026-02-28, 60 from 2026-03-01 on."""
    periods = [day(f"2026-02-{n:02}") for n in range(10, 29)]
    periods += [day(f"2026-03-{n:02}") for n in range(1, 20)]
    found = limit_lines(view(date(2026, 3, 20)), Focus(spec(), CITY), periods, REACH)
    assert found is not None
    good = {one.y: (one.span, one.text) for one in found if one.y in (60, 75)}
    assert good[75] == ((REACH[0], "2026-03-01 00:00:00"), "")
    assert good[60] == (("2026-03-01 00:00:00", REACH[1]), "良 60")
    lasting = [one for one in found if one.y == 150]
    assert [(one.span, one.text) for one in lasting] == [(None, "中度污染 150")] or lasting == []


def test_limits_that_did_not_change_are_whole_lines() -> None:
    periods = [day(f"2026-03-{n:02}") for n in range(1, 20)]
    found = limit_lines(view(date(2026, 3, 20)), Focus(spec(), CITY), periods, REACH)
    assert found is not None
    assert {one.span for one in found} == {None}
    assert all(one.text for one in found)


def test_a_limit_that_comes_again_has_two_stretches() -> None:
    """汛限水位 holds in each flood season, 正常蓄水位 in between."""

    def rule(indicator: str, region: Region, of: date) -> Limits:
        upper = 214.0 if 4 <= of.month < 10 else 220.0
        return Limits((Band("正常", "ok", high=upper), Band("超", "bad")), "正常")

    months = [datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=30 * n) for n in range(24)]
    periods = [Period(one, PeriodKind.INSTANT) for one in months]
    reach = ("2025-01-01 00:00:00", "2027-01-01 00:00:00")
    asked = view(date(2026, 12, 30), rule)
    found = limit_lines(asked, Focus(spec(), CITY), periods, reach)
    assert found is not None
    assert sorted((one.y, bool(one.text)) for one in found) == [
        (214.0, False), (214.0, False), (220.0, False), (220.0, False), (220.0, True),
    ]  # fmt: skip
