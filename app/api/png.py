"""A small picture as an answer, named by what it shows."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response


def png(picture: bytes, request: Request, *, cache: str) -> Response:
    """The picture; 304 when the browser has this very one."""
    etag = f'"{hashlib.sha256(picture).hexdigest()[:16]}"'
    vary = "Accept-Encoding" if cache.startswith("public") else "Cookie, Authorization"
    headers = {"Cache-Control": cache, "ETag": etag, "Vary": vary}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture, media_type="image/png", headers=headers)
