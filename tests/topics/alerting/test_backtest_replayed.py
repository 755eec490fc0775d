"""A backtest says what the live evaluation would have said, had it run through the same past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.topics.alerting.replayed import TICK, Replay, live, tried
from tests.topics.alerting.small_city import AT, rule
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.switches import Switches
from topics.kit.alerting.tracks_crowds import reports
from topics.kit.alerting.tracks_foreseen import Foretold, Scored
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.forecast.contracts import Forecast, ForecastPoint

HOUR = timedelta(hours=1)
COUNT = 9
END = AT + (COUNT + 4) * HOUR
PLACES = ("440201", "440202")

WHEN: list[dict[str, Any]] = [
    {},
    {},
    {"hours": "03:00-07:30"},
    {"hours": "22:00-02:00"},
    {"weekdays": [4]},
    {"season": "11-26..12-31"},
    {"days": "holidays"},
    {"days": "workdays"},
]
REPLAYED = settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
"""A past is replayed hundreds of times: what fails is shown as it was drawn."""

spans = st.sampled_from(["0s", "5m", "30m", "90m", "3h"])
levels = st.sampled_from([{"黄": 1.5}, {"蓝": 1.0, "黄": 1.5, "红": 2.0}])
values = st.one_of(st.none(), st.sampled_from([0.5, 1.0, 1.2, 1.5, 1.6, 2.0, 2.5]))


def told(at: datetime, period: int, value: float | None, **more: str) -> Observation:
    """What was heard at a moment of an hour."""
    status = ValueStatus.MISSING if value is None else ValueStatus.OK
    asked = {"indicator": "water.nh3n", "region": "440201"} | more
    where = Period(AT + period * HOUR, PeriodKind.HOUR)
    return Observation(**asked, period=where, value=value, status=status, recorded_at=at)


@st.composite
def pasts(draw: st.DrawFn, **more: str) -> list[Observation]:
    """Hours that come late, in another order, not at all, or twice: a correction comes later."""
    found = [told(AT, -1, draw(values), **more)]
    for hour in range(COUNT):
        if not draw(st.integers(0, 4)):
            continue  # never reported
        at = AT + (hour + 1) * HOUR + draw(st.integers(0, 30)) * TICK
        found.append(told(at, hour, draw(values), **more))
        if not draw(st.integers(0, 3)):
            found.append(told(at + draw(st.integers(1, 30)) * TICK, hour, draw(values), **more))
    return found


def terms(draw: st.DrawFn) -> dict[str, Any]:
    """Waits, clock and what a missing value means."""
    found = {
        "hold": draw(spans),
        "keep": draw(spans),
        "missing": draw(st.sampled_from(["hold", "clear"])),
    }
    when = draw(
        st.sampled_from([{}, {"hours": "03:00-09:30"}, {"weekdays": [4]}, {"hours": "22:00-02:00"}])
    )
    return found | when  # type: ignore[operator]


@st.composite
def rules_of_values(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(["threshold", "change", "expression", "class", "target", "clear"]))
    more: dict[str, Any] = {"levels": draw(levels)} | terms(draw)
    if kind == "change":
        against = draw(st.sampled_from(["previous", "day"]))
        measured = draw(st.sampled_from(["absolute", "percent"]))
        limit = 0.3 if measured == "absolute" else 20
        return rule(
            **more
            | {"kind": kind, "against": against, "measured": measured, "levels": {"黄": limit}}
        )
    if kind == "expression":
        return rule(
            "water.nh3n + water.do > 2.6", **more | {"worse": "above", "levels": {"黄": 0.5}}
        )
    if kind == "clear":
        return rule(**more | {"levels": {"黄": 1.5}, "clear": {"黄": 1.0}})
    if kind == "class":
        return rule("water.grade", **more | {"of": "class", "levels": {"黄": 0, "红": 1}})
    if kind == "target":
        return rule("water.rate", **more | {"of": "target", "levels": {"黄": 93, "红": 94}})
    return rule(**more)


def agree(replay: Replay) -> None:
    """At every place the same steps at the same ticks."""
    one, other = live(replay, AT, END), tried(replay, AT, END)
    assert one == other, (replay.rule.spec, replay.rows)


@REPLAYED
@given(st.data())
def test_of_values_that_come_late_or_are_corrected_it_says_the_same(data: st.DataObject) -> None:
    one = data.draw(rules_of_values())
    rows = []
    for spec in one.indicators:
        for region in one.series[:2]:
            rows += data.draw(pasts(indicator=spec.id, region=region))
    agree(Replay(one, rows))


@st.composite
def switched(draw: st.DrawFn) -> Switches:
    """平时 and 战时 in turns. Two things between two ticks would be one to the evaluation."""
    turns, wartime = [], draw(st.booleans())
    first = wartime
    for tick in sorted(draw(st.sets(st.integers(1, COUNT * 12), min_size=1, max_size=4))):
        wartime = not wartime
        turns.append((AT + tick * TICK, wartime))
    return Switches(first, tuple(turns))


WAR: list[dict[str, Any]] = [
    {"levels": {"黄": 1.0, "红": 1.5}},
    {"levels": {"黄": 2.2}, "hold": "0s"},
    {"hold": "5m", "keep": "90m"},
    {"levels": {"蓝": 0.8, "黄": 1.2, "红": 1.6}, "hold": "30m", "keep": "0s"},
]


@REPLAYED
@given(st.data())
def test_where_the_city_was_switched_to_wartime_and_back_it_says_the_same(
    data: st.DataObject,
) -> None:
    limits = data.draw(st.sampled_from([{"黄": 1.5, "红": 2.0}, {"黄": 1.5}]))
    one = rule(**terms(data.draw) | {"levels": limits, "wartime": data.draw(st.sampled_from(WAR))})
    agree(Replay(one, data.draw(pasts()), switches=data.draw(switched())))


@REPLAYED
@given(st.data())
def test_of_silence_in_turns_of_wartime_it_says_the_same(data: st.DataObject) -> None:
    wartime = data.draw(st.sampled_from([{"levels": {"黄": 0.5}}, {"levels": {"黄": 3}}]))
    one = rule(kind="late", levels={"黄": 1}, wartime=wartime, **terms(data.draw))
    agree(Replay(one, data.draw(pasts()), switches=data.draw(switched())))


def test_a_switch_alone_raises_and_ends_an_alert() -> None:
    one = rule(levels={"黄": 1.5}, wartime={"levels": {"黄": 1.0}})
    rows = [told(AT, n, 1.2) for n in range(-1, 4)]
    turns = ((AT + HOUR, True), (AT + 2 * HOUR, False))
    replay = Replay(one, rows, switches=Switches(False, turns))
    steps = [(at - AT, step) for at, step, _ in tried(replay, AT, AT + 3 * HOUR)["440201"]]
    late = timedelta(seconds=1)
    assert steps == [(HOUR + late, "fired"), (2 * HOUR + late, "resolved")]
    assert live(replay, AT, AT + 3 * HOUR) == tried(replay, AT, AT + 3 * HOUR)


@pytest.mark.parametrize("days", ["workdays", "holidays"])
def test_where_a_day_off_begins_it_says_the_same(days: str) -> None:
    begin = AT - 3 * HOUR  # the evening of a working day
    replay = Replay(rule(days=days, levels={"黄": 1.5}, hold="30m"), [told(begin, -4, 2.0)])
    one, other = live(replay, begin, AT + HOUR), tried(replay, begin, AT + HOUR)
    assert one == other
    fired = [at for at, step, _ in one["440201"] if step == "fired"]
    ended = [at for at, step, _ in one["440201"] if step == "resolved"]
    assert len(fired) == 1
    assert (fired[0] >= AT) is (days == "holidays")
    assert bool(ended) is (days == "workdays")


@REPLAYED
@given(st.data())
def test_of_silence_and_lateness_it_says_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["no_data", "late"]))
    limits = data.draw(st.sampled_from([{"黄": 0.5}, {"蓝": 0, "黄": 1, "红": 2.5}]))
    one = rule(kind=kind, levels=limits, **terms(data.draw))
    agree(Replay(one, data.draw(pasts())))


def foretold(draw: st.DrawFn) -> list[Foretold]:
    found = []
    for at in sorted(draw(st.sets(st.integers(0, COUNT * 12), min_size=1, max_size=6))):
        made = AT + at * TICK
        points = []
        for ahead in range(6):
            mean, wide = (
                draw(st.sampled_from([1.0, 1.9, 2.0, 2.4])),
                draw(st.sampled_from([0.0, 0.5])),
            )
            period = Period(AT + (at // 12 + ahead) * HOUR, PeriodKind.HOUR)
            points.append(ForecastPoint(period, mean, mean - wide, mean + wide, mean - 1, mean + 1))
        through = Period(made, PeriodKind.HOUR)
        one = Forecast("water.nh3n", "440201", made, "m", points, 1, 1, 0.8, 0.9, through)
        found.append(Foretold(made, draw(st.sampled_from([one, one, one, None]))))
    return found


@REPLAYED
@given(st.data())
def test_of_forecasts_as_they_stood_it_says_the_same(data: st.DataObject) -> None:
    within = data.draw(st.sampled_from(["1h", "3h", "24h"]))
    limits = {"黄": 0.3, "红": 0.8}
    one = rule(kind="forecast", within=within, levels=limits, **terms(data.draw))
    agree(Replay(one, foretold={"440201": foretold(data.draw)}))


@REPLAYED
@given(st.data())
def test_of_scores_as_they_were_made_it_says_the_same(data: st.DataObject) -> None:
    rows = data.draw(pasts())
    scores = []
    for row in rows:
        if row.recorded_at and data.draw(st.booleans()):
            at = row.recorded_at + data.draw(st.integers(0, 6)) * TICK
            score = data.draw(st.sampled_from([-6.0, 2.0, 3.5, 5.0]))
            scores.append(Scored(at, row.period, row.recorded_at, score))
    one = rule(kind="anomaly", levels={"黄": 3, "红": 4}, **terms(data.draw))
    agree(Replay(one, rows, scores={"440201": scores}))


@REPLAYED
@given(st.data())
def test_of_crowds_it_says_the_same(data: st.DataObject) -> None:
    """Cases told late, found void, in two counties, near and far from each other."""
    count = data.draw(st.integers(1, 25))
    pick = st.lists(st.integers(0, COUNT * 12), min_size=count, max_size=count)
    at = np.array([AT.timestamp() + one * 300 for one in data.draw(pick)])
    late = np.array([one % 7 * 300.0 for one in data.draw(pick)])
    gone = np.array(
        [
            at[n] + one * 300 if one % 5 == 0 and one else np.nan
            for n, one in enumerate(data.draw(pick))
        ]
    )
    spots = np.array([one % 4 for one in data.draw(pick)])
    codes = [PLACES[one % 2] + "001" for one in data.draw(pick)]
    recorded = at + late
    recorded[0] = at.min()  # from the beginning on they are recorded as they come
    recorded = np.maximum(recorded, at.min())
    told_of = reports(113.5 + spots * 0.002, 24.8 + spots * 0.0, codes, at, recorded, gone)
    within = data.draw(st.sampled_from(["30m", "2h", "12h"]))
    one = rule(
        "grid.events",
        kind="density",
        radius=300,
        within=within,
        levels={"黄": 1, "红": 3},
        **terms(data.draw),
    )
    agree(Replay(one, reports=told_of))


@pytest.mark.parametrize("flap", ["0s", "1h", "6h"])
def test_of_a_series_that_goes_to_and_fro_it_says_the_same(flap: str) -> None:
    rows = [told(AT, -1, 0.5)]
    rows += [told(AT + n * 4 * TICK, 0, 2.5 if n % 2 else 0.5) for n in range(1, 14)]
    agree(Replay(rule(flap=flap), rows))
