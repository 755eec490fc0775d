"""/api/v1/releases: the calendar of releases, and a date moved with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.indicator_definitions import required
from app.definitions.calendar import month_of
from app.definitions.telling import definition_resource
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import require
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.errors import NotAllowedNow, NoteMissing
from topics.kit.definitions.contracts import ReleaseEntry
from topics.kit.period_labels import label
from topics.kit.period_texts import parse_moment, parse_period
from topics.kit.periods import ZONE

Asking = Annotated[Subject, Depends(current_subject)]
_SHORTEST_REASON = 2


class Moved(BaseModel):
    """A date of release set by hand."""

    model_config = ConfigDict(extra="forbid")
    indicator: str = Field(max_length=200)
    period: str = Field(max_length=40, description="哪一期,如 2026-10")
    release_at: str | None = Field(None, max_length=40, description="发布时刻;null 恢复按日程")
    reason: str = Field(max_length=500, description="调整原因,如节假日顺延")


def router(services: Services) -> APIRouter:
    """The calendar and its changes."""
    routes = APIRouter(prefix="/api/v1", tags=["指标管理"])

    @routes.get("/releases", summary="发布日历:某月发布什么、是否按时")
    @door(Action.READ, "indicator")
    def calendar(
        subject: Asking,
        response: Response,
        month: Annotated[str, Query(description="如 2026-11;不写为本月")] = "",
    ) -> dict[str, Any]:
        """What the subject may see of the month, in order of time; no value is told."""
        response.headers["Cache-Control"] = "private, no-cache"
        now = datetime.now(UTC)
        return month_of(services, subject, _month(month, now), now)

    @routes.post("/releases", summary="调整一期的发布时刻")
    @door(Action.PUBLISH, "indicator")
    def move(moved: Moved, subject: Asking, request: Request) -> dict[str, Any]:
        """In force here at once and in other processes within seconds; audited."""
        spec = required(services, subject, moved.indicator)
        require(subject, Action.PUBLISH, definition_resource(services, spec))
        if len(moved.reason.strip()) < _SHORTEST_REASON:
            raise NoteMissing("调整发布日期要写明原因")
        now, period = datetime.now(UTC), parse_period(moved.period, spec.period_kind)
        before = services.releases.at(spec, period)
        if before is not None and before <= now:
            raise NotAllowedNow("这一期已经发布,发布日期不能再改;数值有误请走更正")
        at = parse_moment(moved.release_at) if moved.release_at else None
        entry = ReleaseEntry(spec.id, period, at, moved.reason.strip(), subject.person, now)
        event = AuditEvent(
            subject.id,
            "indicator.release",
            spec.id,
            address=client_address(request.scope),
            detail={
                "period": label(period),
                "what": f"{_said(before)} → {_said(at) if at else '按日程'}",
                "reason": entry.reason,
            },
        )
        with services.audit.recording(event) as transaction:
            services.definition_store.set_release([entry], connection=transaction)
        services.definitions.refresh()
        now_at = services.releases.at(spec, period)
        return {"indicator": spec.id, "period": moved.period, "release_at": _iso(now_at)}

    return routes


def _month(text: str, now: datetime) -> date:
    if not text:
        return now.astimezone(ZONE).date().replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        raise BadRequest(f"{text!r} 不是月份;写成如 2026-11") from wrong
    if not 2000 <= found.year <= 2100:
        raise BadRequest("月份应在 2000 年至 2100 年之间")
    return found


def _said(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}" if moment else "随到随发"


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(ZONE).isoformat(timespec="seconds") if moment else None
