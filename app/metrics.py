"""What the program counts about itself, for /metrics."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY = CollectorRegistry(auto_describe=True)
REQUESTS = Counter(
    "tonglan_requests_total", "Requests answered", ["door", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "tonglan_request_seconds",
    "Time to the first byte of the answer",
    ["door"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
SCREENS = Gauge("tonglan_live_screens", "Open live connections", registry=REGISTRY)


def exposition() -> bytes:
    """All counters in the Prometheus text format."""
    return generate_latest(REGISTRY)


class CountRequests:
    """ASGI middleware that counts and times requests by their first path part."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request when its answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        door = _door(scope)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                REQUESTS.labels(door, str(message["status"])).inc()
                SECONDS.labels(door).observe(perf_counter() - began)
            await send(message)

        await self._app(scope, receive, counted)


def _door(scope: dict[str, Any] | Scope) -> str:
    first = str(scope["path"]).lstrip("/").split("/", 3)
    known = {"tiles", "live", "static", "login", "logout", "healthz", "readyz", "metrics"}
    if first[0] == "api" and len(first) > 2:
        return f"api/{first[2]}" if first[2].isalpha() else "api"
    if first[0].startswith("_"):
        return "dash"
    return first[0] if first[0] in known else "page"
