"""/api/v1/modes: 平战 and 演练, switched in one audited action."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.past_moment import past_moment
from app.api.people_names import PeopleNames
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from topics.kit.duty.contracts import Mode
from topics.kit.periods import ZONE

_MODE = Resource("duty", "mode")
Asking = Annotated[Subject, Depends(current_subject)]


class Switched(BaseModel):
    """What is to change; what is not written stays."""

    model_config = ConfigDict(extra="forbid")
    wartime: bool | None = Field(None, description="true 战时,false 平时")
    drill: str | None = Field(None, max_length=100, description="演练名称;空串为结束演练")
    reason: str = Field(description="原因", min_length=2, max_length=500)


def router(services: Services) -> APIRouter:
    """The mode of a moment with its history, and the switch."""
    routes = APIRouter(prefix="/api/v1", tags=["平战与演练"])
    names = PeopleNames(services)

    def told(mode: Mode, *, named: bool) -> dict[str, Any]:
        return {
            "wartime": mode.wartime,
            "drill": mode.drill,
            "since": mode.since and mode.since.astimezone(ZONE).isoformat(),
            "by": names.name(mode.by) if named and mode.by else "",
            "reason": mode.reason if named else "",
        }

    @routes.get("/modes", summary="现在是平时还是战时,有没有演练")
    @door(Action.READ, "alert")
    def now(
        subject: Asking,
        response: Response,
        as_of: Annotated[str | None, Query(description="按当时;不带时区按北京时间")] = None,
    ) -> dict[str, Any]:
        """The mode now or then; who switched is told to those who are signed in.

        `switched` is the last change between 平时 and 战时.
        """
        response.headers["Cache-Control"] = "private, no-cache"
        moment, named = past_moment(as_of), not subject.anonymous
        history = services.modes.history(as_of=moment) if named else []
        before = [*history, Mode()][1:]
        switched = [a for a, b in zip(history, before, strict=False) if a.wartime != b.wartime]
        return told(services.modes.at(moment), named=named) | {
            "history": [told(one, named=named) for one in history],
            "switched": told(switched[0], named=named) if switched else None,
            "may_switch": bool(may(subject, Action.WRITE, _MODE)),
        }

    @routes.post("/modes", summary="切换平战,开始或结束演练")
    @door(Action.WRITE, "duty")
    def switch(wanted: Switched, subject: Asking, request: Request) -> dict[str, Any]:
        """The mode after the switch; thresholds, times and routes of all rules follow at once."""
        require(subject, Action.WRITE, _MODE)
        if wanted.wartime is None and wanted.drill is None:
            raise BadRequest("没有要切换的;写 wartime 或 drill")
        detail = wanted.model_dump(exclude_none=True)
        event = AuditEvent(
            subject.id, "mode.switch", "city", address=client_address(request.scope), detail=detail
        )
        with services.audit.recording(event) as transaction:
            made = services.modes.change(
                by=subject.person,
                reason=wanted.reason.strip(),
                now=datetime.now(UTC),
                wartime=wanted.wartime,
                drill=(wanted.drill or "").strip() or None,
                end_drill=wanted.drill is not None and not wanted.drill.strip(),
                connection=transaction,
            )
        return told(made, named=True)

    return routes
