"""A month of 考核 as the API tells it: matrix, steps, appeals, what this person may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from app.api.reporting_json import moment
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.contracts import Classification
from topics.kit.cases.routing import TERRITORY
from topics.kit.evaluation.months import (
    BY_ANYBODY,
    LABELS,
    Appeal,
    Month,
    MonthEvent,
    MonthState,
    MonthStep,
    allowed,
)
from topics.kit.evaluation.service import Told, begins, ends
from topics.kit.evaluation.sheet import corrected, differing
from topics.kit.evaluation.spans import Span, read_span
from topics.kit.periods import ZONE

TOPIC = "grid"
"""Whose reviewers decide about 考核: the topic that owns the schemes of cases."""

_DECIDERS = "需网格专题的审核人办理"
_STEPS = (
    MonthState.DRAFT, MonthState.FROZEN, MonthState.SHOWN, MonthState.APPEALED,
    MonthState.REVIEWING, MonthState.FINAL,
)  # fmt: skip


def resource(services: Services) -> Resource:
    """What is asked for: shares and counts, never a single case."""
    return Resource(
        "case", "evaluation", TOPIC, Classification.INTERNAL, services.config.demo.enabled
    )


def may_decide(services: Services, subject: Subject) -> bool:
    """Whether the subject may freeze, publish and review."""
    return not subject.anonymous and bool(may(subject, Action.PUBLISH, resource(services)))


def may_appeal(services: Services, subject: Subject) -> bool:
    """Whether the subject may appeal against anything: who is judged speaks, nobody for him."""
    if subject.anonymous or not may(subject, Action.WRITE, resource(services)):
        return False
    return subject.unit is not None or _on_shift(subject)


def judges_own(services: Services, subject: Subject, by: str, row: str) -> bool:
    """Whether the row judges the subject: his unit, the place his unit governs, the desk's post."""
    if not may_appeal(services, subject):
        return False
    if by == "post":
        return _on_shift(subject)
    return subject.unit == (row if by == "unit" else f"{TERRITORY}{row}")


def _on_shift(subject: Subject) -> bool:
    """The posts of the loop are held by the shift."""
    return bool(may(subject, Action.WRITE, Resource("duty")))


def month_json(
    services: Services,
    subject: Subject,
    month: date,
    by: str,
    told: Told,
    now: datetime,
    name: Callable[[str], str],
) -> dict[str, Any]:
    """The month for one group."""
    group = told.result[by]
    versions = told.month.versions
    last = versions[-1].result if len(versions) > 1 else None
    if last is not None:
        group = corrected(group, last[by], len(versions))
    return {
        "month": f"{month:%Y-%m}",
        "title": read_span(f"{month:%Y-%m}").title,
        "by": by,
        "months": [],
        "missing": 0,
        "state": told.month.state.value,
        "states": [one.value for one in _STEPS],
        "running": ends(month) > now,
        "columns": group["columns"],
        "rows": [
            _linked(row, by, month) | {"may_appeal": judges_own(services, subject, by, row["id"])}
            for row in group["rows"]
        ],
        "steps": [_step(one, name) for one in told.events],
        "appeals": [_appeal(one, name) for one in told.month.appeals],
        "versions": [
            _step(one, name) | {"number": number, "differing": _apart(versions[0], one)}
            for number, one in enumerate(versions, 1)
        ],
        "known_at": None if told.month.frozen is None else moment(told.month.frozen.at),
        "excluded": len(told.month.excluded),
        "actions": _actions(services, subject, told.month, month, now),
    }


def span_json(
    span: Span,
    by: str,
    result: Mapping[str, Any],
    told: Sequence[tuple[date, Told]],
    now: datetime,
) -> dict[str, Any]:
    """A quarter, half-year or year: the months together; steps are taken month by month."""
    group, months = result[by], [month for month, _ in told]
    return {
        "month": span.text,
        "title": span.title,
        "by": by,
        "state": "",
        "states": [],
        "months": [
            {
                "month": f"{month:%Y-%m}",
                "state": one.month.state.value,
                "corrected": max(len(one.month.versions) - 1, 0),
            }
            for month, one in told
        ],
        "missing": len(span.months) - len(months),
        "running": ends(span.months[-1]) > now,
        "columns": group["columns"],
        "rows": [
            {**row, "may_appeal": False, "href": _desk(by, row["id"], months[0], months[-1])}
            for row in group["rows"]
        ],
        "steps": [],
        "appeals": [],
        "versions": [],
        "known_at": None,
        "excluded": sum(len(one.month.excluded) for _, one in told),
        "actions": [],
    }


def drift(services: Services, month: date, told: Told, now: datetime) -> int | None:
    """How many cells would say another number today; None while the month is a draft."""
    if told.month.frozen is None:
        return None
    return differing(told.result, services.evaluations.count(month, now, told.month.excluded))


def desk_span(by: str, group: str, months: Sequence[date]) -> str:
    """The desk with the cases that were reported in these months."""
    return _desk(by, group, months[0], months[-1])


def _desk(by: str, group: str, first: date, last: date) -> str:
    until = ends(last).astimezone(ZONE).date()
    asked = {"from": f"{begins(first).astimezone(ZONE).date()}", "to": f"{until}"}
    if by in ("region", "unit"):
        asked[by] = group
    return "/cases?" + urlencode(asked)


def _linked(row: Mapping[str, Any], by: str, month: date) -> dict[str, Any]:
    return {**row, "href": _desk(by, row["id"], month, month)}


def _apart(first: MonthEvent, other: MonthEvent) -> int:
    return differing(first.result or {}, other.result or {})


def _step(event: MonthEvent, name: Callable[[str], str]) -> dict[str, Any]:
    return {
        "id": event.id,
        "step": event.step.value,
        "label": LABELS[event.step],
        "at": moment(event.at),
        "by": name(event.by),
        "note": event.note,
    }


def _appeal(appeal: Appeal, name: Callable[[str], str]) -> dict[str, Any]:
    data = appeal.event.data
    decision = appeal.decision
    return {
        **_step(appeal.event, name),
        "about": {
            one: data.get(one, "") for one in ("by", "row", "row_name", "indicator", "title")
        },
        "cases": data.get("cases", []),
        "photos": [f"/api/v1/case-photos/{one}" for one in data.get("photos", [])],
        "decision": None
        if decision is None
        else _step(decision, name)
        | {"accepted": appeal.accepted, "excluded": decision.data.get("exclude", [])},
    }


def _actions(
    services: Services, subject: Subject, month: Month, day: date, now: datetime
) -> list[dict[str, Any]]:
    """The steps that are open, and why this person may not do one."""
    decides, appeals = may_decide(services, subject), may_appeal(services, subject)
    found = []
    for step in allowed(month):
        right = appeals if step in BY_ANYBODY else decides
        needs = "由被考核的单位、属地或值班岗位自己提出" if step in BY_ANYBODY else _DECIDERS
        why = "" if right else needs
        if step is MonthStep.FREEZE and ends(day) > now:
            why = why or "这个月还没有结束"
        found.append({"do": step.value, "label": LABELS[step], "allowed": not why, "why": why})
    return found
