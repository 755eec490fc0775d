"""Security headers on every answer: the content policy of ARCHITECTURE §4.12 and its companions."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PERSONAL = ("text/html", "application/json", "application/problem+json")


class SecurityHeaders:
    """Pure ASGI, so that event streams pass untouched; a header set by an endpoint is kept."""

    def __init__(
        self, app: ASGIApp, script_hashes: Iterable[str] = (), *, secure: bool = False
    ) -> None:
        """Allow the scripts with these (quoted) hashes; `secure` adds HSTS behind HTTPS."""
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_policy(script_hashes),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=()",
        }
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers added."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                # What depends on who asks must not be kept by anybody on the way.
                if headers.get("content-type", "").startswith(_PERSONAL):
                    headers.setdefault("Cache-Control", "private, no-store")
            await send(message)

        await self._app(scope, receive, dressed)


def content_policy(script_hashes: Iterable[str] = ()) -> str:
    """The Content-Security-Policy: our own files, hashed inline scripts, nothing from elsewhere."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "worker-src 'self' blob:",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )
