"""Whether who opened a stream may still read the same: a session ends while its stream is open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request

from app.errors import NotSignedIn
from app.security.contracts import Subject
from app.security.identify import Identifier
from app.security.requests import bearer_token, cookie_name, session_secret
from app.security.rights import rights_class
from layers.errors import StoreUnavailable


def still_allowed(request: Request, subject: Subject) -> Callable[[], Awaitable[bool]]:
    """A question to be asked from time to time: are the sender's rights those it began with?"""
    identifier: Identifier | None = getattr(request.app.state, "identifier", None)
    token = bearer_token(request.headers)
    secure = request.scope.get("scheme") == "https"
    cookies = (cookie_name(secure=True), cookie_name(secure=secure))
    session = next((s for name in cookies if (s := session_secret(request.headers, name))), None)

    def now() -> Subject:
        if identifier is None or (token is None and session is None):
            return subject
        return identifier.by_token(token) if token else identifier.still_by_session(session or "")

    async def still() -> bool:
        try:
            found = await asyncio.to_thread(now)
        except NotSignedIn:
            return False
        except StoreUnavailable:
            return True  # a database that is away must not darken the screens
        return rights_class(found) == rights_class(subject)

    return still
