"""GET /api/v1/indicator-pages/{id}: everything the page of one indicator shows, and its export."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.indicator_files import indicator_file
from app.errors import BadRequest
from app.indicator.page import make_page
from app.indicator.parts import Parts
from app.indicator.question import Question, read_question
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from topics.kit.manifest_indicators import IndicatorSpec

_FORMATS = ("csv", "xlsx")

Asking = Annotated[Subject, Depends(current_subject)]
Region = Annotated[str, Query(description="区划代码;不写为全市")]
Period = Annotated[str, Query(description="期别,如 2026-10;不写为最新一期")]
Stretch = Annotated[str, Query(alias="range", description="24、3y、all 或 2024-01..2026-01")]
AsOf = Annotated[str, Query(description="按当时所知回放的时刻")]
Compare = Annotated[str, Query(description="逗号分隔的区划代码,或 years(与往期叠加)")]


def parts_of(services: Services) -> Parts:
    """The page's parts out of the program's."""
    return Parts(
        catalogue=services.catalogue,
        regions=services.regions,
        organisations=services.organisations,
        values=services.observations,
        statements=services.statements,
        city=services.config.city.code,
        definitions=services.definitions,
        releases=services.releases,
        forecasts=services.forecasts,
    )


def router(services: Services) -> APIRouter:
    """The page's data and its files."""
    routes = APIRouter(prefix="/api/v1/indicator-pages", tags=["指标数据"])
    parts = parts_of(services)

    def asked_of(
        subject: Subject,
        indicator: str,
        region: str,
        period: str,
        stretch: str,
        as_of: str,
        compare: str,
        **more: str,
    ) -> Question:
        """The question, once it is clear that the indicator may be read at all."""
        spec = parts.spec_for(subject, indicator)
        return read_question(
            spec,
            region=region or _usual(parts, spec),
            period=period,
            stretch=stretch,
            as_of=as_of,
            compare=compare,
            **more,
        )

    @routes.get("/{indicator}", summary="一个指标的页面内容")
    @door(Action.READ, "observation")
    def page(
        indicator: str,
        subject: Asking,
        response: Response,
        region: Region = "",
        period: Period = "",
        stretch: Stretch = "",
        as_of: AsOf = "",
        compare: Compare = "",
        order: Annotated[str, Query(description="rank 排名,statutory 法定顺序")] = "rank",
        theme: Annotated[str, Query(description="dark 或 light")] = "light",
    ) -> dict[str, Any]:
        """Series, comparison, ranking, records and the figure, in one answer."""
        asked = asked_of(
            subject, indicator, region, period, stretch, as_of, compare, order=order, theme=theme
        )
        response.headers["Cache-Control"] = "private, no-store"
        return make_page(parts, subject, asked)

    @routes.get("/{indicator}/export", summary="导出指标数据", response_class=Response)
    @door(Action.READ, "observation")
    def export(
        indicator: str,
        subject: Asking,
        request: Request,
        region: Region = "",
        stretch: Stretch = "",
        as_of: AsOf = "",
        compare: Compare = "",
        kind: Annotated[str, Query(alias="format", description="csv 或 xlsx")] = "csv",
    ) -> Response:
        """The series as a file: full precision and as shown, with what the numbers mean."""
        if kind not in _FORMATS:
            raise BadRequest(f"format={kind} 不可用;可选 {'、'.join(_FORMATS)}")
        asked = asked_of(subject, indicator, region, "", stretch, as_of, compare)
        made = indicator_file(parts, subject, asked, kind)
        detail = {"region": asked.region, "range": asked.stretch.asked, "format": kind}
        services.audit.append(
            AuditEvent(
                subject.id,
                "indicator.export",
                indicator,
                address=client_address(request.scope),
                detail=detail,
            )
        )
        return made

    return routes


def _usual(parts: Parts, spec: IndicatorSpec) -> str:
    """The city, or its first county for what has no value of the whole city."""
    if "city" in spec.levels:
        return parts.city
    below = parts.regions.children(parts.city)
    if "county" not in spec.levels and spec.sites:
        below = parts.regions.sites(parts.city, spec.sites)
    return below[0].code if below else parts.city
