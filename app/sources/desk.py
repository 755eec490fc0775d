"""What every route of the page 数据接入 needs: the refresher asked for, its standing, the audit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from app.api.job_json import job_json
from app.api.people_names import PeopleNames
from app.roles.refreshing import book_of
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.may import may, require
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from app.sources.view import Standing, resource, standing
from topics.kit.errors import UnknownRefresher
from topics.kit.jobs import JobState
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.texts import storable

Asking = Annotated[Subject, Depends(current_subject)]
_OPEN = (JobState.QUEUED, JobState.RUNNING)


class SourceDesk:
    """Finds refreshers for a subject and records what is done with them."""

    def __init__(self, services: Services) -> None:
        """Work on the stores of `services`."""
        self.services = services
        self.names = PeopleNames(services)
        self._book = book_of(services)

    def known(self) -> Standing:
        """How all refreshers stand now."""
        return standing(self.services, self._book())

    def readable(self, refresher: str, subject: Subject) -> RefresherSpec:
        """The refresher, if the subject may see it; else UnknownRefresher."""
        spec = self.services.catalogue.refresher(refresher) if storable(refresher) else None
        if spec is None or not may(subject, Action.READ, resource(self.services, spec)):
            raise UnknownRefresher("没有这个取数任务,或无权查看;现有的见“数据接入”页")
        return spec

    def runnable(self, refresher: str, subject: Subject) -> RefresherSpec:
        """The refresher, if the subject may run it."""
        spec = self.readable(refresher, subject)
        require(subject, Action.REFRESH, resource(self.services, spec))
        return spec

    def decidable(self, refresher: str, subject: Subject) -> RefresherSpec:
        """The refresher, if the subject may switch it and decide about its batches."""
        spec = self.readable(refresher, subject)
        require(subject, Action.PUBLISH, resource(self.services, spec, "observation"))
        return spec

    def queued(
        self, kind: str, spec: RefresherSpec, more: dict[str, str], event: AuditEvent
    ) -> dict[str, Any]:
        """Queue the job, once: one that waits or runs already is answered instead."""
        jobs, about = self.services.jobs, about_of(spec)
        waiting = jobs.list(subject=about, kinds=[kind], states=_OPEN, limit=1)
        if waiting:
            return job_json(waiting[0])
        payload = {"refresher": spec.id, "by": event.actor, **more}
        with self.services.audit.recording(event) as transaction:
            job = jobs.enqueue(
                kind,
                payload,
                now=datetime.now(UTC),
                subject=about,
                created_by=event.actor,
                connection=transaction,
            )
        queued = jobs.find(job)
        assert queued is not None
        return job_json(queued)


def about_of(spec: RefresherSpec) -> str:
    """What jobs of a refresher are about."""
    return f"refresher:{spec.id}"


def act(
    request: Request, subject: Subject, action: str, spec: RefresherSpec, **detail: Any
) -> AuditEvent:
    """What the audit trail says of something done with a refresher."""
    address = client_address(request.scope)
    return AuditEvent(subject.id, action, spec.id, address=address, detail=detail)


def private(response: Response) -> None:
    """Nobody but the asker keeps the answer."""
    response.headers["Cache-Control"] = "private, no-cache"
