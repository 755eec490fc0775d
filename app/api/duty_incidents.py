"""/api/v1/duty/incidents and plans: 突发事件 with their clocks, reports, checklists."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response

from app.api.duty_body import audit_of, text_of
from app.api.duty_incident_json import IncidentJson
from app.api.past_moment import past_moment
from app.duty.incident_steps import IncidentSteps
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")


def router(services: Services) -> APIRouter:
    """The routes of incidents and plans."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, steps, store = IncidentJson(services), IncidentSteps(services), services.duty.incidents

    @routes.get("/incidents", summary="突发事件")
    @door(Action.READ, "duty")
    def incidents(
        response: Response, subject: _SubjectOf, as_of: str | None = None
    ) -> dict[str, Any]:
        """The newest first, with what their clocks say."""
        require(subject, Action.READ, _DUTY)
        response.headers["Cache-Control"] = "private, no-store"
        known = past_moment(as_of)
        now = known or datetime.now(UTC)
        return {
            "items": [shown.brief(one, now) for one in store.list_newest(as_of=known)],
            "next": None,
            "clocks": shown.clocks(),
            "may_write": bool(may(subject, Action.WRITE, _DUTY)),
        }

    @routes.get("/incidents/{incident}", summary="一起突发事件:时限、报告各版、预案清单、经过")
    @door(Action.READ, "duty")
    def one(incident: str, subject: _SubjectOf, as_of: str | None = None) -> dict[str, Any]:
        """Everything about it, as of a moment."""
        require(subject, Action.READ, _DUTY)
        known = past_moment(as_of)
        return shown.full(steps.need(incident, known), known, subject)

    @routes.post("/incidents", status_code=201, summary="登记突发事件")
    @door(Action.WRITE, "duty")
    def opened(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """A new one; the clocks of the first report run from when it was known."""
        require(subject, Action.WRITE, _DUTY)
        made = steps.new(uuid.uuid4().hex[:12], body, by=subject.person, now=datetime.now(UTC))
        with services.audit.recording(
            audit_of(subject, request, "incident", made.id, title=made.title)
        ) as transaction:
            store.open(made, connection=transaction)
        return shown.full(made, None, subject)

    @routes.post(
        "/incidents/{incident}/steps",
        summary="报告、记事、启动预案、勾选清单、处置结束",
    )
    @door(Action.WRITE, "duty")
    def step(incident: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take a step; 409 names the reports that may be made now."""
        require(subject, Action.WRITE, _DUTY)
        wanted = text_of(body, "step")
        if wanted not in steps.names:
            raise BadRequest(f"step 应是 {'、'.join(steps.names)} 之一")
        event = audit_of(subject, request, "incident-step", incident, step=wanted)
        with services.audit.recording(event) as transaction:
            steps.take(
                incident,
                wanted,
                body,
                by=subject.person,
                now=datetime.now(UTC),
                connection=transaction,
            )
        return shown.full(steps.need(incident, None), None, subject)

    @routes.get("/plans", summary="预案清单")
    @door(Action.READ, "duty")
    def plans(subject: _SubjectOf) -> dict[str, Any]:
        """Every plan with its lines, contacts and resources."""
        require(subject, Action.READ, _DUTY)
        found = [shown.plan(one, None, subject) for one in services.duty.plans]
        return {"items": found, "next": None}

    return routes
