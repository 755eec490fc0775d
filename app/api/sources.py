"""GET /api/v1/sources: refreshers and their runs; what they need stands in `app.sources`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.api import source_acts, source_decisions
from app.api.job_json import job_json
from app.api.page_marks import HEX_ID, mark_after, read_mark
from app.roles.refreshing import scheduled
from app.security.contracts import Action
from app.security.doors import door
from app.security.may import may
from app.services import Services
from app.sources.desk import Asking, SourceDesk, about_of, private
from app.sources.view import held_json, resource, run_json, setup_json, source_json


def router(services: Services) -> APIRouter:
    """The routes of the page 数据接入."""
    routes = APIRouter(prefix="/api/v1/sources", tags=["数据接入"])
    desk = SourceDesk(services)

    @routes.get("", summary="取数任务和它们的状态,问题大的在前")
    @door(Action.READ, "refresher")
    def listed(subject: Asking, response: Response) -> dict[str, Any]:
        """The refreshers the subject may see."""
        private(response)
        known = desk.known()
        items = [
            source_json(services, one, known, subject, desk.names)
            for one in scheduled(services)
            if may(subject, Action.READ, resource(services, one))
        ]
        items.sort(key=lambda one: (not one["held"], one["rank"], one["id"]))
        return {"items": items, "next": None, "now": known.now.isoformat()}

    @routes.get("/{refresher}", summary="一个取数任务:接法、暂存批次、进行中的任务")
    @door(Action.READ, "refresher")
    def one(refresher: str, subject: Asking, response: Response) -> dict[str, Any]:
        """The refresher; how it is asked only to those who may run it."""
        private(response)
        spec, known = desk.readable(refresher, subject), desk.known()
        answer = source_json(services, spec, known, subject, desk.names)
        jobs = services.jobs.list(subject=about_of(spec), limit=5)
        return {
            **answer,
            "setup": setup_json(spec, known) if answer["may"]["refresh"] else [],
            "batches": [held_json(batch, desk.names) for batch in services.held.of(spec.id)],
            "jobs": [job_json(job) | {"result": job.result} for job in jobs],
        }

    @routes.get("/{refresher}/runs", summary="取数记录,新的在前")
    @door(Action.READ, "refresher")
    def runs(
        refresher: str,
        subject: Asking,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=200)] = 30,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """Runs with what was refused and why."""
        private(response)
        spec = desk.readable(refresher, subject)
        page = services.runs.history(spec.id, limit + 1, after=read_mark(after, HEX_ID))
        shown = page[:limit]
        more = mark_after(shown[-1].started, shown[-1].id) if len(page) > limit else None
        return {"items": [run_json(run) for run in shown], "next": more}

    source_acts.add(routes, services, desk)
    source_decisions.add(routes, services, desk)
    return routes
