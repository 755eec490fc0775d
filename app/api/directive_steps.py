"""POST /api/v1/directives…: issuing and every later step, in one transaction with its audit."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Request

from app.api.directive_doors import DirectiveDoors
from app.api.directive_json import DirectiveJson
from app.api.duty_body import moment_of, text_of, words_of
from app.errors import BadRequest, KeyReused
from app.security.audited import audited
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.contracts import Classification
from topics.kit.directives.contracts import Directive
from topics.kit.directives.machine import TO

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


def router(services: Services, doors: DirectiveDoors, shown: DirectiveJson) -> APIRouter:
    """The routes that change a 督办."""
    routes = APIRouter()

    @routes.post("/directives", status_code=201, summary="签发督办(领导)")
    @door(Action.WRITE, "directive")
    def issue(
        body: _Body, request: Request, subject: _SubjectOf, key: _Key = None
    ) -> dict[str, Any]:
        """A new one about a number, alert or case that the leader may see himself.

        The same Idempotency-Key of the same person never issues twice.
        """
        what = doors.about.read(text_of(body, "about"))
        known = doors.about.require(subject, what)
        require(subject, Action.WRITE, Resource("directive", topic=known.topic))
        unit, text, deadline = (
            text_of(body, "unit"),
            text_of(body, "text"),
            moment_of(body, "deadline"),
        )
        told = audited(text, known.resource.classification)
        detail = {"unit": unit, "text": told, "deadline": deadline.isoformat()}
        named = _named(subject, key)
        known_already = services.directives.store.find(named) if key else None
        if known_already is not None:
            if (known_already.about, known_already.text) != (what, text):
                raise KeyReused("这个 Idempotency-Key 已用于另一件督办;请换一个")
            return _full(known_already, subject)
        now = datetime.now(UTC)
        drill = services.modes.at(now).drill is not None
        event = _event(subject, request, "issue", f"{what.kind}:{what.id}", detail)
        with services.audit.recording(event) as transaction:
            made = services.directives.issue(
                what,
                named=named,
                unit=unit,
                text=text,
                deadline=deadline,
                by=subject.person,
                now=now,
                topic=known.topic,
                title=known.title,
                drill=drill,
                data=dict(known.secrecy),
                connection=transaction,
            )
        return _full(made, subject)

    @routes.post("/directives/{directive}/transitions", summary="签收、反馈、退回、办结、撤销")
    @door(Action.READ, "directive")  # a leader's step or a unit's: the machine asks which
    def move(directive: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take one step; 409 names those that are open to this person now."""
        found = doors.need(subject, directive)
        to, note = text_of(body, "to"), words_of(body, "note")
        step = TO.get(to)
        if step is None:
            raise BadRequest(f"to 应是 {'、'.join(TO)} 之一,不是 {to!r}")
        person = doors.person(subject, found)
        if not person.leads and not person.answers:
            require(subject, Action.WRITE, Resource("reply", found.id))
        secrecy = found.data.get("class")
        told = {"note": audited(note, Classification(secrecy) if secrecy else None)}
        event = _event(subject, request, step.name.lower(), found.id, told)
        with services.audit.recording(event) as transaction:
            after = services.directives.take(
                directive,
                step,
                person,
                note=note,
                now=datetime.now(UTC),
                connection=transaction,
            )
        return _full(after, subject)

    def _full(one: Directive, subject: Subject) -> dict[str, Any]:
        log = services.directives.store.events(one.id)
        return shown.full(one, log, doors.person(subject, one), datetime.now(UTC))

    return routes


def _named(subject: Subject, key: str | None) -> str:
    """The id of a new 督办: of one person's key always the same."""
    if not key:
        return uuid.uuid4().hex[:16]
    return hashlib.sha256(f"{subject.person}|{key}".encode()).hexdigest()[:16]


def _event(
    subject: Subject, request: Request, action: str, named: str, detail: dict[str, Any]
) -> AuditEvent:
    address = client_address(request.scope)
    return AuditEvent(subject.id, f"directive.{action}", named, address=address, detail=detail)
