"""The value in front as one sentence, and when a value that is not there may be expected."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.indicator.parts import Parts
from app.indicator.question import Question
from app.indicator.words import STATUS, full_label, written
from topics.kit.contracts import Period, PeriodKind, Region
from topics.kit.explain import sentence as explained
from topics.kit.explain.targets import aim_of
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of
from topics.kit.words.clock import local
from topics.kit.words.judgement import class_label

if TYPE_CHECKING:
    from app.indicator.page import Shown

_RUNNING = (PeriodKind.INSTANT, PeriodKind.HOUR)


def sentence(parts: Parts, asked: Question, region: Region, shown: Shown, now: datetime) -> str:
    """The sentence of the explanation, made from the values the page's head shows."""
    spec, point = asked.spec, shown.point
    if point is None or point.now is None or point.value is None:
        why = (
            STATUS[point.status] if point else expected(parts, spec, region.code, shown.period, now)
        )
        return f"{region.name}{full_label(shown.period)}{spec.title}:{why}。"
    judged = shown.judged
    then = now if shown.latest else min(end_of(shown.period), now)
    return explained.sentence(
        spec,
        region,
        shown.period,
        written(spec, point.value),
        status=point.now.status,
        class_name=class_label(spec, point.now),
        aim=aim_of(judged.by, judged.value, then) if judged else None,
        compared=judged.change if judged else None,
    )


def expected(parts: Parts, spec: IndicatorSpec, region: str, period: Period, now: datetime) -> str:
    """Why there is no value of the period, and the day one is expected."""
    found = parts.regions.find(region)
    if found is not None and found.level not in spec.levels:
        return "只有全市数据" if spec.levels == ("city",) else "没有这一层级的数据"
    release = parts.releases.at(spec, period) if parts.releases else None
    due = release or end_of(period) + spec.freshness
    if due <= now:
        return "还没有数据"
    here = local(due)
    day = f"{here:%H:%M}" if spec.period_kind in _RUNNING else f"{here:%m-%d}"
    return f"还没有数据,预计 {day} {'发布' if release else '前到数'}"
