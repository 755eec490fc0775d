"""GET /api/v1/topic-pages/{topic}: everything the page of a topic shows, for one person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from app.topic.page import TopicPages
from app.topic.question import read_asked, topic_for

Asking = Annotated[Subject, Depends(current_subject)]
Region = Annotated[str, Query(description="区划代码或点位编号;不写为全市")]
Tab = Annotated[str, Query(description="专题页的部分;不写为第一部分")]
Site = Annotated[str, Query(description="所选点位")]
AsOf = Annotated[str, Query(description="按当时所知回放的时刻")]
Item = Annotated[str, Query(description="趋势面板里选定的指标编号")]
Order = Annotated[str, Query(description="statutory 法定顺序,不排名")]


def router(services: Services) -> APIRouter:
    """The page's data."""
    routes = APIRouter(prefix="/api/v1/topic-pages", tags=["专题页"])
    pages = TopicPages(services)

    @routes.get("/{topic}", summary="一个专题的页面内容")
    @door(Action.READ, "topic")
    def page(
        topic: str,
        subject: Asking,
        response: Response,
        region: Region = "",
        tab: Tab = "",
        site: Site = "",
        as_of: AsOf = "",
        panel: Annotated[str, Query(description="只要这一个面板,如 p3")] = "",
        item: Item = "",
        order: Order = "",
        cursor: Annotated[str, Query(alias="next", description="清单的下一页")] = "",
    ) -> dict[str, Any]:
        """Panels, table twins, sentences, figures and the map, in one answer."""
        found = topic_for(services, subject, topic)
        asked = read_asked(
            services,
            found,
            region=region,
            tab=tab,
            site=site,
            as_of=as_of,
            panel=panel,
            item=item,
            order=order,
            cursor=cursor,
        )
        response.headers["Cache-Control"] = "private, no-store"
        return pages.page(subject, asked)

    return routes
