"""The value in front as one sentence, and when a value that is not there may be expected."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.indicator.parts import Parts
from app.indicator.question import Question
from app.indicator.words import STATUS, full_label, said
from topics.kit.contracts import Period, PeriodKind, Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of
from topics.kit.words.clock import local
from topics.kit.words.judgement import target_text

if TYPE_CHECKING:
    from app.indicator.page import Shown

_RUNNING = (PeriodKind.INSTANT, PeriodKind.HOUR)


def sentence(parts: Parts, asked: Question, region: Region, shown: Shown, now: datetime) -> str:
    """Fact, place, time, change and target; the same numbers as the page's head shows."""
    spec, point = asked.spec, shown.point
    who = f"{full_label(shown.period)},{region.name}{spec.title}"
    if point is None:
        return f"{who}{expected(parts, spec, region.code, shown.period, now)}"
    if point.value is None:
        return f"{who}{STATUS[point.status]}"
    words = [f"{who}为 {said(spec, point.value)}"]
    if STATUS[point.status]:
        words[0] += f"({STATUS[point.status]})"
    judged = shown.judged
    if judged and judged.delta:
        moved = f"{judged.delta['arrow']}{judged.delta['text']}"
        against = f"({judged.against})" if judged.against else ""
        words.append(f"{judged.delta['label']} {moved}{against}")
    elif judged and judged.why:
        words.append(judged.why)
    if target_text(spec, now):
        words.append(target_text(spec, now))
    if point.former:
        words.append(f"更正前为 {said(spec, point.former[-1].value)}")
    return ",".join(words)


def expected(parts: Parts, spec: IndicatorSpec, region: str, period: Period, now: datetime) -> str:
    """Why there is no value of the period, and the day one is expected."""
    found = parts.regions.find(region)
    if found is not None and found.level not in spec.levels:
        return "没有这一层级的数据" if "city" not in spec.levels else "只有全市数据"
    release = parts.releases.at(spec, period) if parts.releases else None
    due = release or end_of(period) + spec.freshness
    if due <= now:
        return "还没有数据"
    here = local(due)
    day = f"{here:%H:%M}" if spec.period_kind in _RUNNING else f"{here:%m-%d}"
    return f"还没有数据,预计 {day} {'发布' if release else '前到数'}"
