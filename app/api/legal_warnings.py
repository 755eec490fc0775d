"""/api/v1/legal-warnings: 法定预警 of their issuers. They come in; nobody edits or pauses them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.alerts.legal import legal_json, legal_resource
from app.api.page_marks import read_position
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.period_texts import parse_moment
from topics.kit.warnings.check import Checker

Asking = Annotated[Subject, Depends(current_subject)]
_KEY = 200


class Warned(BaseModel):
    """What an issuer published, in his own words."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    issuer: str = Field(description="发布单位全称", examples=["韶关市气象台"])
    kind: str = Field(description="种类", examples=["暴雨"])
    signal: str = Field("", description="信号名称;不写按种类取")
    level: str = Field(description="级别,按本地级别表", examples=["橙"])
    area: list[str] = Field(description="区划代码", examples=[["440205"]])
    valid_from: str = Field(description="生效时间")
    valid_to: str | None = Field(None, description="失效时间;未定时不写")
    text: str = Field(description="预警正文")
    reference: str = Field("", description="发布单位的文号;不写时用 Idempotency-Key")
    action: str = Field("发布", description="发布、更新或解除")
    replaces: str | None = Field(None, description="更新、解除的是哪一份(文号)")
    response: str = Field("", description="应急响应级别,如 Ⅳ级;与预警级别是两回事")


def router(services: Services) -> APIRouter:
    """The routes of 法定预警."""
    routes = APIRouter(prefix="/api/v1/legal-warnings", tags=["法定预警"])
    checker = Checker(services.warning_tables, services.regions)

    @routes.get("", summary="法定预警,最近收到的在前")
    @door(Action.READ, "warning")
    def warnings(
        subject: Asking,
        response: Response,
        in_force: Annotated[int, Query(ge=0, le=1, description="1 只看生效中的")] = 0,
        as_of: Annotated[str | None, Query(description="看当时的;不带时区按北京时间")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """As they came in; `state` says whether one is in force at that moment."""
        response.headers["Cache-Control"] = "private, no-cache"
        moment = parse_moment(as_of) if as_of else None
        now = moment or datetime.now(UTC)
        store = services.legal_warnings
        if in_force:
            found = store.in_force(now, as_of=moment)
        else:
            before = read_position(cursor) or None
            found = store.newest(as_of=moment, before=before, limit=limit + 1)
        page = found[:limit]
        seen = [one for one in page if may(subject, Action.READ, legal_resource(services, one))]
        more = not in_force and len(found) > limit
        return {
            "items": [legal_json(services, one, now) for one in seen],
            "next": str(page[-1].id) if more else None,
            "kinds": [
                {
                    "kind": one.kind,
                    "signal": one.signal,
                    "levels": one.levels,
                    "source": one.source,
                    "verified": not one.status.startswith("unverified"),
                }
                for one in services.warning_tables.kinds(now.date())
            ],
        }

    @routes.post("", status_code=201, summary="收一份法定预警(发布、更新或解除)")
    @door(Action.WRITE, "warning")
    def receive(
        body: Warned, subject: Asking, request: Request, response: Response
    ) -> dict[str, Any]:
        """Keep it as it is. The same reference sent again answers 200 with the kept entry."""
        require(subject, Action.WRITE, legal_resource(services))
        now, raw = datetime.now(UTC), body.model_dump()
        key = request.headers.get("idempotency-key", "")
        if len(key) > _KEY:
            raise BadRequest(f"Idempotency-Key 应为 1–{_KEY} 个字符")
        raw["reference"] = raw["reference"] or key
        issued = checker.read(raw, now)
        event = AuditEvent(
            actor=subject.id,
            action="warning.receive",
            object=issued.reference,
            address=request.client.host if request.client else "",
            detail={"issuer": issued.issuer, "kind": issued.kind, "level": issued.level},
        )
        with services.audit.recording(event) as transaction:
            kept, new = services.legal_warnings.add(
                issued,
                now=now,
                by=subject.id,
                drill=services.modes.at(now).drill is not None,
                connection=transaction,
            )
        response.status_code = 201 if new else 200
        return legal_json(services, kept, now)

    return routes
