"""/api/v1/directives: 督办 as they stand, as of any moment; their steps are next door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api import directive_steps
from app.api.directive_doors import DirectiveDoors
from app.api.directive_json import DirectiveJson
from app.api.page_marks import HEX_ID, mark_after, read_mark
from app.api.past_moment import past_moment
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may
from app.services import Services
from topics.kit.directives.service import counts

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Moment = Annotated[str | None, Query(description="截至何时;不带时区按北京时间")]
_PRIVATE = "private, no-store"
_MOST = 200


def router(services: Services) -> APIRouter:
    """The routes of 督办."""
    routes = APIRouter(prefix="/api/v1", tags=["督办"])
    doors, shown = DirectiveDoors(services), DirectiveJson(services)
    store = services.directives.store

    @routes.get("/directives", summary="督办,新的在前;about= 只看某个数、告警或事件未办结的")
    @door(Action.READ, "directive")
    def listed(
        response: Response,
        subject: _SubjectOf,
        open_only: Annotated[bool | None, Query(alias="open", description="1 只看未办结")] = None,
        about: Annotated[str | None, Query(max_length=300, description="kind:id")] = None,
        unit: Annotated[str | None, Query(max_length=64)] = None,
        mine: bool = False,
        as_of: _Moment = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
        cursor: Annotated[str | None, Query(max_length=80)] = None,
    ) -> dict[str, Any]:
        """Those the person may see; `mine` are those of his unit."""
        response.headers["Cache-Control"] = _PRIVATE
        moment = past_moment(as_of)
        asked = doors.about.read(about) if about else None
        found = store.listed(
            as_of=moment,
            units=_units(subject, unit, mine=mine),
            ended=False if open_only or asked else None,
            about=asked,
            before=read_mark(cursor, HEX_ID),
            limit=limit + 1,
        )
        more, found = len(found) > limit, found[:limit]
        seen = [one for one in found if doors.sees(subject, one)]
        now = moment or datetime.now(UTC)
        return {
            "items": [shown.brief(one, doors.person(subject, one), now) for one in seen],
            "next": mark_after(found[-1].issued_at, found[-1].id) if more else None,
            "counts": counts(seen, now),
            "may_issue": bool(may(subject, Action.WRITE, Resource("directive"))),
            "unit": subject.unit,
            "units": shown.units(),
            "now": now.isoformat(),
        }

    @routes.get("/directives/{directive}", summary="一件督办和它的经过")
    @door(Action.READ, "directive")
    def one(
        directive: str, response: Response, subject: _SubjectOf, as_of: _Moment = None
    ) -> dict[str, Any]:
        """Everything about it, as of a moment."""
        response.headers["Cache-Control"] = _PRIVATE
        moment = past_moment(as_of)
        found = doors.need(subject, directive, moment)
        log = store.events(directive, as_of=moment)
        now = moment or datetime.now(UTC)
        return shown.full(found, log, doors.person(subject, found), now)

    routes.include_router(directive_steps.router(services, doors, shown))
    return routes


def _units(subject: Subject, unit: str | None, *, mine: bool) -> list[str] | None:
    if mine:
        return [subject.unit] if subject.unit else []
    return [unit] if unit else None
