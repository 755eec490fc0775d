"""calendar: days or months by class; hours: weekday against hour, averaged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.figures.grids import Grid, Square, grid_figure
from app.indicator.words import full_label
from app.topic.kinds.focus import Focus, focus_of
from app.topic.kinds.trend import THEMES, window_text
from app.topic.made import Made, column
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.durations import parse_duration
from topics.kit.manifest_panels import PanelSpec
from topics.kit.periods import ZONE, local_start

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_USUAL = {PeriodKind.DAY: "1y", PeriodKind.HOUR: "28d", PeriodKind.INSTANT: "7d"}
_MOST = 3000


def calendar(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Each day (week by week) or each month (year by year) in the colour of its class."""
    about = focus_of(view, panel)
    if about is None:
        return Made({}, _day_columns(), [], f"{view.place}没有数据。")
    if about.spec.period_kind not in (PeriodKind.DAY, PeriodKind.MONTH):
        return Made({}, [], [], "", message="日历只画日、当月指标;改用 trend")
    found = _series(view, panel, about)
    daily = about.spec.period_kind is PeriodKind.DAY
    squares = [_square(view, about, one, daily=daily) for one in found]
    columns = list(dict.fromkeys(one.x for one in squares))
    rows = WEEKDAYS if daily else tuple(dict.fromkeys(one.y for one in squares))
    grid = Grid(squares, columns, rows)
    return Made(
        data={"indicator": about.spec.id, "region": about.region.code},
        columns=_day_columns(),
        rows=[
            {
                "period": full_label(one.period),
                "value": view.point(about.spec, about.region, one),
                "class": square.text.rpartition(" ")[2] if square.colour else "",
            }
            for one, square in zip(found, squares, strict=True)
        ],
        sentence=_calendar_sentence(view, panel, about, found),
        used=found[-1:],
        figure={theme: grid_figure(grid, theme) for theme in THEMES},  # type: ignore[arg-type]
        subtitle=f"{view.region_name(about.region)} · {about.spec.title}",
    )


def hours(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The mean of each hour of each weekday; hours without a value stay empty."""
    about = focus_of(view, panel)
    if about is None:
        return Made({}, [], [], f"{view.place}没有数据。")
    if about.spec.period_kind not in (PeriodKind.HOUR, PeriodKind.INSTANT):
        return Made({}, [], [], "", message="时段图只画小时、时点指标;改用 calendar")
    spec, region = about.spec, about.region
    found = _series(view, panel, about)
    groups: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one in found:
        if one.value is not None:
            here = local_start(one.period)
            groups[here.weekday(), here.hour].append(one.value)
    means = {key: sum(values) / len(values) for key, values in groups.items()}
    squares = [
        Square(
            f"{hour} 时",
            WEEKDAYS[day],
            mean,
            f"{WEEKDAYS[day]} {hour} 时 {view.said(spec, region, mean)}",
        )
        for (day, hour), mean in sorted(means.items())
    ]
    grid = Grid(squares, [f"{hour} 时" for hour in range(24)], WEEKDAYS)
    return Made(
        data={"indicator": spec.id, "region": region.code},
        columns=[
            column("day", "星期"),
            *(column(f"h{hour}", f"{hour} 时", spec.unit, "right") for hour in range(24)),
        ],
        rows=[_weekday(view, about, means, day) for day in range(7)],
        sentence=_hours_sentence(view, panel, about, means),
        used=found[-1:],
        figure={theme: grid_figure(grid, theme) for theme in THEMES},  # type: ignore[arg-type]
        subtitle=f"{view.region_name(region)} · {spec.title} 平均",
    )


def _series(view: View, panel: PanelSpec, about: Focus) -> list[Observation]:
    spec, region = about.spec, about.region
    window = parse_duration(panel.window or _USUAL.get(spec.period_kind, "3y"))
    found = view.services.observations.listed(
        indicators=[spec.id],
        regions=[region.code],
        start=view.asked.now - window - timedelta(days=1),
        as_of=view.asked.as_of,
        limit=_MOST,
    )
    return view.seen.visible(spec, found)


def _square(view: View, about: Focus, one: Observation, *, daily: bool) -> Square:
    spec, region = about.spec, about.region
    here = local_start(one.period).astimezone(ZONE)
    band = view.band(spec, region, one.value, one.period)
    words = [full_label(one.period), view.said(spec, region, one.value, one.period)]
    if band and spec.shown != "class":
        words.append(band.label)
    text = " ".join(words)
    if daily:
        monday = here - timedelta(days=here.weekday())
        x, y = f"{monday:%m-%d}", WEEKDAYS[here.weekday()]
        x = f"{monday:%Y-%m-%d}"
    else:
        x, y = f"{here.month} 月", f"{here.year}"
    return Square(x, y, one.value, text, band.colour if band else "")


def _day_columns() -> list[dict[str, str]]:
    return [
        column("period", "时期"),
        column("value", "数值", align="right"),
        column("class", "类别"),
    ]


def _calendar_sentence(
    view: View, panel: PanelSpec, about: Focus, found: Sequence[Observation]
) -> str:
    spec, region = about.spec, about.region
    known = [one for one in found if one.value is not None]
    place, span = view.region_name(region), window_text(panel.window) or "近一年"
    unit = "天" if spec.period_kind is PeriodKind.DAY else "个月"
    if not known:
        return f"{place}{spec.title}{span}还没有数据。"
    counts = Counter(
        band.label
        for one in known
        if (band := view.band(spec, region, one.value, one.period)) is not None
    )
    order = [one.label for one in spec.classes] or list(counts)
    said = "、".join(f"{label} {counts[label]} {unit}" for label in order if counts[label])
    missing = len(found) - len(known)
    tail = f",缺 {missing} {unit}" if missing else ""
    return f"{place}{spec.title}{span}有数据 {len(known)} {unit}{said and ':' + said}{tail}。"


def _weekday(
    view: View, about: Focus, means: dict[tuple[int, int], float], day: int
) -> dict[str, Any]:
    cells: dict[str, Any] = {"day": WEEKDAYS[day]}
    for hour in range(24):
        mean = means.get((day, hour))
        cells[f"h{hour}"] = view.written(about.spec, about.region, mean).text
    return cells


def _hours_sentence(
    view: View, panel: PanelSpec, about: Focus, means: dict[tuple[int, int], float]
) -> str:
    spec, region = about.spec, about.region
    place = view.region_name(region)
    span = window_text(panel.window) or window_text(_USUAL[spec.period_kind])
    if not means:
        return f"{place}{spec.title}{span}还没有数据。"
    (day, hour), most = max(means.items(), key=lambda one: one[1])
    (low_day, low_hour), least = min(means.items(), key=lambda one: one[1])
    return (
        f"{place}{spec.title}{span}平均,{WEEKDAYS[day]} {hour} 时最高 "
        f"{view.said(spec, region, most)},{WEEKDAYS[low_day]} {low_hour} 时最低 "
        f"{view.said(spec, region, least)}。"
    )
