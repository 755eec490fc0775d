"""/api/v1/evaluation: 考核 of cases by region, unit and post; a month's way to its final result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.people_names import PeopleNames
from app.cases.behind import lines_behind
from app.errors import BadRequest, Forbidden
from app.evaluation.telling import (
    desk_span,
    drift,
    judges_own,
    may_decide,
    month_json,
    resource,
    span_json,
)
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import require
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from topics.kit.evaluation.months import BY_ANYBODY, LABELS, MonthEvent, MonthStep
from topics.kit.evaluation.service import begins
from topics.kit.evaluation.spans import read_span
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_By = Annotated[Literal["region", "unit", "post"], Query(description="按区域、部门或岗位")]
_Month = Annotated[str | None, Query(description="月份,如 2026-10;不写为上一个月")]
_Period = Annotated[
    str | None,
    Query(max_length=10, description="期别:2026-10、2026-Q3、2026-H1 或 2026;写了就不看 month"),
]
_AsOf = Annotated[str | None, Query(description="按这一时刻所知")]


class StepBody(BaseModel):
    """What a step says; which fields count depends on the step."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=2000, description="理由;退回草稿、申诉、复核意见、更正必写")
    by: Literal["region", "unit", "post"] = Field("region", description="申诉:对哪张表")
    row: str = Field("", max_length=100, description="申诉:哪一行")
    indicator: str = Field("", max_length=60, description="申诉:哪个指标")
    cases: list[str] = Field([], max_length=200, description="申诉:涉及的事件")
    photos: list[str] = Field([], max_length=9, description="申诉:已上传的佐证照片编号")
    appeal: int | None = Field(None, description="复核意见:对哪条申诉")
    accepted: bool = Field(False, description="复核意见:是否采纳")
    exclude: list[str] = Field([], max_length=2000, description="复核意见:从考核中剔除的事件")


