"""The bureaus' web services of the demo: JSON over HTTP, and one that has lost its login."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse

from app.demo.readings import WEB
from topics.kit.periods import ZONE

# This one answers with a login page: what a source looks like whose token has run out.
BROKEN = "market_elevators"
_LOGIN_PAGE = "<!doctype html><title>统一身份认证</title><p>会话已失效,请重新登录。</p>"


def create_service() -> FastAPI:
    """The server with all services, each under the name of its source."""
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @server.get("/{source}/{part}")
    def answer(source: str, part: str, day: date | None = None) -> JSONResponse:
        rows = WEB.get(f"{source}/{part}")
        if rows is None:
            raise HTTPException(404)
        now = datetime.now(UTC)
        if day is not None:  # as the service answered at the end of that day
            over = datetime.combine(day, time(23, 59, 59), ZONE)
            now = min(now, over.astimezone(UTC))
        return JSONResponse({"code": 0, "data": {"rows": rows(now)}})

    @server.get(f"/{BROKEN}/online")
    def login_page() -> HTMLResponse:
        return HTMLResponse(_LOGIN_PAGE)

    server.router.routes.insert(0, server.router.routes.pop())  # the special one is asked first
    return server


def service_names() -> tuple[str, ...]:
    """The sources that are web services."""
    return tuple(sorted({path.split("/")[0] for path in WEB} | {BROKEN}))
