"""GET /api/v1/duty/brief.docx: the 值班快报 for whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from app.api.duty_body import audit_of
from app.api.past_moment import past_moment
from app.duty.brief import Brief
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.services import Services
from topics.kit.words.clock import local

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def router(services: Services) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    brief = Brief(services)

    @routes.get("/brief.docx", summary="值班快报(Word)", response_class=Response)
    @door(Action.READ, "duty")
    def document(
        request: Request,
        subject: Annotated[Subject, Depends(current_subject)],
        as_of: str | None = None,
    ) -> Response:
        """Numbers with period and source, what is open, who is on duty; who took it is audited."""
        require(subject, Action.READ, Resource("duty"))
        known = past_moment(as_of)
        now = known or datetime.now(UTC)
        content = brief.write(subject, now, known)
        services.audit.append(audit_of(subject, request, "brief", f"{now:%Y%m%d%H%M}"))
        name = quote(f"值班快报-{local(now):%Y%m%d-%H%M}.docx")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=DOCX, headers=headers)

    return routes
