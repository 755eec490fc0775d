"""POST /api/v1/sources/{id}/…: run now, read past days again, test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from app.errors import BadRequest, UnknownJob
from app.roles.refresh_jobs import require_by_time, require_on
from app.roles.refreshing import BACKFILL_JOB, REFRESH_JOB, refresh_runner
from app.security.contracts import Action
from app.security.doors import door
from app.services import Services
from app.sources.desk import Asking, SourceDesk, about_of, act
from app.sources.trial import trial_json
from topics.kit.refresh.span import span_of
from topics.kit.texts import storable


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Days(_Body):
    """Which days to read again, both included."""

    first: str = Field(alias="from", max_length=20, description="起日,如 2026-10-01")
    last: str = Field(alias="to", max_length=20, description="止日(含)")


def add(routes: APIRouter, services: Services, desk: SourceDesk) -> None:
    """Add the routes."""

    @routes.post("/{refresher}/runs", status_code=202, summary="立即取数")
    @door(Action.REFRESH, "refresher")
    def take_now(refresher: str, request: Request, subject: Asking) -> dict[str, Any]:
        """Queue a run."""
        spec = desk.runnable(refresher, subject)
        if spec.kind == "push":
            raise BadRequest("推送的来源不能由本系统取数;请检查对方是否在推送")
        require_on(services, spec.id)
        return desk.queued(REFRESH_JOB, spec, {}, act(request, subject, "refresher.run", spec))

    @routes.post("/{refresher}/backfill", status_code=202, summary="补跑几天")
    @door(Action.REFRESH, "refresher")
    def fill(refresher: str, body: Days, request: Request, subject: Asking) -> dict[str, Any]:
        """Queue a job that reads the days again, one after the other."""
        spec = desk.runnable(refresher, subject)
        require_on(services, spec.id)
        require_by_time(spec)
        span = span_of(body.first, body.last, now=datetime.now(UTC))
        event = act(request, subject, "refresher.backfill", spec, span=str(span))
        return desk.queued(BACKFILL_JOB, spec, {"from": body.first, "to": body.last}, event)

    @routes.delete("/{refresher}/jobs/{job}", summary="取消补跑")
    @door(Action.REFRESH, "refresher")
    def cancel(refresher: str, job: str, request: Request, subject: Asking) -> dict[str, Any]:
        """End a job of this refresher; days already read stay."""
        spec = desk.runnable(refresher, subject)
        found = services.jobs.find(job) if storable(job) else None
        if found is None or found.subject != about_of(spec):
            raise UnknownJob("没有这个任务;请刷新页面")
        event = act(request, subject, "refresher.cancel", spec, job=job)
        with services.audit.recording(event) as transaction:
            ended = services.jobs.cancel(job, now=datetime.now(UTC), connection=transaction)
        return {"cancelled": ended}

    @routes.post("/{refresher}/test", summary="测试连接:读前几行,不入库")
    @door(Action.REFRESH, "refresher")
    def test(refresher: str, request: Request, subject: Asking) -> dict[str, Any]:
        """The first rows as they would be stored."""
        spec = desk.runnable(refresher, subject)
        if spec.kind == "push":
            raise BadRequest("推送的来源没有可以测试的连接;请检查对方是否在推送")
        services.audit.append(act(request, subject, "refresher.test", spec))
        return trial_json(services, spec, refresh_runner(services))
