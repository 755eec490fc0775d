"""/api/openapi.json and /api/docs: the API's own page, from files we serve ourselves."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Response

from app.security.contracts import Action
from app.security.doors import door

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>统览接口说明</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{base}/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="{base}/swagger-ui-bundle.js"></script><script src="/api/docs.js"></script>
</body></html>
"""
_SCRIPT = """window.addEventListener('load', function () {
  window.SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui', validatorUrl: null });
});
"""


def router(application: FastAPI, base: str) -> APIRouter:
    """The document and its page; `base` is the path below which swagger-ui's files are served."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/api/openapi.json")
    @door(Action.READ, "static")
    async def document() -> dict[str, Any]:
        """The OpenAPI document of every route."""
        return application.openapi()

    @routes.get("/api/docs")
    @door(Action.READ, "static")
    async def page() -> Response:
        """Swagger UI on our own document; loads nothing from elsewhere."""
        return Response(_PAGE.format(base=base), media_type="text/html; charset=utf-8")

    @routes.get("/api/docs.js")
    @door(Action.READ, "static")
    async def script() -> Response:
        """The start of Swagger UI: a file of its own, because our CSP runs no inline script."""
        return Response(_SCRIPT, media_type="text/javascript; charset=utf-8")

    return routes
