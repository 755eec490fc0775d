"""The headers of tus 1.0.0 (resumable uploads): read strictly, written in one place."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from app.errors import AppError, BadUploadRequest
from app.problems import Answer, problem, problem_of
from layers.errors import LayerError
from layers.stores.upload_contracts import UploadStatus

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
BODY = "application/offset+octet-stream"
_UNVERSIONED = {"GET", "OPTIONS"}


class TusRoute(APIRoute):
    """A route that speaks tus: the version is asked for and said, errors included."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Wrap the usual handler."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            response: Response
            if request.method not in _UNVERSIONED and (
                request.headers.get("tus-resumable") != VERSION
            ):
                response = problem(
                    Answer(412, "tus-version", "续传协议版本不符"),
                    f"请在请求头写明 Tus-Resumable: {VERSION}",
                )
                response.headers["Tus-Version"] = VERSION
            else:
                try:
                    response = await inner(request)
                except (LayerError, AppError) as wrong:
                    response = problem_of(wrong)
            response.headers["Tus-Resumable"] = VERSION
            response.headers["Cache-Control"] = "no-store"
            return response

        return handle


@dataclass(frozen=True, slots=True)
class Checksum:
    """The SHA-256 that the client promises for one request's bytes."""

    expected: bytes

    def holds(self, digest: bytes) -> bool:
        """Whether the bytes that came are those that were sent."""
        return digest == self.expected


def number(headers: Headers, name: str) -> int:
    """A header that must be a plain decimal number below 2^53."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadUploadRequest(f"请求头 {name} 应为非负整数,现在是 {text[:40]!r}")
    return int(text)


def checksum(headers: Headers) -> Checksum | None:
    """What Upload-Checksum promises; None without it."""
    given = headers.get("upload-checksum")
    if given is None:
        return None
    algorithm, _, encoded = given.strip().partition(" ")
    if algorithm.lower() != "sha256":
        raise BadUploadRequest("Upload-Checksum 只支持 sha256;写法:sha256 <Base64>")
    try:
        expected = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        expected = b""
    if len(expected) != hashlib.sha256().digest_size:
        raise BadUploadRequest("Upload-Checksum 不是 SHA-256 的 Base64;写法:sha256 <Base64>")
    return Checksum(expected)


def metadata(headers: Headers) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and UTF-8 text in Base64."""
    found = {}
    for pair in headers.get("upload-metadata", "").split(","):
        key, _, encoded = pair.strip().partition(" ")
        if not key:
            continue
        try:
            found[key] = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except ValueError as wrong:
            raise BadUploadRequest(
                f"Upload-Metadata 的 {key[:40]} 不是 UTF-8 文字的 Base64;请检查编码"
            ) from wrong
    return found


def progress(status: UploadStatus) -> dict[str, str]:
    """The headers that tell how far an upload is and until when it can go on."""
    return {
        "Upload-Offset": str(status.offset),
        "Upload-Expires": format_datetime(status.expires_at, usegmt=True),
    }


def description(status: UploadStatus) -> dict[str, str]:
    """The headers of HEAD: progress, length and the name as it is kept."""
    name = base64.b64encode(status.name.encode()).decode()
    return progress(status) | {
        "Upload-Length": str(status.length),
        "Upload-Metadata": f"filename {name}",
    }
