"""/healthz (the process lives), /readyz (it can serve) and /metrics."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from app.metrics import exposition
from app.problems import Answer, problem
from app.security.contracts import Action
from app.security.doors import door
from app.services import Services
from layers.errors import StoreUnavailable


def router(services: Services) -> APIRouter:
    """The three routes that watch the program."""
    routes = APIRouter(tags=["运行状态"])

    @routes.get("/healthz", summary="进程在运行")
    @door(Action.READ, "health")
    async def healthz() -> dict[str, str]:
        """The process answers; says nothing of its engines."""
        return {"status": "ok", "time": datetime.now(UTC).isoformat()}

    @routes.get("/readyz", summary="可以提供服务")
    @door(Action.READ, "health")
    def readyz() -> Response:
        """Both engines answer; else 503 naming the one that does not."""
        away = _away(services)
        if away:
            return problem(Answer(503, "not-ready", "尚未就绪"), f"{'、'.join(away)}暂时连不上")
        return Response('{"status":"ready"}', media_type="application/json")

    @routes.get("/metrics", summary="运行指标(Prometheus)")
    @door(Action.READ, "health")
    def metrics() -> Response:
        """Counters of this process in the Prometheus text format."""
        return Response(exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


def _away(services: Services) -> list[str]:
    away = []
    for name, ask in (
        ("数据库", services.observations.ping),
        ("实时缓存", services.live.position),
    ):
        try:
            ask()
        except StoreUnavailable:
            away.append(name)
    return away
