"""/api/v1/notices: messages to people that wait, were sent, or could not be delivered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import notices_mine
from app.api.page_marks import read_position
from app.notices.rows import notice_json
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.people import AuditEvent
from app.services import Services
from layers.contracts import Classification
from topics.kit.errors import UnknownNotice
from topics.kit.notify.delivery import Notice, NoticeState

Asking = Annotated[Subject, Depends(current_subject)]


def router(services: Services) -> APIRouter:
    """The routes of the outbox."""
    routes = APIRouter(prefix="/api/v1/notices", tags=["消息"])

    @routes.get("", summary="消息:待发送、未送达、已送达,新的在前")
    @door(Action.READ, "duty")
    def notices(
        subject: Asking,
        response: Response,
        state: Annotated[list[NoticeState] | None, Query(description="缺省:未送达、待发送")] = None,
        about: Annotated[str | None, Query(max_length=200, description="如 alert:编号")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """What the subject may see of it; a page may be short, `next` says whether more follow."""
        response.headers["Cache-Control"] = "private, no-cache"
        states = state or [NoticeState.FAILED, NoticeState.WAITING]
        before = read_position(cursor) or None
        about = about.replace("\x00", "") if about else None
        found = services.notices.newest(states, before=before, about=about, limit=limit + 1)
        page = found[:limit]
        seen = [one for one in page if may(subject, Action.READ, _resource(one))]
        tries = services.notices.attempts([one.id for one in seen])
        return {
            "items": [notice_json(one, tries.get(one.id, ())) for one in seen],
            "next": str(page[-1].id) if len(found) > limit else None,
            "counts": services.notices.counts(lambda *about: _sees(subject, *about)),
        }

    @routes.post("/{number}/retry", summary="未送达的消息再发一次")
    @door(Action.WRITE, "duty")
    def retry(number: int, subject: Asking, request: Request) -> dict[str, Any]:
        """Try a message that was given up once more, from the start."""
        require(subject, Action.WRITE, Resource("duty"))
        found = services.notices.find(number) if 0 < number < 2**63 else None
        if found is None or not may(subject, Action.READ, _resource(found)):
            raise UnknownNotice(f"没有编号 {number} 的消息;请刷新列表")
        event = AuditEvent(
            actor=subject.id,
            action="notice.retry",
            object=found.message.receiver,
            address=request.client.host if request.client else "",
            detail={"notice": number},
        )
        with services.audit.recording(event) as transaction:
            if not services.notices.again(number, datetime.now(UTC), connection=transaction):
                raise UnknownNotice("只有“未送达”的消息可以再发;请刷新列表")
        return notice_json(services.notices.find(number) or found)

    routes.include_router(notices_mine.router(services))
    return routes


def _resource(one: Notice) -> Resource:
    """A message is as visible as what it tells about."""
    about = one.message
    return Resource("duty", str(one.id), about.topic, about.classification)


def _sees(subject: Subject, topic: str | None, classification: Classification) -> bool:
    return bool(may(subject, Action.READ, Resource("duty", "", topic, classification)))
