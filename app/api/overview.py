"""GET /api/v1/overview: the overview of one region as the page shows it, worded and rounded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.board.model import Board
from app.board.past import PastBoards
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from app.topic.overview import OverviewPanels
from topics.kit.errors import UnknownRegion
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE


def router(services: Services, board: Board) -> APIRouter:
    """The one route; values the subject may not see are absent from it."""
    routes = APIRouter(tags=["总览"])
    city = services.config.city.code
    past = PastBoards(board)
    panels = OverviewPanels(services)

    @routes.get("/api/v1/overview", summary="一屏统览的内容")
    @door(Action.READ, "page")
    def overview(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        region: Annotated[str, Query(description="区划代码;不写为全市")] = city,
        choropleth: Annotated[
            str | None, Query(alias="map", description="地图着色的指标编号")
        ] = None,
        as_of: Annotated[
            str | None, Query(description="看当时的总览(近一年);不带时区按北京时间")
        ] = None,
    ) -> dict[str, Any]:
        """Cards, matrix, map values and freshness, now or as they were known at a moment."""
        if not board.knows(region):
            raise UnknownRegion(f"总览没有区划 {region!r};请用本市或所辖县(市、区)的六位代码")
        response.headers["Cache-Control"] = "no-store"
        now = datetime.now(UTC)
        if not as_of:
            return board.model(subject, region, choropleth, now)
        then, minute = past.at(parse_moment(as_of), now)
        return then.model(subject, region, choropleth, minute) | {
            "as_of": minute.astimezone(ZONE).isoformat()
        }

    @routes.get("/api/v1/overview-panels", summary="大屏上各专题的走势与预测、各县(市、区)的条形")
    @door(Action.READ, "page")
    def overview_panels(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        region: Annotated[str, Query(description="区划代码;不写为全市")] = city,
        as_of: Annotated[str, Query(description="看当时的;不带时区按北京时间")] = "",
        order: Annotated[
            str, Query(pattern="^(statutory)?$", description="statutory 法定顺序,不排名")
        ] = "",
    ) -> dict[str, Any]:
        """What each readable topic names for the largest screens; drawn from shares of 0 to 1."""
        if not board.knows(region):
            raise UnknownRegion(f"总览没有区划 {region!r};请用本市或所辖县(市、区)的六位代码")
        response.headers["Cache-Control"] = "no-store"
        return {"items": panels.all(subject, region, as_of, order), "next": None}

    return routes
