"""GET /api/v1/changes: who changed what, when and why; one search by object, person and time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.definitions.history import Asked, ChangeHistory
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.period_texts import parse_moment
from topics.kit.texts import storable


def router(services: Services) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix="/api/v1", tags=["指标管理"])
    history = ChangeHistory(services)

    @routes.get("/changes", summary="变更查询:谁在什么时候把什么改成了什么、为什么")
    @door(Action.READ, "indicator")
    def changes(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        object_: Annotated[str, Query(alias="object", max_length=100)] = "",
        person: Annotated[str, Query(max_length=100, description="姓名或账号")] = "",
        begin: Annotated[str, Query(alias="from", max_length=40, description="起(含)")] = "",
        to: Annotated[str, Query(max_length=40, description="止;只写日期时含当日")] = "",
        after: Annotated[str, Query(alias="next", max_length=40)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The newest first; the audit trail is searched for those who may read it."""
        response.headers["Cache-Control"] = "private, no-cache"
        if not storable(object_) or not storable(person):
            raise BadRequest("object 或 person 中有空字符(NUL);请去掉后重试")
        ends = [parse_moment(after)] if after else []
        if to:
            ends.append(_end(to))
        asked = Asked(
            object=object_,
            person=person,
            since=parse_moment(begin) if begin else None,
            before=min(ends, default=None),
            limit=limit,
        )
        return history.search(subject, asked)

    return routes


def _end(text: str) -> datetime:
    """The moment a search ends; a bare day is searched to its end."""
    bare = len(text.strip()) <= len("2026-01-01")
    return parse_moment(text) + (timedelta(days=1) if bare else timedelta(0))
