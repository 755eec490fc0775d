"""How long a trend shows: what is offered for which periods, and what the address asks for."""

from __future__ import annotations

from typing import Any

import pytest

from app.topic.spans import span_text, spanned, spans_of
from tests.topic_page.river_city import RiverCity
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec


def spec(period_kind: str) -> IndicatorSpec:
    return IndicatorSpec.model_validate({
        "id": "a.x", "title": "甲", "definition": "测试", "unit": "%", "frequency": "1h",
        "period_kind": period_kind, "levels": ["city"], "owner": "zsj", "source": "测试",
        "direction": "higher", "freshness": "3h",
    })  # fmt: skip


def panel(**more: Any) -> PanelSpec:
    return PanelSpec.model_validate(
        {"title": "走势", "kind": "trend", "indicators": ["a.x"]} | more
    )


@pytest.mark.parametrize(
    ("kind", "window", "offered"),
    [
        ("小时", "72h", ("24h", "72h", "7d", "30d")),
        ("小时", "48h", ("24h", "48h", "72h", "7d", "30d")),
        ("日", "60d", ("30d", "60d", "90d", "1y")),
        ("当月", "2y", ("12mo", "2y", "5y")),
        ("当月", "", ("12mo", "24mo", "5y")),
        ("年", "5y", ("5y", "10y")),
    ],
)
def test_a_trend_offers_what_its_periods_suit_and_its_own_window(
    kind: str, window: str, offered: tuple[str, ...]
) -> None:
    assert spans_of(panel(window=window), [spec(kind)]) == offered


def test_the_finest_period_among_the_indicators_decides() -> None:
    assert spans_of(panel(), [spec("当月"), spec("小时")])[0] == "24h"


def test_only_trends_can_be_switched() -> None:
    assert spans_of(panel(kind="kpi"), [spec("小时")]) == ()


def test_what_is_not_offered_leaves_the_panel_as_it_is() -> None:
    given = panel(window="72h")
    assert spanned(given, [spec("小时")], "7d").window == "7d"
    assert spanned(given, [spec("小时")], "5y").window == "72h"
    assert spanned(given, [spec("小时")], "").window == "72h"


def test_a_span_in_words() -> None:
    assert [span_text(one) for one in ("72h", "30d", "24mo", "5y", "")] == [
        "72 小时", "30 天", "24 个月", "5 年", "",
    ]  # fmt: skip


def test_the_address_sets_how_long_the_trend_shows(city: RiverCity) -> None:
    usual, week = city.page(), city.page(span="7d")
    assert (usual["span"], week["span"]) == ("72h", "7d")
    assert [one["id"] for one in week["spans"]] == ["24h", "72h", "7d", "30d"]
    long, short = (
        next(one for one in page["panels"] if one["kind"] == "trend") for page in (week, usual)
    )
    assert len(long["table"]["rows"]) > len(short["table"]["rows"])
    assert "近 7 天" in long["subtitle"]


def test_a_span_that_is_none_is_refused_with_the_fix(city: RiverCity) -> None:
    answer = city.ask(span="7 天")
    assert answer.status_code == 422
    assert "72h" in answer.json()["detail"]
