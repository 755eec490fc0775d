"""Photos: POST /api/v1/cases/{id}/photos takes one, GET /api/v1/case-photos/{id} gives it back.

The body is the picture itself (image/jpeg, image/png or image/webp), at most 10 MB, nine a step.
What is kept is the picture alone: position, camera, comments and whatever follows the end are taken
out before anything is written. The position that was in it stands once in the answer, so that the
form may offer it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.cases.people import CaseDoors
from app.cases.photos import CASE, CasePhotos
from app.errors import Forbidden
from app.evaluation.telling import may_appeal, resource
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import require
from app.security.requests import client_address
from app.services import Services
from topics.kit.cases.photos import LARGEST, CleanPhoto, clean
from topics.kit.errors import UnknownPhoto
from topics.kit.stores.postgres_case_photos import KeptPhoto

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
_SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
_EVALUATION = "evaluation:"


def router(services: Services) -> APIRouter:
    """The routes of photos."""
    routes = APIRouter(prefix="/api/v1", tags=["事件照片"])
    people = CaseDoors(services)
    _taking(routes, services, people)

    @routes.get("/case-photos/{photo}", summary="一张照片", response_class=Response)
    @door(Action.READ, "case")
    def show(photo: str, request: Request, subject: _SubjectOf) -> Response:
        """The picture, to whoever may see its case."""
        kept = services.case_photos.find(photo)
        if kept is None:
            raise UnknownPhoto("没有这张照片")
        if kept.owner.startswith(CASE):
            people.require(subject, services.cases.require(kept.owner.removeprefix(CASE)))
        else:
            require(subject, Action.READ, resource(services))
        tag = f'"{kept.id}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**_HEADERS, "ETag": tag})
        name = f"{kept.id[:12]}.{_SUFFIX[kept.mime]}"
        headers = {
            **_HEADERS,
            "ETag": tag,
            "Content-Disposition": f'inline; filename="{name}"',
        }
        content = services.photo_files.read(kept.file)
        return Response(content, media_type=kept.mime, headers=headers)

    return routes


def _taking(routes: APIRouter, services: Services, people: CaseDoors) -> None:
    photos = CasePhotos(services, people)

    @routes.post("/cases/{case}/photos", summary="给事件加一张照片", status_code=201)
    @door(Action.WRITE, "case")
    async def add(case: str, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take the body as a photo of the step the case is in; `version` is the case's since."""
        await run_in_threadpool(photos.open_to, subject, case)
        content = await _body(request)
        address = client_address(request.scope)

        def keep() -> dict[str, Any]:
            photo = clean(content)
            kept, version = photos.keep(subject, case, photo, address)
            return _answer(kept, photo) | {"version": version}

        return await run_in_threadpool(keep)

    @routes.post("/evaluation/{month}/photos", summary="申诉的佐证照片", status_code=201)
    @door(Action.WRITE, "case")
    async def evidence(month: str, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Take the body as evidence; its id goes into the appeal."""
        if not may_appeal(services, subject):
            raise Forbidden("没有申诉的权限;由被考核单位的经办人或数据专员提出")
        content = await _body(request)

        def keep() -> dict[str, Any]:
            photo = clean(content)
            now = datetime.now(UTC)
            kept = services.case_photos.add(
                f"{_EVALUATION}{month[:7]}",
                f"{subject.person}/{now:%Y-%m-%d}",
                photo,
                services.photo_files.keep(photo),
                by=subject.person,
                now=now,
            )
            return _answer(kept, photo)

        return await run_in_threadpool(keep)


def _answer(kept: KeptPhoto, photo: CleanPhoto) -> dict[str, Any]:
    found = photo.found
    return {
        "id": kept.id,
        "url": f"/api/v1/case-photos/{kept.id}",
        "width": kept.width,
        "height": kept.height,
        "removed": list(photo.removed),
        "position": {"lon": found.longitude, "lat": found.latitude} if found.placed else None,
        "taken": found.taken or None,
    }


async def _body(request: Request) -> bytes:
    """The whole body, counted as it comes."""
    content = bytearray()
    async for block in request.stream():
        content += block
        if len(content) > LARGEST:
            raise HTTPException(413, f"照片超过 {LARGEST >> 20} MB;请压缩后再传")
    return bytes(content)
