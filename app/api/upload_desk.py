"""Where uploads are taken in: whose they are, one writer at a time, every step audited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from anyio import to_thread
from fastapi import Request, Response

from app.api import tus
from app.api.upload_intake import Incoming, take_body
from app.errors import BadUploadRequest
from app.problems import Answer, problem, problem_of
from app.security.contracts import Action, Resource, Subject
from app.security.may import could, enforce, may
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.errors import LayerError, UnknownUpload, UploadBusy
from layers.stores.upload_contracts import UploadStatus
from layers.stores.uploads import UploadStore

Result = TypeVar("Result")

_HAND_OVER_S = 4.0


class UploadDesk:
    """Where uploads are taken in, for whom they belong to."""

    def __init__(self, services: Services) -> None:
        """Work on the uploads of `services`."""
        self._store: UploadStore = services.uploads
        self._audit = services.audit

    async def create(self, request: Request, subject: Subject) -> Response:
        """Announce a file, and take the bytes that come along."""
        enforce(subject, could(subject, Action.IMPORT, "layer"))
        if request.headers.get("upload-defer-length") is not None:
            raise BadUploadRequest("请在开始时用 Upload-Length 写明文件大小")
        length = tus.number(request.headers, "Upload-Length")
        name = tus.metadata(request.headers).get("filename", "")
        with_body = request.headers.get("content-type") == tus.BODY
        promised = tus.checksum(request.headers)
        made = await _threaded(self._create, name, length, subject, client_address(request.scope))
        answer = Response(status_code=201)
        if with_body:
            answer = await self._take(made.id, 0, promised, request)
            answer.status_code = 201 if answer.status_code == 204 else answer.status_code
        if answer.status_code == 201:
            now = await _threaded(self._store.find, made.id)
            answer.headers.update({"Location": f"/api/v1/uploads/{made.id}"} | tus.progress(now))
        return answer

    async def own(self, upload: str, subject: Subject, *, writing: bool = False) -> UploadStatus:
        """The upload, if it is the subject's or (not for writing) the subject administers layers.

        Its bytes come from its owner alone: in their name the file is handed in.
        """
        found = await _threaded(self._store.find, upload)
        helps = not writing and may(subject, Action.ADMINISTER, Resource("layer"))
        if found.by != subject.person and not helps:
            raise UnknownUpload(f"没有上传 {upload!r};它可能已过期被清理,请重新上传")
        return found

    async def resume(self, upload: str, subject: Subject) -> Response:
        """Where to go on, after asking a silent writer to let go."""
        await self.own(upload, subject)
        await self._let_go(upload)
        found = await _threaded(self._store.find, upload)
        return Response(status_code=200, headers=tus.description(found))

    async def go_on(self, upload: str, request: Request, subject: Subject) -> Response:
        """Take the next bytes."""
        await self.own(upload, subject, writing=True)
        if request.headers.get("content-type") != tus.BODY:
            return problem(
                Answer(415, "unsupported-media-type", "内容类型不对"),
                f"续传请求的 Content-Type 应为 {tus.BODY}",
            )
        promised = tus.checksum(request.headers)
        offset = tus.number(request.headers, "Upload-Offset")
        return await self._take(upload, offset, promised, request)

    async def remove(self, upload: str, request: Request, subject: Subject) -> Response:
        """Remove the upload, stopping its writer."""
        found = await self.own(upload, subject)
        address = client_address(request.scope)
        await _threaded(self._note, "upload.delete", found, subject.id, address)
        until = monotonic() + _HAND_OVER_S
        while True:
            try:
                await _threaded(self._store.remove, upload)
            except UploadBusy:
                if monotonic() > until:
                    raise
                await _threaded(self._store.ask_for, upload, at_once=True)
                await asyncio.sleep(0.1)
            else:
                return Response(status_code=204)

    async def _take(
        self, upload: str, offset: int, promised: tus.Checksum | None, request: Request
    ) -> Response:
        """Take the body; a refusal is answered only after the client was heard out for a while."""
        incoming = Incoming(request.receive)
        try:
            writer = await _threaded(self._store.write, upload, offset, whole=promised is not None)
            asked_for = partial(_asked_for, self._store, upload)
            whole = await take_body(writer, incoming, asked_for, promised)
        except LayerError as wrong:
            await incoming.drain()
            refused = problem_of(wrong)
            refused.headers["Connection"] = "close"
            return refused
        found = await _threaded(self._finish, upload, client_address(request.scope))
        headers = tus.progress(found) | ({} if whole else {"Connection": "close"})
        return Response(status_code=204, headers=headers)

    def _create(self, name: str, length: int, subject: Subject, address: str) -> UploadStatus:
        made = self._store.create(name, length, subject.person)
        try:
            self._note("upload.create", made, subject.id, address)
        except LayerError:
            self._store.remove(made.id)  # what cannot be recorded is not done
            raise
        if made.finished:
            self._store.finish(made.id)
        return made

    def _finish(self, upload: str, address: str) -> UploadStatus:
        found = self._store.find(upload)
        if not found.finished or found.sha256 is not None:
            return found
        found = self._store.finish(upload)
        self._note("upload.finish", found, found.by, address)
        return found

    def _note(self, action: str, about: UploadStatus, actor: str, address: str) -> None:
        detail = {"name": about.name, "bytes": about.length, "sha256": about.sha256}
        self._audit.append(AuditEvent(actor, action, about.id, address=address, detail=detail))

    async def _let_go(self, upload: str) -> None:
        """Ask a silent writer to let go, and wait for that for a while."""
        until = monotonic() + _HAND_OVER_S
        while monotonic() < until and await _threaded(self._store.busy, upload):
            await _threaded(self._store.ask_for, upload, at_once=False)
            await asyncio.sleep(0.1)


def _asked_for(store: UploadStore, upload: str, idle: bool) -> bool:
    return store.asked_for(upload, idle=idle)


async def _threaded(function: Callable[..., Result], *given: Any, **named: Any) -> Result:
    """Run what touches the disk or the database beside the event loop."""
    return await to_thread.run_sync(partial(function, *given, **named))
