"""/api/v1/duty/now: who is on duty, who comes next, what is open."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from app.api.duty_json import DutyJson, moment
from app.duty.open_items import OpenItems
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from topics.kit.duty.memory import (
    JOURNAL_KINDS,
)
from topics.kit.duty.roster import holes, span_text

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")
_AHEAD = timedelta(days=7)


def router(services: Services) -> APIRouter:
    """The route of the present shift."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, items, duty = DutyJson(services), OpenItems(services), services.duty

    @routes.get("/now", summary="此刻谁值班、下一班、未办结的事")
    @door(Action.READ, "duty")
    def now_on_duty(response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """The shift, the next one, the holes of the coming week, and what is open."""
        require(subject, Action.READ, _DUTY)
        response.headers["Cache-Control"] = "private, no-store"
        now = datetime.now(UTC)
        coming = duty.roster.between(now, now + _AHEAD)
        current = next((one for one in coming if one.starts <= now), None)
        following = next((one for one in coming if one.starts > now), None)
        return {
            "shift": current and shown.shift(current, subject, now),
            "next": following and shown.shift(following, subject, now),
            "holes": [span_text(*one) for one in holes(coming, now, now + _AHEAD)],
            "items": [asdict(one) for one in items.now(subject, now)],
            "journal": [shown.entry(one, now) for one in duty.memory.journal(limit=8)],
            "kinds": list(JOURNAL_KINDS),
            "may_write": bool(may(subject, Action.WRITE, _DUTY)),
            "now": moment(now),
        }

    return routes
