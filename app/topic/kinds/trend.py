"""trend: the course of one series with its limits, its forecast and the present."""

from __future__ import annotations

from typing import Any

from app.figures.lines import line_figure
from app.indicator.dots import thinned
from app.indicator.lines import History
from app.indicator.words import STATUS, full_label, said, written
from app.topic.kinds.course import course_of
from app.topic.kinds.focus import Focus
from app.topic.made import Made, column, said_cell
from app.topic.scope import Scope
from app.topic.spans import span_text
from app.topic.view import View
from topics.kit.contracts import Observation
from topics.kit.forecast.contracts import Forecast
from topics.kit.manifest_panels import PanelSpec

THEMES = ("dark", "light")


def trend(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The worst indicator of the panel, or the one that was asked for."""
    course = course_of(view, panel)
    if course is None:
        return Made({"indicator": None, "region": None}, _columns(), [], f"{view.place}没有数据。")
    panel, about, history = course.panel, course.about, course.history
    newest, forecast, chart = course.newest, course.forecast, course.chart
    spec, region = about.spec, about.region
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
