"""A value shown by its class is worded by the class everywhere, and compared in classes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.forecast.cadence import cadence_of
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.judgement import Compared, compared, target_text
from topics.kit.words.lamps import Lamp
from topics.kit.words.values import class_name, class_place, write_value

NOW = datetime(2026, 10, 1, tzinfo=UTC)


def spec(**more: object) -> IndicatorSpec:
    return IndicatorSpec.model_validate({
        "id": "w.grade", "title": "水质类别", "definition": "测试", "unit": "", "precision": 0,
        "frequency": "1h", "period_kind": "小时", "levels": ["city"], "direction": "lower",
        "owner": "sthjj", "source": "测试", "freshness": "2h", "shown": "class",
        "classes": [{"label": "Ⅱ", "upto": 2}, {"label": "Ⅲ", "upto": 3}, {"label": "劣Ⅴ"}],
        "comparison": {"label": "环比", "against": "previous"}, **more,
    })  # fmt: skip


def against(
    one: IndicatorSpec, now: float, before: float, lamp: Lamp = Lamp.BAD
) -> Compared | None:
    class Before:
        def latest(self, indicator: str, region: str) -> Observation | None:
            return None

        def reference(self, of: IndicatorSpec, value: Observation) -> Observation | None:
            return said(before)

    def said(value: float) -> Observation:
        return Observation(one.id, "440200", Period(NOW, PeriodKind.HOUR), value)

    return compared(one, said(now), Before(), {}, lamp)


def test_water_says_class_and_air_says_its_level() -> None:
    assert write_value(spec(colours="water"), 3.0).text == "Ⅲ类"
    air = spec(classes=[{"label": "优", "upto": 50}, {"label": "良", "upto": 100}], colours="aqi")
    assert (write_value(air, 62.0).text, write_value(air, 62.0).unit) == ("良", "")
    assert class_name(air, 500.0) == ""
    assert class_place(air, 50.0) == 0


def test_a_number_stays_a_number_and_nothing_is_a_dash() -> None:
    plain = spec(shown="number", unit="mg/L", precision=2)
    assert (write_value(plain, 0.5).text, write_value(plain, 0.5).unit) == ("0.50", "mg/L")
    assert write_value(spec(), None).text == "—"


@pytest.mark.parametrize(
    ("now", "before", "direction", "text", "tone"),
    [
        (2, 6, "lower", "好转 2 级", ""),
        (6, 3, "lower", "变差 1 级", "bad"),
        (3, 2.5, "lower", "持平", ""),
        (6, 3, "higher", "好转 1 级", ""),
        (6, 3, "none", "升 1 级", ""),
    ],
)
def test_classes_are_compared_in_classes_and_never_in_percent(
    now: float, before: float, direction: str, text: str, tone: str
) -> None:
    found = against(spec(direction=direction), now, before)
    assert found is not None
    assert (found.delta.text, found.delta.arrow, found.delta.tone) == (text, "", tone)


def test_a_target_is_the_name_of_a_class() -> None:
    aim = {
        "value": 3,
        "year": 2026,
        "document": "测试",
        "kind": "约束性",
        "effective": "2026-01-01",
    }
    assert target_text(spec(target=aim, colours="water"), NOW) == "目标 ≤Ⅲ类"


def test_classes_and_sparse_hours_are_not_forecast() -> None:
    assert cadence_of(spec()) is None
    assert cadence_of(spec(shown="number", frequency="4h")) is None
    assert cadence_of(spec(shown="number")) is not None
