"""tus 1.0.0 at /api/v1/uploads: resumable uploads to 2 GB that survive a kill at any byte.

For writers of clients:

- `POST /api/v1/uploads` with `Tus-Resumable: 1.0.0`, `Upload-Length`, `Upload-Metadata: filename
  <Base64 of UTF-8>` → 201 and `Location: /api/v1/uploads/{id}`. A body of type
  application/offset+octet-stream is taken at once (creation-with-upload; see `Upload-Offset`).
- `PATCH {Location}` with `Upload-Offset`, `Content-Type: application/offset+octet-stream` and
  preferably `Upload-Checksum: sha256 <Base64>` → 204 with the new `Upload-Offset`. Chunks of 8 MB
  are a good size; any size works. With a checksum a chunk counts whole or not at all.
- After any failure: `HEAD {Location}` → `Upload-Offset` is what is durable; go on there. Where a
  dead connection still holds the upload, HEAD waits for it to let go (about 3 s).
- `DELETE {Location}` → 204; stops a running PATCH. `GET {Location}` → {id, name, length, offset,
  sha256 | null, expires_at, …} and never disturbs a running PATCH. `GET /api/v1/uploads` → mine.
- Finished: offset = length. `sha256` is there unless the upload went on after a restart; then it
  is computed when the file is handed in (POST /api/v1/layers/{layer}/versions {upload}).
- 404 unknown or somebody else's · 409 wrong offset · 410 expired · 412 wrong Tus-Resumable ·
  413 too large (file, announced size, person's share) · 415 wrong Content-Type · 423 another
  request writes it now: wait a second, HEAD, go on · 460 checksum mismatch: send the chunk again ·
  503 database or disk away, 507 disk full: nothing acknowledged is lost, try again later.
- Proxies that let no PATCH or DELETE pass: POST {Location} with `X-HTTP-Method-Override: PATCH`.
"""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response

from app.api import tus
from app.api.upload_desk import UploadDesk
from app.errors import BadUploadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from layers.stores.upload_contracts import UploadStatus

Asking = Annotated[Subject, Depends(current_subject)]


def router(services: Services) -> APIRouter:
    """The routes of uploads; an upload is there for its owner and for administrators only."""
    routes = APIRouter(prefix="/api/v1/uploads", tags=["上传"], route_class=tus.TusRoute)
    desk = UploadDesk(services)
    _announcing(routes, desk, services)
    _writing(routes, desk)
    _looking(routes, desk, services)
    return routes


def _announcing(routes: APIRouter, desk: UploadDesk, services: Services) -> None:
    @routes.options("", include_in_schema=False)
    @routes.options("/{upload}", include_in_schema=False)
    @door(Action.IMPORT, "layer")
    async def capabilities() -> Response:
        """What this server speaks."""
        headers = {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(services.uploads.limits.largest),
            "Tus-Checksum-Algorithm": "sha256",
        }
        return Response(status_code=204, headers=headers)

    @routes.post("", summary="登记一个要上传的文件(tus 1.0.0)", status_code=201)
    @door(Action.IMPORT, "layer")
    async def create(request: Request, subject: Asking) -> Response:
        """Announce a file; bytes may come along."""
        return await desk.create(request, subject)


def _writing(routes: APIRouter, desk: UploadDesk) -> None:
    @routes.patch("/{upload}", summary="续传一段(tus 1.0.0)", status_code=204)
    @door(Action.IMPORT, "layer")
    async def go_on(upload: str, request: Request, subject: Asking) -> Response:
        """Take the next bytes."""
        return await desk.go_on(upload, request, subject)

    @routes.delete("/{upload}", summary="删除一个上传", status_code=204)
    @door(Action.IMPORT, "layer")
    async def remove(upload: str, request: Request, subject: Asking) -> Response:
        """Remove the upload for good."""
        return await desk.remove(upload, request, subject)

    @routes.post("/{upload}", include_in_schema=False)
    @door(Action.IMPORT, "layer")
    async def instead(upload: str, request: Request, subject: Asking) -> Response:
        """PATCH, HEAD or DELETE by way of POST, for proxies that know no other methods."""
        match request.headers.get("x-http-method-override", "").upper():
            case "PATCH":
                return await desk.go_on(upload, request, subject)
            case "DELETE":
                return await desk.remove(upload, request, subject)
            case "HEAD":
                return await desk.resume(upload, subject)
        raise BadUploadRequest("请用 X-HTTP-Method-Override 写明 PATCH、HEAD 或 DELETE")


def _looking(routes: APIRouter, desk: UploadDesk, services: Services) -> None:
    @routes.get("", summary="我的上传")
    @door(Action.IMPORT, "layer")
    async def mine(subject: Asking) -> dict[str, Any]:
        """The uploads of the subject that have not expired, newest first."""
        found = await to_thread.run_sync(services.uploads.of, subject.person)
        return {"items": [upload_json(one) for one in found], "next": None}

    @routes.head("/{upload}", include_in_schema=False)
    @door(Action.IMPORT, "layer")
    async def resume(upload: str, subject: Asking) -> Response:
        """Where to go on."""
        return await desk.resume(upload, subject)

    @routes.get("/{upload}", summary="一个上传的进度")
    @door(Action.IMPORT, "layer")
    async def status(upload: str, subject: Asking) -> dict[str, Any]:
        """How far the upload is; never disturbs it."""
        return upload_json(await desk.own(upload, subject))


def upload_json(status: UploadStatus) -> dict[str, Any]:
    """An upload as the API tells it."""
    return {
        "id": status.id,
        "name": status.name,
        "length": status.length,
        "offset": status.offset,
        "finished": status.finished,
        "sha256": status.sha256,
        "created_at": status.created_at.isoformat(),
        "expires_at": status.expires_at.isoformat(),
    }
