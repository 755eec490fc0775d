"""/api/v1/governance: how well bureaus and counties reported in a month; frozen for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.people_names import PeopleNames
from app.api.reporting_json import moment
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.contracts import Classification
from topics.kit.period_labels import label
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.reporting.score import DIMENSIONS, Judged, Score, by_bureau, by_county

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Month = Annotated[str | None, Query(description="月份,如 2026-10;不写为本月")]
_BACK = timedelta(days=800)
_FORMULA = (
    "得分 = Σ 权重 × 比例 ÷ Σ 权重;鲜活 = 截止时已报的格数 ÷ 应报格数;"
    "完整 = 有数的格数 ÷ 应报格数;准确 = 没有退回改过、没有更正过的格数 ÷ 有数的格数"
)


def router(services: Services) -> APIRouter:
    """The routes of the scores."""
    routes = APIRouter(prefix="/api/v1/governance", tags=["数据治理"])
    names = PeopleNames(services)

    @routes.get("", summary="一个月的数据治理评分:按单位、按县(市、区)")
    @door(Action.READ, "event")
    def scores(
        response: Response,
        subject: _SubjectOf,
        month: _Month = None,
        as_of: Annotated[str | None, Query(description="按这一时刻所知评分")] = None,
    ) -> dict[str, Any]:
        """Of the forms due in the month; a frozen month stays as it was judged."""
        response.headers["Cache-Control"] = "private, no-store"
        require(subject, Action.READ, _resource("event"))
        now = parse_moment(as_of) if as_of else datetime.now(UTC)
        chosen = _month(month, now)
        result = judged(services, chosen, now)
        kept = services.report_store.frozen(chosen)
        known = kept is not None and kept["at"] <= now
        shown = dict(kept["result"]) if kept is not None and known else result
        return {
            **shown,
            "month": f"{chosen:%Y-%m}",
            "frozen": {"at": moment(kept["at"]), "by": names.name(kept["by"])}
            if kept is not None and known
            else None,
            "drift": _drift(shown, result),
            "running": _end(chosen) > now,
            "may_freeze": kept is None
            and _end(chosen) <= now
            and bool(may(subject, Action.ADMINISTER, _resource("organisation"))),
        }

    @routes.post("/{month}/freeze", summary="定稿:这个月的结果不再改变")
    @door(Action.ADMINISTER, "organisation")
    def freeze(month: str, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Keep the result of a month that is over; asking again changes nothing."""
        require(subject, Action.ADMINISTER, _resource("organisation"))
        now = datetime.now(UTC)
        chosen = _month(month, now)
        if _end(chosen) > now:
            raise BadRequest(f"{chosen:%Y-%m} 还没有结束;下月起才能定稿")
        result = judged(services, chosen, now)
        event = AuditEvent(
            subject.id, "report.freeze", f"{chosen:%Y-%m}", address=client_address(request.scope)
        )
        with services.audit.recording(event) as transaction:
            made = services.report_store.freeze(
                chosen, result, by=subject.person, now=now, connection=transaction
            )
        return {"month": f"{chosen:%Y-%m}", "frozen": True, "new": made}

    return routes


def judged(services: Services, month: date, now: datetime) -> dict[str, Any]:
    """The scores of the forms due in the month, as known at `now`."""
    begin, end = _begin(month), min(_end(month), now)
    forms, store = services.reports.forms, services.report_store
    since = store.known_since([one.id for one in forms.specs()], now)
    due = [one for one in forms.owed(since, now) if begin <= one.due_at < end]
    filings = {
        (one.form, one.period): one
        for one in store.all(sorted({one.spec.id for one in due}), begin - _BACK)
    }
    steps = store.steps((one.id for one in filings.values()), as_of=now)
    cases = []
    for one in due:
        filing = filings.get((one.spec.id, one.period))
        log = steps.get(filing.id, []) if filing else []
        cases.append(Judged(one, label(one.period, now=now), log))
    weights = services.report_weights
    bureaus = {one.id: one.short_name for one in services.organisations.all()}
    counties = {one.code: one.name for one in services.regions.at_level("county")}
    return {
        "bureau": _ranked(by_bureau(cases, weights), bureaus),
        "county": _ranked(by_county(cases, weights), counties),
        "weights": [{"dimension": one, "weight": weights[one]} for one in DIMENSIONS],
        "weights_note": "示例权重",
        "formula": _FORMULA,
        "forms": len(due),
    }


def _ranked(scores: Mapping[str, Score], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Best first, equal ones on one rank; `names` stand in the statutory order."""
    order = list(names)
    best = sorted(scores.values(), key=lambda one: -round(one.total, 6))
    found = []
    for one in best:
        rank = 1 + sum(round(other.total, 6) > round(one.total, 6) for other in best)
        place = order.index(one.name) if one.name in order else len(order)
        found.append(
            {
                "id": one.name,
                "name": names.get(one.name, one.name),
                "rank": rank,
                "order": place,
                "total": round(one.total, 4),
                "parts": {part: round(share, 4) for part, share in one.parts.items()},
                "cells": one.cells,
                "costs": [asdict(cost) | {"points": round(cost.points, 4)} for cost in one.costs],
            }
        )
    return found


def _drift(shown: Mapping[str, Any], now: Mapping[str, Any]) -> int:
    """How many bureaus and counties would be judged otherwise today."""
    return sum(
        {one["id"]: one["total"] for one in shown[group]}.get(one["id"]) != one["total"]
        for group in ("bureau", "county")
        for one in now[group]
    )


def _resource(kind: str) -> Resource:
    return Resource(kind, classification=Classification.INTERNAL)


def _month(text: str | None, now: datetime) -> date:
    if not text:
        return now.astimezone(ZONE).date().replace(day=1)
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=ZONE).date()
    except ValueError as wrong:
        raise BadRequest(f"month={text!r} 不是月份;写成 2026-10") from wrong


def _begin(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=ZONE).astimezone(UTC)


def _end(month: date) -> datetime:
    following = (month + timedelta(days=32)).replace(day=1)
    return _begin(following)
