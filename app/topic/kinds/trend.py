"""trend: the course of one series with its limits, its forecast and the present."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.figures.lines import line_figure
from app.figures.model import Level, LineChart
from app.indicator import records
from app.indicator.charts import history_chart
from app.indicator.dots import thinned
from app.indicator.lines import History, read_history
from app.indicator.question import Question, Stretch, ranges, read_stretch
from app.indicator.words import STATUS, full_label, said, written
from app.topic.kinds.focus import Focus, focus_of
from app.topic.made import Made, column, said_cell
from app.topic.scope import Scope
from app.topic.spans import span_text, spanned
from app.topic.view import View
from topics.kit.contracts import Observation
from topics.kit.durations import parse_duration
from topics.kit.forecast.contracts import Forecast
from topics.kit.manifest_panels import PanelSpec
from topics.kit.pages.colours import class_colour
from topics.kit.quality.freshness import Freshness
from topics.kit.words.numbers import write_plain

THEMES = ("dark", "light")


def trend(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The worst indicator of the panel, or the one that was asked for."""
    panel = spanned(panel, [view.spec(one) for one in panel.indicators], view.asked.span)
    about = focus_of(view, panel)
    if about is None:
        return Made({"indicator": None, "region": None}, _columns(), [], f"{view.place}没有数据。")
    spec, region = about.spec, about.region
    newest = view.latest(spec.id, region.code)
    question = Question(spec, region.code, None, _stretch(panel, about, newest), view.asked.as_of)
    recent = [] if newest is None else [newest]
    if question.stretch.count is not None:
        recent = list(view.seen.recent(spec.id, region.code, question.stretch.count))
    history = read_history(view.parts, view.subject, question, recent)
    forecast = records.shown_forecast(view.parts, view.subject, question, history)
    age = view.age(spec, newest)
    chart = history_chart(
        question,
        history,
        {region.code: view.short(region)},
        now=view.asked.now,
        chosen=None,
        late=age.text if age.state in (Freshness.LATE, Freshness.DEAD) else "",
        forecast=forecast,
        breaks=records.definitions(view.parts, question),
    )
    chart = replace(_with_limits(view, about, chart), last_text=_last_text(view, about, newest))
    used = [newest] if newest is not None else []
    return Made(
        data={
            "title": f"{view.short(region)} · {spec.title}",
            "indicator": spec.id,
            "region": region.code,
            "unit": spec.unit,
            "forecast": forecast is not None,
            "choices": [
                {"id": one, "title": view.spec(one).title}
                for one in panel.indicators
                if view.seen.readable(one)
            ],
        },
        columns=_columns(),
        rows=[*_rows(view, about, history), *_ahead(about, newest, forecast)],
        sentence=_sentence(view, panel, about, history, forecast),
        used=used,
        figure={theme: line_figure(chart, theme) for theme in THEMES},  # type: ignore[arg-type]
        title=f"{view.short(region)} · {spec.title}",
        subtitle=_subtitle(view, about, panel, forecast),
    )


def window_text(window: str) -> str:
    """The window in words: 近 72 小时; empty without one."""
    return f"近 {span_text(window)}" if window else ""


def _stretch(panel: PanelSpec, about: Focus, newest: Observation | None) -> Stretch:
    if not panel.window:
        return read_stretch(ranges(about.spec.period_kind)[0][0])
    back = parse_duration(panel.window)
    if newest is None:
        return Stretch(panel.window, back=back)
    # Counted from the newest value: a series that is late still shows its course.
    return Stretch(panel.window, start=newest.period.start - back)


def _with_limits(view: View, about: Focus, chart: LineChart) -> LineChart:
    """The limits of the place instead of the indicator's own; classes where it has no limits."""
    spec = about.spec
    limits = view.limits(spec, about.region)
    targets = [one for one in chart.levels if one.kind == "target"]
    if limits is not None:
        edges = limits.edges(spec.precision)
        return replace(chart, levels=[*targets, *(Level(y, t, c or "bad") for y, t, c in edges)])
    if spec.thresholds is None and spec.shown == "number" and spec.classes:
        levels = [
            Level(
                one.upto,
                f"{one.label} {write_plain(one.upto, spec.precision)}",
                class_colour(spec, n),
            )
            for n, one in enumerate(spec.classes)
            if one.upto is not None
        ]
        return replace(chart, levels=[*targets, *levels])
    return chart


def _last_text(view: View, about: Focus, newest: Observation | None) -> str:
    if newest is None or newest.value is None:
        return ""
    band = view.band(about.spec, about.region, newest.value)
    text = view.written(about.spec, about.region, newest.value).text
    return f"{text} {band.label}" if band and band.label != text else text


def _columns() -> list[dict[str, str]]:
    return [
        column("period", "时期"),
        column("value", "数值", align="right"),
        column("range", "80% 区间", align="right"),
        column("status", "说明"),
    ]


def _rows(view: View, about: Focus, history: History) -> list[dict[str, Any]]:
    made = []
    for point in thinned(history.main.points):
        one = point.now
        cell: Any = view.point(about.spec, about.region, one) if one is not None else "—"
        note = STATUS[point.status]
        if point.former:
            note = f"{note} 更正".strip()
        made.append(
            {"period": full_label(point.period), "value": cell, "range": "", "status": note}
        )
    return made


def _ahead(
    about: Focus, newest: Observation | None, forecast: Forecast | None
) -> list[dict[str, Any]]:
    if forecast is None or newest is None:
        return []
    spec = about.spec
    return [
        {
            "period": full_label(one.period),
            "value": said(spec, one.mean),
            "range": f"{written(spec, one.low80).text}–{written(spec, one.high80).text}",
            "status": "预测",
        }
        for one in forecast.points
        if one.period > newest.period
    ]


def _subtitle(view: View, about: Focus, panel: PanelSpec, forecast: Forecast | None) -> str:
    limits = view.limits(about.spec, about.region)
    parts = [
        about.spec.unit,
        window_text(panel.window),
        "80% / 95% 预测区间" if forecast else "",
        f"虚线:类别界限({limits.source})" if limits and limits.source else "",
    ]
    return " · ".join(one for one in parts if one)


def _sentence(
    view: View, panel: PanelSpec, about: Focus, history: History, forecast: Forecast | None
) -> str:
    spec, region = about.spec, about.region
    known = [one for one in history.main.points if one.value is not None]
    if not known:
        return f"{view.region_name(region)}{spec.title}还没有数据。"
    newest = known[-1]
    assert newest.now is not None
    cell = view.point(spec, region, newest.now)
    head = view.head(region, f"{full_label(newest.period)}{said_cell(spec.title, cell)}")
    values = [one.value for one in known if one.value is not None]
    span = window_text(panel.window) or f"近 {len(known)} 期"
    parts = [
        head,
        f"{span}最高 {view.written(spec, region, max(values)).text}"
        f"、最低 {view.written(spec, region, min(values)).text}",
    ]
    missing = len(history.main.points) - len(known)
    if missing:
        parts.append(f"缺 {missing} 期")
    ahead = [one for one in forecast.points if one.period > newest.period] if forecast else []
    if ahead:
        last = ahead[-1]
        parts.append(
            f"预测 {full_label(last.period)} {said(spec, last.mean)}"
            f"(80% 区间 {written(spec, last.low80).text}–{written(spec, last.high80).text})"
        )
    return ",".join(parts) + "。"
