"""/api/v1/mode and /api/v1/duty/drills: the mode of the moment, and drills begun and ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response

from app.api.duty_body import audit_of, text_of
from app.api.duty_json import moment
from app.api.past_moment import past_moment
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.services import Services
from topics.kit.duty.contracts import Mode
from topics.kit.errors import BadDuty, StepRefused

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")
_LONGEST = 40


def router(services: Services) -> APIRouter:
    """The routes of the mode and of drills."""
    routes = APIRouter(prefix="/api/v1", tags=["值班"])

    @routes.get("/mode", summary="此刻是否演练、是否战时:每个画面都要标明")
    @door(Action.READ, "page")
    def mode(response: Response, as_of: str | None = None) -> dict[str, Any]:
        """The mode of the moment; every screen shows it, whoever looks."""
        response.headers["Cache-Control"] = "no-store"
        known = past_moment(as_of)
        return _mode(services.modes.at(known))

    @routes.get("/duty/drills", summary="演练记录")
    @door(Action.READ, "duty")
    def drills(subject: _SubjectOf) -> dict[str, Any]:
        """The changes of the mode that began or ended a drill, the newest first."""
        require(subject, Action.READ, _DUTY)
        log = services.modes.history(limit=200)
        before = [*log, Mode()][1:]
        changed = [now for now, was in zip(log, before, strict=True) if now.drill != was.drill]
        return {"items": [_mode(one) for one in changed], "next": None}

    @routes.post("/duty/drills", summary="开始或结束演练;演练中不对外发送")
    @door(Action.WRITE, "duty")
    def change(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """`title` begins a drill, `end` ends it; 409 where one is on already, or none is."""
        require(subject, Action.WRITE, _DUTY)
        ends, now = body.get("end") is True, datetime.now(UTC)
        title = "" if ends else text_of(body, "title")
        if len(title) > _LONGEST:
            raise BadDuty(f"演练名称超过 {_LONGEST} 字", problems=[("title", "请写短一些")])
        event = audit_of(subject, request, "drill-end" if ends else "drill", title)
        with services.audit.recording(event) as transaction:
            current = services.modes.at().drill
            if ends == (current is None):
                why = "现在没有演练" if ends else f"演练“{current}”还没有结束;请先结束"
                raise StepRefused(why, problem={"state": current or "", "allowed": []})
            services.modes.change(
                by=subject.person,
                reason="结束演练" if ends else f"演练:{title}",
                now=now,
                drill=title or None,
                end_drill=ends,
                connection=transaction,
            )
        return _mode(services.modes.at())

    return routes


def _mode(mode: Mode) -> dict[str, Any]:
    return {"wartime": mode.wartime, "drill": mode.drill, "since": moment(mode.since)}
