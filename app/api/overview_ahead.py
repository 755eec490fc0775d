"""GET /api/v1/overview-ahead: what is known of the coming hours, for the time bar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api.past_moment import past_moment
from app.board.ahead import Ahead
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services


def router(services: Services) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix="/api/v1", tags=["总览"])
    ahead = Ahead(services)
    city = services.config.city.code

    @routes.get(
        "/overview-ahead", summary="今后几小时已知的事:到期事件与督办、交接班、预警到期、预测"
    )
    @door(Action.READ, "page")
    def coming(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        region: Annotated[str, Query(max_length=12, description="区划代码;不写为全市")] = city,
        hours: Annotated[int, Query(ge=1, le=24, description="今后几小时")] = 12,
        as_of: Annotated[str | None, Query(description="看当时的;不带时区按北京时间")] = None,
    ) -> dict[str, Any]:
        """`due` counts by the hour; `events` and `forecasts` are worded, in order of time."""
        response.headers["Cache-Control"] = "private, no-store"
        moment = past_moment(as_of)
        now = moment or datetime.now(UTC)
        services.regions.require(region, now.date())
        return ahead.within(subject, region, now, timedelta(hours=hours), as_of=moment)

    return routes
