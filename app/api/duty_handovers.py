"""/api/v1/duty/handovers: 交接班, signed by the leaving and the taking person."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from app.api.duty_body import audit_of, text_of, words_of
from app.api.duty_json import DutyJson
from app.api.past_moment import past_moment
from app.duty.open_items import OpenItems
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from topics.kit.duty.contracts import Person
from topics.kit.duty.desk import Duty
from topics.kit.duty.memory import (
    LONGEST,
    Handover,
    check_signer,
    check_taking,
)
from topics.kit.duty.roster import crew_of
from topics.kit.errors import BadDuty, StepRefused, UnknownDuty
from topics.kit.words.clock import moment_text

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")
_AHEAD = timedelta(days=7)


def router(services: Services) -> APIRouter:
    """The routes of handovers."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, items, duty = DutyJson(services), OpenItems(services), services.duty

    @routes.get("/handovers", summary="交接班记录")
    @door(Action.READ, "duty")
    def handovers(subject: _SubjectOf, as_of: str | None = None) -> dict[str, Any]:
        """The newest first, of each what the reader may see; `draft` is what one would list now."""
        require(subject, Action.READ, _DUTY)
        known = past_moment(as_of)
        now = known or datetime.now(UTC)
        found = duty.memory.handovers(as_of=known)
        people = duty.people_named([p for one in found for p in (one.leaving, one.taking)])
        return {
            "items": shown.handovers(found, people, subject, now),
            "next": None,
            "draft": None if known else _draft(subject, now),
        }

    def _draft(subject: Subject, now: datetime) -> dict[str, Any]:
        around = duty.roster.between(now - timedelta(hours=1), now + timedelta(hours=36))
        crew = {one.id: one for shift in around for _, one in crew_of(shift) if one is not None}
        return {
            "people": [shown.person(one, subject) for one in crew.values()],
            "items": [asdict(one) for one in items.now(subject, now)],
            "may_write": bool(may(subject, Action.WRITE, _DUTY)),
        }

    @routes.post("/handovers", status_code=201, summary="交班:写明事项并签字")
    @door(Action.WRITE, "duty")
    def leave(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """A handover signed by the leaving person; the open items are those of this moment."""
        require(subject, Action.WRITE, _DUTY)
        now = datetime.now(UTC)
        leaving, taking = (_person(duty, text_of(body, one)) for one in ("leaving", "taking"))
        if leaving.id == taking.id:
            raise BadDuty("交班人和接班人不能是同一人", problems=[("taking", "请选另一人")])
        check_signer(leaving, subject.person)
        notes = words_of(body, "notes")
        if len(notes) > LONGEST:
            raise BadDuty(f"交班事项超过 {LONGEST} 字", problems=[("notes", "请写要点")])
        shift = duty.at(now)
        made = Handover(
            id=uuid.uuid4().hex[:12],
            shift_starts=shift.starts if shift else now,
            leaving=leaving.id,
            taking=taking.id,
            items=tuple(items.now(subject, now)),
            notes=notes,
            left_at=now,
            left_by=subject.person,
        )
        event = audit_of(subject, request, "handover", made.id, items=len(made.items))
        with services.audit.recording(event) as transaction:
            duty.memory.leave(made, connection=transaction)
        people = {leaving.id: leaving, taking.id: taking}
        return shown.handovers([made], people, subject, now)[0]

    @routes.post("/handovers/{handover}/sign", summary="接班:核对后签字")
    @door(Action.WRITE, "duty")
    def take(handover: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Signed by the taking person; nothing of it changes afterwards."""
        require(subject, Action.WRITE, _DUTY)
        found, now = duty.memory.handover(handover), datetime.now(UTC)
        if found is None:
            raise UnknownDuty("没有这次交接班;请刷新后再试")
        check_taking(found, _person(duty, found.taking), subject.person)
        remark = words_of(body, "remark")
        with services.audit.recording(
            audit_of(subject, request, "handover-sign", handover)
        ) as transaction:
            first = duty.memory.take(
                handover, by=subject.person, at=now, remark=remark, connection=transaction
            )
            if not first:  # another signed in between, and the first signature stays
                raise StepRefused(
                    _stands(duty, shown, handover, now),
                    problem={"state": "已交接", "allowed": []},
                )
        signed = duty.memory.handover(handover)
        assert signed is not None
        people = duty.people_named([signed.leaving, signed.taking])
        return shown.handovers([signed], people, subject, now)[0]

    return routes


def _stands(duty: Duty, shown: DutyJson, handover: str, now: datetime) -> str:
    """What stands where another was faster: who signed and when."""
    found = duty.memory.handover(handover)
    if found is None or found.taken_at is None:
        return "交接班刚被别人签过;请刷新后再看"
    by = shown.names.name(found.taken_by or "")
    return f"{by} 已于 {moment_text(found.taken_at, now)} 签字接班,以先签的为准;请刷新后再看"


def _person(duty: Duty, person: str) -> Person:
    found = duty.person(person)
    if found is None:
        raise UnknownDuty(f"通讯录里没有 {person};请从名单中选")
    return found
