"""How the value of an alert came to be: the last periods, the limit, what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from app.figures.lines import line_figure
from app.figures.model import Ahead, Curve, Dot, Level, LineChart, Mark
from app.indicator.axes import reach, ticks, x_of
from app.released import may_know
from app.security.contracts import Subject
from app.services import Services
from app.web.tokens import THEMES
from topics.kit.alerting.contracts import Alert
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.forecast.contracts import Forecast
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.words.clock import moment_text
from topics.kit.words.values import write_value

_SPAN = {
    PeriodKind.INSTANT: timedelta(hours=24),
    PeriodKind.HOUR: timedelta(hours=72),
    PeriodKind.DAY: timedelta(days=30),
}
_FAST = timedelta(minutes=10)  # what comes more often than this fills a day
_MOST = 400
_SPARK = 40
_LONG = 24  # periods, of months and longer


@dataclass(frozen=True, slots=True)
class Course:
    """A chart in both themes and a short line; None and empty where there is nothing to draw."""

    chart: dict[str, Any] | None
    spark: list[float | None]
    title: str = ""


def course_of(
    services: Services, alert: Alert, subject: Subject, now: datetime, as_of: datetime | None
) -> Course:
    """What led to the alert, as known at `as_of`; only periods that the subject may know."""
    spec = services.catalogue.find(alert.indicator) if alert.indicator else None
    if spec is None:
        return Course(None, [])
    knows = may_know(services, subject, spec)
    region = str(alert.data.get("region") or alert.key.region)
    end = min(now, (alert.resolved_at or now) + timedelta(days=1))
    held = _read(services, spec, region, end, as_of)
    rows = [one for one in held if knows(one.period)]
    if not rows:
        return Course(None, [])
    forecast = services.forecasts.shown(spec.id, region, as_of=as_of, may_know=knows)
    chart = _chart(spec, alert, rows, forecast, now)
    spark = [one.value for one in rows[-_SPARK:]]
    figures: dict[str, Any] = {theme: line_figure(chart, theme) for theme in THEMES}
    return Course(figures, spark, _title(spec, alert))


def _span(spec: IndicatorSpec) -> timedelta | None:
    """How far back the chart reaches; None: so many periods, however long."""
    if spec.period_kind is PeriodKind.INSTANT and spec.frequency >= _FAST:
        return _SPAN[PeriodKind.HOUR]
    return _SPAN.get(spec.period_kind)


def _title(spec: IndicatorSpec, alert: Alert) -> str:
    """What is drawn; of an open alert also how long up to now."""
    span = _span(spec)
    if span is None or not alert.open:
        return spec.title
    hours = int(span / timedelta(hours=1))
    return f"{spec.title} 近 {hours} 小时" if hours <= 72 else f"{spec.title} 近 {span.days} 天"


def _read(
    services: Services, spec: IndicatorSpec, region: str, end: datetime, as_of: datetime | None
) -> Sequence[Observation]:
    span = _span(spec)
    store = services.observations
    if span is None:
        found = store.series(spec.id, region, end=end, as_of=as_of, limit=_LONG, newest_first=True)
    else:
        found = store.series(
            spec.id, region, start=end - span, end=end, as_of=as_of, limit=_MOST, newest_first=True
        )
    return sorted(found, key=lambda one: one.period.start)


def _chart(
    spec: IndicatorSpec,
    alert: Alert,
    rows: Sequence[Observation],
    forecast: Forecast | None,
    now: datetime,
) -> LineChart:
    periods = [one.period for one in rows]
    ahead = _ahead(spec, forecast, periods[-1])
    drawn = [*periods, *(one.period for one in (forecast.points if ahead and forecast else ()))]
    dots = [
        Dot(x_of(one.period), one.value, _told(spec, one, now), one.status.value) for one in rows
    ]
    levels = []
    if alert.limit is not None:
        written = write_value(spec, alert.limit)
        levels.append(Level(alert.limit, f"{alert.level} {written.text}", "bad"))
    breaks = []
    if alert.fired_at is not None:
        fired = Period(alert.fired_at, PeriodKind.INSTANT)
        if periods[0].start <= alert.fired_at <= periods[-1].start:
            breaks.append(Mark(x_of(fired), "触发"))
    return LineChart(
        curves=[Curve(f"{spec.id}|{alert.key.region}", "", dots)],
        ticks=ticks(drawn),
        precision=spec.precision,
        levels=levels,
        ahead=ahead,
        breaks=breaks,
        now=x_of(periods[-1]) if ahead else None,
        reach=reach(drawn),
        last_text=write_value(spec, rows[-1].value).text,
    )


def _ahead(spec: IndicatorSpec, forecast: Forecast | None, last: Period) -> list[Ahead]:
    if forecast is None:
        return []
    return [
        Ahead(
            x_of(one.period), one.mean, one.low80, one.high80, one.low95, one.high95,
            f"预测 <b>{escape(write_value(spec, one.mean).text)}</b>",
        )
        for one in forecast.points
        if one.period > last
    ]  # fmt: skip


def _told(spec: IndicatorSpec, one: Observation, now: datetime) -> str:
    written = write_value(spec, one.value)
    value = escape(f"{written.text} {written.unit}".strip())
    return f"{moment_text(one.period.start, now)}<br><b>{value}</b>"
