"""/api/v1/cases: lists, one case, and what the loop counts; steps and reports are next door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api import case_places, case_steps, case_tables
from app.api.case_query import Asked, write_cursor
from app.api.past_moment import past_moment
from app.cases.detail import CaseDetail
from app.cases.funnel import funnel_json, midnight
from app.cases.people import CaseDoors
from app.cases.rows import CaseRows
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.cases.contracts import Stage
from topics.kit.cases.lines import Sight
from topics.kit.errors import UnknownCase
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_PRIVATE = "private, no-store"


def router(services: Services) -> APIRouter:
    """The routes of cases."""
    routes = APIRouter(prefix="/api/v1", tags=["事件"])
    doors, rows = CaseDoors(services), CaseRows(services)
    detail = CaseDetail(services, doors, rows)

    @routes.get("/cases", summary="事件列表:未结的按到期先后,再是已结的")
    @door(Action.READ, "case")
    def listed(
        response: Response, subject: _SubjectOf, asked: Annotated[Asked, Depends()]
    ) -> dict[str, Any]:
        """Those the person may see; `mine` are those of the person's unit."""
        response.headers["Cache-Control"] = _PRIVATE
        now, as_of = datetime.now(UTC), asked.moment()
        query = asked.query(doors.sight(subject), subject)
        board = services.cases.board(query, now=now, as_of=as_of)
        return {
            "items": rows.rows(board.lines, subject, as_of or now, as_of),
            "next": write_cursor(board.after),
            "total": board.total,
            "counts": {
                "state": {state.value: count for state, count in board.states.items()},
                "stage": {stage.value: board.stages[stage] for stage in Stage},
                "overdue": board.overdue,
            },
            "now": (as_of or now).astimezone(ZONE).isoformat(),
        }

    @routes.get("/cases/{case}", summary="一个事件:经过、任务、时钟、可用的操作")
    @door(Action.READ, "case")
    def one(
        case: str, response: Response, subject: _SubjectOf, as_of: str | None = None
    ) -> dict[str, Any]:
        """The case by id or number; with `as_of`, as it stood then."""
        response.headers["Cache-Control"] = _PRIVATE
        moment = past_moment(as_of)
        found = doors.require(subject, services.cases.require(case, moment))
        events = services.cases.events(found.id, moment)
        return detail.full(found, events, subject, moment or datetime.now(UTC), moment)

    @routes.get("/case-funnel", summary="闭环漏斗:上报 立案 派遣 处置 核查 结案")
    @door(Action.READ, "case")
    def funnel(
        response: Response,
        subject: _SubjectOf,
        region: Annotated[str, Query(max_length=15, pattern=r"^\d*$")] = "",
        since: Annotated[str | None, Query(alias="from", max_length=40)] = None,
        as_of: Annotated[str | None, Query(max_length=40)] = None,
    ) -> dict[str, Any]:
        """Of today, or since `from`; drills are left out."""
        response.headers["Cache-Control"] = _PRIVATE
        until = past_moment(as_of) or datetime.now(UTC)
        begin = parse_moment(since) if since else midnight(until)
        if begin >= until:
            raise BadRequest("from 应早于现在(或 as_of)")
        sight = doors.sight(subject)
        if sight == Sight():
            raise UnknownCase("没有可以查看的事件;请向系统管理员申请权限")
        found = services.cases.funnel(sight, begin, until, region)
        return funnel_json(found, begin, until, today=since is None)

    routes.include_router(case_steps.router(services, doors, detail))
    routes.include_router(case_places.router(services, doors))
    routes.include_router(case_tables.router(services, rows))
    return routes
