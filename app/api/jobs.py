"""GET /api/v1/jobs, GET and DELETE /api/v1/jobs/{id}: the work one waits for, and its end.

A job is there for who asked for it and for administrators.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.job_json import job_json
from app.api.page_marks import HEX_ID, mark_after, read_mark
from app.errors import BadRequest, JobEnded, UnknownJob
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import could, enforce, may
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from topics.kit.jobs import Job, JobState
from topics.kit.texts import storable

Asking = Annotated[Subject, Depends(current_subject)]


def router(services: Services) -> APIRouter:
    """The routes of jobs."""
    routes = APIRouter(prefix="/api/v1/jobs", tags=["后台任务"])

    @routes.get("", summary="后台任务,新的在前")
    @door(Action.IMPORT, "layer")
    def jobs(
        subject: Asking,
        response: Response,
        mine: Annotated[bool, Query(description="只看自己的;管理员默认看全部")] = False,
        about: Annotated[
            str | None, Query(alias="subject", description="关于什么,如 layer:water.outfalls")
        ] = None,
        kind: Annotated[list[str] | None, Query(description="种类,可重复")] = None,
        state: Annotated[list[JobState] | None, Query(description="状态,可重复")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """The jobs of the subject; of all for an administrator who does not say `mine`."""
        response.headers["Cache-Control"] = "private, no-cache"
        if not all(map(storable, [about or "", *(kind or ())])):
            raise BadRequest("subject 或 kind 中有空字符(NUL);请去掉后重试")
        everybody = _administers(subject) and not mine
        found = services.jobs.list(
            subject=about,
            created_by=None if everybody else _names(subject),
            kinds=kind,
            states=state,
            after=read_mark(after, HEX_ID),
            limit=limit + 1,
        )
        page = found[:limit]
        more = _next(page[-1]) if len(found) > limit else None
        return {"items": [job_json(one) for one in page], "next": more}

    @routes.get("/{job}", summary="一个后台任务")
    @door(Action.IMPORT, "layer")
    def one(job: str, subject: Asking, response: Response) -> dict[str, Any]:
        """The job as it stands, with its progress."""
        response.headers["Cache-Control"] = "private, no-cache"
        return job_json(_own(services, job, subject))

    @routes.delete("/{job}", summary="取消一个后台任务")
    @door(Action.IMPORT, "layer")
    def cancel(job: str, request: Request, subject: Asking) -> dict[str, Any]:
        """End the job; what it was about stays as it was."""
        found = _own(services, job, subject)
        cancel_job(services, found, by=subject.id, address=client_address(request.scope))
        return job_json(_own(services, job, subject))

    return routes


def cancel_job(services: Services, job: Job, *, by: str, address: str = "") -> None:
    """Cancel and record it in one step; raises JobEnded."""
    event = AuditEvent(by, "job.cancel", job.id, address=address, detail={"subject": job.subject})
    with services.audit.recording(event) as transaction:
        if not services.jobs.cancel(job.id, now=datetime.now(UTC), connection=transaction):
            raise JobEnded("任务已经结束,不能再取消;请刷新查看结果")


def _own(services: Services, job: str, subject: Subject) -> Job:
    enforce(subject, could(subject, Action.IMPORT, "layer"))
    found = services.jobs.find(job) if storable(job) else None
    if found is None or not (
        found.created_by in {subject.id, subject.person} or _administers(subject)
    ):
        raise UnknownJob("没有这个任务;它可能已被清理,自己的任务见 /api/v1/jobs")
    return found


def _names(subject: Subject) -> list[str]:
    """Who may stand as the owner of the subject's jobs: itself and the person behind a token."""
    return [subject.id, subject.person]


def _administers(subject: Subject) -> bool:
    return bool(may(subject, Action.ADMINISTER, Resource("layer")))


def _next(last: Job) -> str | None:
    return None if last.created_at is None else mark_after(last.created_at, last.id)
