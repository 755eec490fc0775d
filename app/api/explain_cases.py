"""A number that is counted from cases: what is said of it, and the cases themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases.behind import lines_behind
from app.errors import BadRequest
from app.security.contracts import Subject
from app.services import Services
from topics.kit.contracts import Period
from topics.kit.evaluation.period_values import SOURCE
from topics.kit.explain.contracts import Explanation
from topics.kit.manifest_counts import CountSpec
from topics.kit.manifest_indicators import IndicatorSpec


def counted_json(services: Services, told: Explanation) -> dict[str, str] | None:
    """How the value is counted; None where it is not counted from cases."""
    spec, one = count_of(services, told.spec.id), told.observation
    if spec is None or services.case_numbers is None or one is None or one.source != SOURCE:
        return None
    return {"words": services.case_numbers.words(spec), "source": "由本系统的事件计算"}


def count_of(services: Services, indicator: str) -> CountSpec | None:
    """How the manifest has the indicator counted from cases; None where it is not."""
    for refresher in services.catalogue.refreshers_of(indicator):
        for one in refresher.counts:
            if one.indicator == indicator:
                return one
    return None


def cases_behind(
    services: Services,
    subject: Subject,
    spec: IndicatorSpec,
    region: str,
    period: Period,
    at: datetime,
    limit: int,
) -> dict[str, Any]:
    """The newest cases that a value counted; BadRequest where it is counted from none."""
    count, numbers = count_of(services, spec.id), services.case_numbers
    found = None
    if count is not None and numbers is not None:
        found = numbers.cases(count, region, period, at)
    if found is None:
        raise BadRequest(f"{spec.title}的这一期不是由事件计算的,没有可以列出的事件")
    seen = lines_behind(services, subject, found[:limit])
    return {
        "items": seen,
        "next": None,
        "total": len(found),
        "hidden": min(len(found), limit) - len(seen),
    }
