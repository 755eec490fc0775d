"""POST /api/v1/cases and …/transitions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Request

from app.api.case_body import read_order, read_report
from app.cases.acts import CaseActs
from app.cases.detail import CaseDetail
from app.cases.people import CaseDoors
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.requests import client_address
from app.services import Services

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_KeyOf = Annotated[str | None, Header(alias="Idempotency-Key")]


def router(services: Services, doors: CaseDoors, detail: CaseDetail) -> APIRouter:
    """The routes that make and move cases."""
    routes = APIRouter()
    acts = CaseActs(services, doors, detail)

    @routes.post("/cases", status_code=201, summary="上报事件")
    @door(Action.WRITE, "case")
    def report(
        body: _Body, request: Request, subject: _SubjectOf, key: _KeyOf = None
    ) -> dict[str, Any]:
        """The new case; the same Idempotency-Key or reference never makes a second one."""
        now = datetime.now(UTC)
        drill = services.modes.at().drill is not None
        given = read_report(body, subject, now, drill=drill)
        address = client_address(request.scope)
        return acts.report(given, subject, now, key=key, body=body, address=address)

    @routes.post("/cases/{case}/transitions", summary="办理事件:受理、立案、派遣、签收……结案")
    @door(Action.WRITE, "case")
    def move(case: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take one step; 409 names those that are open to this person now."""
        order, version = read_order(body)
        now, address = datetime.now(UTC), client_address(request.scope)
        after = acts.move(case, order, subject, now, version=version, address=address)
        events = services.cases.events(after.id)
        return detail.full(after, events, subject, now)

    return routes
