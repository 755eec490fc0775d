"""/api/v1/duty/journal: the 值班日志, which only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request

from app.api.duty_body import audit_of, moment_of, text_of
from app.api.duty_json import DutyJson
from app.api.page_marks import NUMBER, mark_after, read_mark
from app.api.past_moment import past_moment
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from topics.kit.duty.memory import (
    JOURNAL_KINDS,
    JournalEntry,
    check_entry,
)

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")
_AHEAD = timedelta(days=7)


def router(services: Services) -> APIRouter:
    """The routes of the journal."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, duty = DutyJson(services), services.duty

    @routes.get("/journal", summary="值班日志")
    @door(Action.READ, "duty")
    def journal(
        subject: _SubjectOf,
        q: Annotated[str, Query(max_length=60)] = "",
        as_of: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: str | None = None,
    ) -> dict[str, Any]:
        """The lines, the newest first."""
        require(subject, Action.READ, _DUTY)
        known = past_moment(as_of)
        mark = read_mark(cursor, NUMBER)
        found = duty.memory.journal(
            text=q.strip(),
            before=(mark[0], int(mark[1])) if mark else None,
            as_of=known,
            limit=limit + 1,
        )
        more, found = len(found) > limit, found[:limit]
        now = known or datetime.now(UTC)
        return {
            "items": [shown.entry(one, now) for one in found],
            "next": mark_after(found[-1].at, found[-1].id) if more else None,
            "kinds": list(JOURNAL_KINDS),
            "may_write": bool(may(subject, Action.WRITE, _DUTY)),
        }

    @routes.post("/journal", status_code=201, summary="记一条值班日志;更正是新的一条")
    @door(Action.WRITE, "duty")
    def write(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """A line; nothing is ever changed, a correction names what it corrects."""
        require(subject, Action.WRITE, _DUTY)
        now, corrects = datetime.now(UTC), body.get("corrects")
        if corrects is not None and (isinstance(corrects, bool) or not isinstance(corrects, int)):
            raise BadRequest("corrects 应是所更正那条日志的编号")
        entry = JournalEntry(
            at=moment_of(body, "at", now),
            written_at=now,
            actor=subject.person,
            kind=text_of(body, "kind"),
            text=text_of(body, "text"),
            corrects=corrects,
            drill=services.modes.at(now).drill is not None,
        )
        known = [corrects] if corrects is not None and duty.memory.has_entry(corrects) else []
        check_entry(entry, known)
        with services.audit.recording(audit_of(subject, request, "journal", "")) as transaction:
            written = duty.memory.write(entry, connection=transaction)
        return shown.entry(written, now)

    return routes
