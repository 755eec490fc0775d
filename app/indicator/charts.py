"""The page's lines as charts: history with its marks, or cycles laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from app.figures.model import Ahead, Curve, Level, LineChart, Mark
from app.indicator.axes import reach, ticks, x_of, year_span
from app.indicator.cycles import CYCLES, Cycle, cycle_of, place_in, place_label
from app.indicator.dots import Names, dot_of, dots_of, gaps_of
from app.indicator.lines import History, Line, Point
from app.indicator.question import Question
from app.indicator.words import full_label, said
from topics.kit.contracts import Period, PeriodKind
from topics.kit.definitions.contracts import DefinitionVersion
from topics.kit.forecast.contracts import Forecast
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE
from topics.kit.words.clock import local
from topics.kit.words.judgement import target_name, target_value
from topics.kit.words.numbers import write_plain
from topics.kit.words.values import write_value


def history_chart(
    asked: Question,
    history: History,
    names: Names,
    *,
    now: datetime,
    chosen: Period | None,
    late: str,
    forecast: Forecast | None,
    breaks: Sequence[DefinitionVersion],
) -> LineChart:
    """The chosen region's line with everything that belongs to it, and the compared ones."""
    spec, main = asked.spec, history.main
    several = bool(history.others)
    curves = [
        Curve(
            line.region, names[line.region] if several else "", dots_of(spec, line, several, names)
        )
        for line in (main, *history.others)
    ]
    ahead = _ahead(spec, main, forecast)
    latest = main.latest
    known = [one.period for one in main.points]
    first, last = (known[0].start, known[-1].start) if known else (None, None)
    drawn = [*known, *(one.period for one in forecast.points)] if forecast else known
    return LineChart(
        curves=curves,
        ticks=ticks(drawn),
        reach=reach(drawn),
        precision=spec.precision,
        levels=[*_limits(spec), *_targets(spec, first, now)],
        ahead=ahead,
        breaks=[
            Mark(x_of(_midnight(one)), "口径调整")
            for one in breaks
            if one.breaks and one.valid_from and first and last
            and first < _midnight(one).start <= last
        ],
        now=x_of(Period(now, PeriodKind.INSTANT)) if ahead else None,
        chosen=x_of(chosen) if chosen else None,
        late=late,
        last_text=said(spec, latest.value) if latest and latest.value is not None else "",
        gaps=gaps_of(main),
    )  # fmt: skip


def overlay_chart(asked: Question, history: History, *, late: str) -> LineChart:
    """The last three cycles of one region over each other, the newest first."""
    spec = asked.spec
    by_cycle: dict[Cycle, list[Point]] = {}
    for point in history.main.points:
        by_cycle.setdefault(cycle_of(point.period), []).append(point)
    curves = [
        Curve(cycle.label, cycle.label, [dot_of(spec, one, place_in(one.period)) for one in points])
        for cycle, points in sorted(by_cycle.items(), key=lambda one: one[0], reverse=True)[:CYCLES]
    ]
    places = {place_in(one.period): place_label(one.period) for one in history.main.points}
    step = max(1, -(-len(places) // 12))
    below = [(place, places[place]) for place in sorted(places)[::step]]
    return LineChart(
        curves=curves,
        ticks=below,
        precision=spec.precision,
        levels=_limits(spec),
        late=late,
        dated=False,
    )


def _ahead(spec: IndicatorSpec, main: Line, forecast: Forecast | None) -> list[Ahead]:
    latest = main.latest
    if forecast is None or latest is None:
        return []
    return [
        Ahead(
            x_of(one.period), one.mean, one.low80, one.high80, one.low95, one.high95,
            f"{full_label(one.period)} 预测<br><b>{escape(said(spec, one.mean))}</b><br>"
            f"80% 区间 {_between(spec, one.low80, one.high80)}",
        )
        for one in forecast.points
        if one.period > latest.period
    ]  # fmt: skip


def _between(spec: IndicatorSpec, low: float, high: float) -> str:
    return f"{write_plain(low, spec.precision)}–{write_plain(high, spec.precision)}"


def _limits(spec: IndicatorSpec) -> list[Level]:
    limits = spec.thresholds
    if limits is None:
        return []
    named = (("关注", limits.warn, "warn"), ("超限", limits.bad, "bad"))
    return [Level(y, f"{word} {write_value(spec, y).text}", kind) for word, y, kind in named]


def _targets(spec: IndicatorSpec, first: datetime | None, now: datetime) -> list[Level]:
    """Each year's target over its year; the one in force is named at the right end."""
    current = spec.target_on(local(now).date())
    made = []
    for one in spec.target:
        start, end = year_span(one.year)
        if one is not current and (end <= (first or now) or one.effective > local(now).date()):
            continue
        begins = start if first is None else max(start, first)
        # Last year's target goes on until the new one takes effect.
        ends = max(end, now) if one is current and end < now else end
        text = f"{target_name(one, now)} {target_value(spec, one)}" if one is current else ""
        span = (x_of(Period(begins, PeriodKind.INSTANT)), x_of(Period(ends, PeriodKind.INSTANT)))
        made.append(Level(one.value, text, "target", span))
    return made


def _midnight(one: DefinitionVersion) -> Period:
    assert one.valid_from is not None
    day = datetime(one.valid_from.year, one.valid_from.month, one.valid_from.day, tzinfo=ZONE)
    return Period(day.astimezone(UTC), PeriodKind.INSTANT)