def router(services: Services) -> APIRouter:
    """The routes of 考核."""
    routes = APIRouter(prefix="/api/v1/evaluation", tags=["考核"])
    names = PeopleNames(services)

    @routes.get("", summary="一个月、季、半年或年的考核:区域、部门、岗位")
    @door(Action.READ, "case")
    def matrix(
        response: Response,
        subject: _SubjectOf,
        by: _By = "region",
        month: _Month = None,
        period: _Period = None,
        as_of: _AsOf = None,
    ) -> dict[str, Any]:
        """Every cell with what was counted over what; final months never change.

        Of more than a month: what its months counted, together.
        """
        require(subject, Action.READ, resource(services))
        response.headers["Cache-Control"] = "private, no-store"
        now = datetime.now(UTC)
        then = parse_moment(as_of) if as_of else None
        span = read_span(period) if period else None
        if span is not None and not span.single:
            result, each = services.evaluations.over(span.months, now, then)
            return span_json(span, by, result, each, then or now)
        chosen = _month(period or month, then or now)
        told = services.evaluations.told(chosen, now, then)
        return month_json(services, subject, chosen, by, told, then or now, names.name)

    @routes.get("/months", summary="近十二个月的考核走到哪一步")
    @door(Action.READ, "case")
    def months(subject: _SubjectOf, as_of: _AsOf = None) -> dict[str, Any]:
        """This month first."""
        require(subject, Action.READ, resource(services))
        now = parse_moment(as_of) if as_of else datetime.now(UTC)
        items = [
            {"month": f"{month:%Y-%m}", "state": state.value}
            for month, state in services.evaluations.months(now)
        ]
        return {"items": items, "next": None}

    @routes.get("/{month}/drift", summary="冻结后有多少格与现在所知不同")
    @door(Action.READ, "case")
    def drifted(month: str, subject: _SubjectOf) -> dict[str, Any]:
        """Counted anew from what is known today."""
        require(subject, Action.READ, resource(services))
        now = datetime.now(UTC)
        chosen = _month(month, now)
        return {"cells": drift(services, chosen, services.evaluations.told(chosen, now), now)}

    @routes.get("/{month}/cases", summary="一格背后的事件")
    @door(Action.READ, "case")
    def behind(
        month: str,
        subject: _SubjectOf,
        by: _By,
        row: Annotated[str, Query(max_length=100)],
        indicator: Annotated[str, Query(max_length=60)],
        part: Annotated[str, Query(description="numerator、denominator 或 rest")] = "rest",
        as_of: _AsOf = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> dict[str, Any]:
        """Newest first; cases of schemes that this person may not see are only counted.

        `month` may be a quarter, half-year or year: the cases of its months.
        """
        require(subject, Action.READ, resource(services))
        now = parse_moment(as_of) if as_of else datetime.now(UTC)
        months = [one for one in read_span(month).months if begins(one) < now]
        found = list[str]()
        for one in reversed(months):
            found += services.evaluations.cases(one, by, row, indicator, part, now=now)
        found = list(dict.fromkeys(found))
        seen = lines_behind(services, subject, found[:limit])
        return {
            "items": seen,
            "next": None,
            "total": len(found),
            "hidden": min(len(found), limit) - len(seen),
            "desk": desk_span(by, row, read_span(month).months),
        }

    @routes.post("/{month}/{step}", summary="冻结、公示、申诉、复核、定稿、更正")
    @door(Action.WRITE, "case")
    def take(
        month: str, step: str, body: StepBody, request: Request, subject: _SubjectOf
    ) -> dict[str, Any]:
        """Do the step; 409 names the open ones. Audited."""
        now = datetime.now(UTC)
        chosen, wanted = _month(month, now), _step(step)
        _permitted(services, subject, wanted, body)
        data = _data(services, chosen, wanted, body)
        event = MonthEvent(wanted, now, subject.person, body.note.strip(), data)
        audit = AuditEvent(
            subject.id,
            f"evaluation.{wanted.value}",
            f"{chosen:%Y-%m}",
            address=client_address(request.scope),
        )
        with services.audit.recording(audit) as transaction:
            _, made = services.evaluations.take(chosen, event, connection=transaction)
        after = services.evaluations.told(chosen, datetime.now(UTC))
        return {"month": f"{chosen:%Y-%m}", "state": after.month.state.value, "id": made}

    return routes


def _permitted(services: Services, subject: Subject, step: MonthStep, body: StepBody) -> None:
    if step in BY_ANYBODY:
        if not judges_own(services, subject, body.by, body.row):
            raise Forbidden(
                "只有被考核的单位、属地(账号的所属单位,由管理员设置)或值班岗位能对自己的考核申诉"
            )
    elif not may_decide(services, subject):
        raise Forbidden(f"没有“{LABELS[step]}”的权限;由网格专题的审核人办理")


def _data(services: Services, month: date, step: MonthStep, body: StepBody) -> dict[str, Any]:
    if step is MonthStep.APPEAL:
        return _appeal(services, month, body)
    if step is MonthStep.DECIDE:
        exclude = body.exclude if body.accepted else []
        return {"appeal": body.appeal, "accepted": body.accepted, "exclude": exclude}
    return {}


def _appeal(services: Services, month: date, body: StepBody) -> dict[str, Any]:
    told = services.evaluations.told(month, datetime.now(UTC))
    group = told.result[body.by]
    row = next((one for one in group["rows"] if one["id"] == body.row), None)
    column = next((one for one in group["columns"] if one["key"] == body.indicator), None)
    if row is None or column is None:
        raise BadRequest("申诉要写明对哪一行(row)、哪个指标(indicator);从考核表中选")
    cases = []
    cell = (month, body.by, body.row, body.indicator, "denominator")
    behind = set(services.evaluations.cases(*cell, now=datetime.now(UTC))) if body.cases else set()
    for name in body.cases:
        case = services.cases.find(name)
        if case is None:
            raise BadRequest(f"没有事件 {name[:40]};请写事件编号")
        if case.id not in behind:
            raise BadRequest(f"事件 {case.number} 不在这一格里;只能对这一格所计的事件申诉")
        cases.append(case.id)
    owner = f"evaluation:{month:%Y-%m}"
    photos = {one.id for one in services.case_photos.of([owner])}
    if not set(body.photos) <= photos:
        raise BadRequest("佐证照片要先上传到这个月的考核(POST /api/v1/evaluation/{月}/photos)")
    return {
        "by": body.by,
        "row": body.row,
        "row_name": row["name"],
        "indicator": body.indicator,
        "title": column["title"],
        "cases": cases,
        "photos": body.photos,
    }


def _step(text: str) -> MonthStep:
    try:
        return MonthStep(text)
    except ValueError as wrong:
        known = "、".join(f"{one.value}({LABELS[one]})" for one in MonthStep)
        raise BadRequest(f"没有这一步 {text[:30]!r};可用:{known}") from wrong


def _month(text: str | None, now: datetime) -> date:
    """The first day of the month; the last month that is over where none is named."""
    if not text:
        first = now.astimezone(ZONE).date().replace(day=1)
        return date(first.year - (first.month == 1), (first.month + 10) % 12 + 1, 1)
    try:
        found = datetime.strptime(text, "%Y-%m").replace(tzinfo=ZONE).date()
    except ValueError as wrong:
        raise BadRequest(f"month={text[:20]!r} 不是月份;写成 2026-10", item="month") from wrong
    if not 2000 <= found.year <= now.year + 1 or len(text) != 7:
        raise BadRequest(f"month={text[:20]!r} 不是可考核的月份;写成 2026-10", item="month")
    return found
