"""The course of one series with its limits and its forecast, before it is a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.figures.model import Level, LineChart
from app.indicator import records
from app.indicator.charts import history_chart
from app.indicator.lines import History, read_history
from app.indicator.question import Question, Stretch, ranges, read_stretch
from app.topic.kinds.focus import Focus, focus_of
from app.topic.kinds.limit_lines import limit_lines
from app.topic.spans import spanned
from app.topic.view import View
from topics.kit.contracts import Observation
from topics.kit.durations import parse_duration
from topics.kit.forecast.contracts import Forecast
from topics.kit.manifest_panels import PanelSpec
from topics.kit.pages.colours import class_colour
from topics.kit.quality.freshness import Freshness
from topics.kit.words.numbers import write_plain


@dataclass(frozen=True, slots=True)
class Course:
    """What a trend shows; `panel` has the stretch that was asked for."""

    panel: PanelSpec
    about: Focus
    newest: Observation | None
    history: History
    forecast: Forecast | None
    chart: LineChart


def course_of(view: View, panel: PanelSpec) -> Course | None:
    """The worst indicator of the panel, or the one asked for; None where nothing may be shown."""
    panel = spanned(panel, [view.spec(one) for one in panel.indicators], view.asked.span)
    about = focus_of(view, panel)
    if about is None:
        return None
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
    chart = replace(
        _with_limits(view, about, chart, history), last_text=_last_text(view, about, newest)
    )
    return Course(panel, about, newest, history, forecast, chart)


def _stretch(panel: PanelSpec, about: Focus, newest: Observation | None) -> Stretch:
    if not panel.window:
        return read_stretch(ranges(about.spec.period_kind)[0][0])
    back = parse_duration(panel.window)
    if newest is None:
        return Stretch(panel.window, back=back)
    # Counted from the newest value: a series that is late still shows its course.
    return Stretch(panel.window, start=newest.period.start - back)


def _with_limits(view: View, about: Focus, chart: LineChart, history: History) -> LineChart:
    """The limits of the place instead of the indicator's own; classes where it has no limits."""
    spec = about.spec
    lines = limit_lines(view, about, [one.period for one in history.main.points], chart.reach)
    targets = [one for one in chart.levels if one.kind == "target"]
    if lines is not None:
        return replace(chart, levels=[*targets, *lines])
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
    band = view.band(about.spec, about.region, newest.value, newest.period)
    text = view.written(about.spec, about.region, newest.value, newest.period).text
    return f"{text} {band.label}" if band and band.label != text else text
