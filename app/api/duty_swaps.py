"""/api/v1/duty/swaps: turns of duty exchanged, when both have agreed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from app.api.duty_body import audit_of, moment_of, text_of, words_of
from app.api.duty_json import DutyJson
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.services import Services
from topics.kit.duty.contracts import Person
from topics.kit.duty.swapping import Swapping
from topics.kit.duty.swaps import SwapStep, Turn

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")


def router(services: Services) -> APIRouter:
    """The routes of swaps."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, duty, swapping = DutyJson(services), services.duty, Swapping(services.duty)

    @routes.get("/swaps", summary="换班")
    @door(Action.READ, "duty")
    def swaps(subject: _SubjectOf) -> dict[str, Any]:
        """The newest first, with what this person can say to each."""
        require(subject, Action.READ, _DUTY)
        now, found = datetime.now(UTC), duty.roster.swaps()
        people = duty.people_named([t.person for one in found for t in (one.first, one.second)])
        return {"items": [shown.swap(one, people, now) for one in found], "next": None}

    @routes.post("/swaps", status_code=201, summary="提出换班")
    @door(Action.WRITE, "duty")
    def ask(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """A swap of two turns; whoever asks agrees for himself at once."""
        require(subject, Action.WRITE, _DUTY)
        named_id, now = uuid.uuid4().hex[:12], datetime.now(UTC)
        first, second = (_turn(body.get(one), one) for one in ("first", "second"))
        with services.audit.recording(audit_of(subject, request, "swap", named_id)) as transaction:
            made = swapping.ask(
                named_id,
                first,
                second,
                reason=words_of(body, "reason"),
                by=subject.person,
                now=now,
                connection=transaction,
            )
        return shown.swap(made, _people(made.first, made.second), now)

    @routes.post("/swaps/{swap}/steps", summary="换班:甲方同意、乙方同意、不同意、撤回")
    @door(Action.WRITE, "duty")
    def step(swap: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take a step; when both have agreed the roster is changed in the same moment."""
        require(subject, Action.WRITE, _DUTY)
        wanted, now = text_of(body, "step"), datetime.now(UTC)
        if wanted not in list(SwapStep):
            raise BadRequest(f"step 应是 {'、'.join(SwapStep)} 之一")
        event = audit_of(subject, request, "swap-step", swap, step=wanted)
        with services.audit.recording(event) as transaction:
            after = swapping.step(
                swap,
                SwapStep(wanted),
                by=subject.person,
                note=words_of(body, "note"),
                now=now,
                connection=transaction,
            )
        return shown.swap(after, _people(after.first, after.second), now)

    def _people(*turns: Turn) -> Mapping[str, Person]:
        return duty.people_named([one.person for one in turns])

    return routes


def _turn(found: Any, name: str) -> Turn:
    if not isinstance(found, dict):
        raise BadRequest(f"{name} 写成 {{starts, post, person}}")
    return Turn(moment_of(found, "starts"), text_of(found, "post"), text_of(found, "person"))
