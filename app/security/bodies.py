"""How much one request may send: what is larger is refused before it fills the memory."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Answer, problem

_STREAMED = "application/offset+octet-stream"  # uploads go to disk block by block
_OWN_LIMIT = "/api/v1/observations"  # counts for itself: deliveries of numbers are larger
_PHOTOS = re.compile(r"/api/v1/(cases|evaluation)/[^/]+/photos")  # and so do photos,
_TABLES = "/api/v1/case-imports"  # and tables of cases
MOST = 8 << 20


class BodyLimit:
    """Pure ASGI: a body is counted as it comes, whatever its headers promise."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        """Let `app` see bodies of at most `most` bytes."""
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 413."""
        if scope["type"] != "http" or _free(scope):
            await self._app(scope, receive, send)
            return
        promised = Headers(scope=scope).get("content-length", "")
        if promised.isdigit() and (len(promised) > 15 or int(promised) > self._most):
            answer = problem(Answer(413, "body-too-large", "请求太大"), self._words())
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise HTTPException(413, self._words())
            return message

        await self._app(scope, counted, send)

    def _words(self) -> str:
        return f"请求正文超过 {self._most >> 20} MB;请分几次发送,文件请用 /api/v1/uploads 上传"


def _free(scope: Scope) -> bool:
    """Uploads, deliveries of numbers, photos and tables of cases have limits of their own."""
    kind = Headers(scope=scope).get("content-type", "")
    uploads = str(scope["path"]).startswith("/api/v1/uploads") and kind == _STREAMED
    path = str(scope["path"])
    return uploads or path.startswith((_OWN_LIMIT, _TABLES)) or bool(_PHOTOS.fullmatch(path))
