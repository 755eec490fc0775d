"""GET /api/v1/case-places: where all cases of a filter lie, for the desk's map."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api.case_query import Asked
from app.cases.people import CaseDoors
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from topics.kit.cases.contracts import CaseState
from topics.kit.stores.postgres_case_map import CasePoint, Window
from topics.kit.words.clock import local

_EACH = 13.0  # zoom from which every case is drawn by itself
_CELL = 52  # pixels of a cell
_WORLD = 512  # pixels of the world at zoom 0


def router(services: Services, doors: CaseDoors) -> APIRouter:
    """The one route; the filters are those of the list."""
    routes = APIRouter(tags=["事件"])

    @routes.get(
        "/case-places", summary="符合条件的全部事件在地图上:超期、橙红告警的逐个,其余按格合并"
    )
    @door(Action.READ, "case")
    def places(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        asked: Annotated[Asked, Depends()],
        bbox: Annotated[str, Query(max_length=120, description="西,南,东,北;不写为全部")] = "",
        zoom: Annotated[float, Query(ge=0, le=24)] = 8.0,
    ) -> dict[str, Any]:
        """`points` are cases, `cells` {lon, lat, count}; with `as_of` as they stood then."""
        response.headers["Cache-Control"] = "private, no-store"
        now, as_of = datetime.now(UTC), asked.moment()
        query = asked.query(doors.sight(subject), subject)
        cell = 0.0 if zoom >= _EACH else 360.0 * _CELL / (_WORLD * 2.0**zoom)
        found = services.cases.on_map(query, now, Window(*_box(bbox), cell), as_of=as_of)
        return {
            "points": [_point(one) for one in found.points],
            "cells": [
                {"lon": one.longitude, "lat": one.latitude, "count": one.count}
                for one in found.cells
            ],
            "placed": found.placed,
            "unplaced": found.unplaced,
            "cut": found.cut,
        }

    return routes


def _point(one: CasePoint) -> dict[str, Any]:
    paused = one.state == CaseState.SUSPENDED.value
    stopped = one.ended or (one.due is None and not paused)
    return {
        "id": one.id,
        "lon": one.longitude,
        "lat": one.latitude,
        "state": one.state,
        "due": None if one.ended or one.due is None else local(one.due).isoformat(),
        "overdue": one.late,
        "clock": "stopped" if stopped else "paused" if paused else "running",
        "alert": None if one.level is None else {"level": one.level.value},
        "drill": one.drill,
    }


def _box(text: str) -> tuple[float, float, float, float]:
    if not text:
        return -180.0, -90.0, 180.0, 90.0
    try:
        west, south, east, north = (float(one) for one in text.split(","))
    except ValueError as wrong:
        raise BadRequest(f"bbox {text[:40]!r} 不是范围;写 西,南,东,北 四个经纬度") from wrong
    if not (-540 <= west < east <= 540 and -90 <= south < north <= 90):
        raise BadRequest("bbox 要西 < 东、南 < 北,纬度在 −90 到 90 之间")
    return west, south, east, north
