"""/api/v1/notices/mine: the messages of whoever is signed in; read marks are their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.page_marks import read_position
from app.errors import BadRequest, NotSignedIn
from app.notices.inbox import inbox_json, reader_of
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.stores.postgres_inbox import Reader

Asking = Annotated[Subject, Depends(current_subject)]
_LARGEST = 2**63 - 1


class Read(BaseModel):
    """Which messages are read: these, or all up to one."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[int, Field(ge=1, le=_LARGEST)]] = Field(default=[], max_length=500)
    until: Annotated[int, Field(ge=1, le=_LARGEST)] | None = Field(
        None, description="这一条和更早的都已读"
    )


def router(services: Services) -> APIRouter:
    """The routes of one's own messages."""
    routes = APIRouter()

    def reader(subject: Subject, now: datetime) -> Reader:
        if subject.anonymous:
            raise NotSignedIn("站内通知登录后可见;请先登录")
        return reader_of(services, subject, now)

    @routes.get("/mine", summary="我的通知,新的在前;unread 是未读条数(最多数到 100)")
    @door(Action.READ, "duty")
    def mine(
        subject: Asking,
        response: Response,
        unread: bool = False,
        limit: Annotated[int, Query(ge=0, le=200, description="0:只要未读条数")] = 50,
        cursor: Annotated[str | None, Query(description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """What is meant for the account, its person, its unit and its turns of duty."""
        response.headers["Cache-Control"] = "private, no-store"
        now = datetime.now(UTC)
        one, before = reader(subject, now), read_position(cursor) or None
        count = services.inbox.unread(one, now)
        if not limit:
            return {"items": [], "next": None, "unread": count}
        found = services.inbox.newest(one, now, unread=unread, before=before, limit=limit + 1)
        page = found[:limit]
        return {
            "items": [inbox_json(services, told, seen, subject) for told, seen in page],
            "next": str(page[-1][0].id) if len(found) > limit else None,
            "unread": count,
        }

    @routes.post("/mine/read", summary="标为已读:这些,或某一条及更早的全部")
    @door(Action.READ, "duty")
    def read(body: Read, subject: Asking) -> dict[str, Any]:
        """Nothing but the reader's own marks changes; others' messages are left alone."""
        if bool(body.ids) == (body.until is not None):
            raise BadRequest("ids 和 until 写一个")
        now = datetime.now(UTC)
        one = reader(subject, now)
        marked = services.inbox.mark(one, now, ids=body.ids, until=body.until)
        return {"marked": marked, "unread": services.inbox.unread(one, now)}

    return routes
