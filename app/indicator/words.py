"""One point in words: period, value, what is to be said of it, what it was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.indicator.lines import Point
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.periods import local_start, spelt
from topics.kit.words.clock import local, moment_text
from topics.kit.words.judgement import class_label
from topics.kit.words.numbers import Written
from topics.kit.words.values import write_value

STATUS = {
    "ok": "",
    "estimated": "估算",
    "suspect": "存疑",
    "missing": "缺测",
    "not_monitored": "未监测",
    "absent": "未到数",
}


def status_text(spec: IndicatorSpec, status: str) -> str:
    """What is said beside a value of that status, or instead of one; "" of a good one."""
    own = {"not_monitored": spec.idle, "missing": spec.withheld}.get(status, "")
    return own or STATUS[status]


def written(spec: IndicatorSpec, value: float | None) -> Written:
    """The value as it stands on the page."""
    return write_value(spec, value)


def said(spec: IndicatorSpec, value: float | None) -> str:
    """Value and unit together; "—" when there is none."""
    shown = written(spec, value)
    return shown.text if value is None else joined(shown)


def joined(shown: Written) -> str:
    """Number and unit with a thin gap."""
    gap = "" if not shown.unit or shown.unit in ("%", "‰") else "\N{THIN SPACE}"
    return f"{shown.text}{gap}{shown.unit}"


def full_label(period: Period) -> str:
    """The period with its year, as tables and charts name it; moments to the second."""
    second = local_start(period).second
    exact = f":{second:02d}" if period.kind is PeriodKind.INSTANT and second else ""
    return f"{label(period)}{exact}"


def short_label(period: Period) -> str:
    """The period on an axis: as short as can be told apart."""
    here = local_start(period)
    if period.kind is PeriodKind.INSTANT or period.kind is PeriodKind.HOUR:
        return f"{here.day}日 {here:%H:%M}"
    if period.kind is PeriodKind.DAY:
        return f"{here.month}-{here.day:02d}"
    if period.kind is PeriodKind.YEAR:
        return f"{here.year}"
    if period.kind is PeriodKind.QUARTER:
        return f"{'一二三四'[(here.month - 1) // 3]}季"
    return f"{here.month}月"


def stamp(moment: datetime | None) -> str | None:
    """A moment as the API spells it."""
    return None if moment is None else local(moment).isoformat(timespec="seconds")


def point_json(spec: IndicatorSpec, point: Point, now: datetime) -> dict[str, Any]:
    """The point for chart and table alike, so that both say the same."""
    one = point.now
    return {
        "period": spelt(point.period),
        "label": full_label(point.period),
        "value": point.value,
        "text": written(spec, point.value).text,
        "status": point.status,
        "status_text": status_text(spec, point.status),
        "class": class_label(spec, one),
        "revised": bool(point.former),
        "former": [former_json(spec, former, now) for former in point.former],
        "recorded_at": stamp(one.recorded_at if one else None),
        "recorded_text": moment_text(one.recorded_at, now) if one and one.recorded_at else "",
        "source": one.source if one else "",
    }


def former_json(spec: IndicatorSpec, one: Observation, now: datetime) -> dict[str, Any]:
    """What was said of a period before."""
    return {
        "value": one.value,
        "text": written(spec, one.value).text,
        "status_text": status_text(spec, one.status.value),
        "recorded_at": stamp(one.recorded_at),
        "recorded_text": moment_text(one.recorded_at, now) if one.recorded_at else "",
    }
