"""GET /api/v1/topic-pages/{topic}: what the page of a topic shows, for one person; its files."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.indicator_files import table_file
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from app.topic.export import panel_table
from app.topic.page import TopicPages
from app.topic.question import read_asked, topic_for

_FORMATS = ("csv", "xlsx")

Asking = Annotated[Subject, Depends(current_subject)]
Region = Annotated[str, Query(description="区划代码或点位编号;不写为全市")]
Tab = Annotated[str, Query(description="专题页的部分;不写为第一部分")]
Site = Annotated[str, Query(description="所选点位")]
AsOf = Annotated[str, Query(description="按当时所知回放的时刻")]
Item = Annotated[str, Query(description="趋势面板里选定的指标编号")]
Span = Annotated[str, Query(description="趋势面板显示多久,如 72h、30d;可选的见 spans")]
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
        span: Span = "",
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
            span=span,
            cursor=cursor,
        )
        response.headers["Cache-Control"] = "private, no-store"
        return pages.page(subject, asked)

    @routes.get("/{topic}/export", summary="导出专题页一个面板的数据", response_class=Response)
    @door(Action.READ, "topic")
    def export(
        topic: str,
        subject: Asking,
        request: Request,
        panel: Annotated[str, Query(description="面板,如 p3")],
        region: Region = "",
        tab: Tab = "",
        site: Site = "",
        as_of: AsOf = "",
        item: Item = "",
        order: Order = "",
        span: Span = "",
        kind: Annotated[str, Query(alias="format", description="csv 或 xlsx")] = "csv",
    ) -> Response:
        """The panel's table: full precision and as shown, with what the numbers mean."""
        if kind not in _FORMATS:
            raise BadRequest(f"format={kind} 不可用;可选 {'、'.join(_FORMATS)}")
        found = topic_for(services, subject, topic)
        named = {"region": region, "tab": tab, "site": site, "as_of": as_of, "span": span}
        asked = read_asked(services, found, panel=panel, item=item, order=order, **named)
        asked = replace(asked, whole=True)
        table = panel_table(services, subject, asked, pages.panel(subject, asked))
        address = client_address(request.scope)
        detail = {"panel": panel, "format": kind, "rows": len(table.rows)} | named
        services.audit.append(
            AuditEvent(subject.id, "topic.export", topic, address=address, detail=detail)
        )
        return table_file(table, kind)

    return routes
