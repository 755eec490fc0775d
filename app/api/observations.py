"""GET and POST /api/v1/observations: values as they are, as they were known, and as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.api import definitions
from app.api.observation_json import Cursor, cursor_after, observation_json, read_cursor
from app.api.observation_push import push
from app.released import newest_visible, observation_resource, visible
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from layers.contracts import Classification
from topics.kit.contracts import Observation
from topics.kit.errors import UnknownRegion
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_texts import parse_moment

_MAX_BODY = 32 * 1024 * 1024

Asking = Annotated[Subject, Depends(current_subject)]
Names = Annotated[list[str] | None, Query(description="可重复,也可用逗号隔开")]
Moment = Annotated[str | None, Query(description="日期或时间,不带时区按北京时间")]


@dataclass(frozen=True, slots=True)
class _Question:
    """What a GET asks for, read and allowed."""

    indicators: Sequence[str]
    regions: Sequence[str] | None
    start: datetime | None
    end: datetime | None
    as_of: datetime | None
    after: Cursor | None
    limit: int


def router(services: Services) -> APIRouter:
    """Observations, and the lists of indicators and regions that explain them."""
    routes = APIRouter(prefix="/api/v1", tags=["指标数据"])

    @routes.get("/observations", summary="指标数据;不写 from/to 时为每个指标和区划的最新一期")
    @door(Action.READ, "observation")
    def read(
        subject: Asking,
        indicator: Names = None,
        region: Names = None,
        begin: Annotated[str | None, Query(alias="from", description="起(含)")] = None,
        to: Annotated[str | None, Query(description="止(不含)")] = None,
        as_of: Moment = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """Values by indicator, region and period; `next` continues a list that was cut."""
        question = _Question(
            indicators=_allowed(services, subject, _split(indicator)),
            regions=_known(services, _split(region)),
            start=_moment(begin),
            end=_moment(to),
            as_of=_moment(as_of),
            after=read_cursor(after),
            limit=limit,
        )
        return _listing(services, subject, _found(services, question), question)

    @routes.post("/observations", summary="推送指标数据;返回 200 即已可读")
    @door(Action.WRITE, "observation")
    async def write(
        request: Request,
        subject: Asking,
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    ) -> dict[str, Any]:
        """One object, a list, or {"items": […]}; all rows are stored or none."""
        address = request.client.host if request.client else ""
        body = await _body(request)
        return await run_in_threadpool(push, services, subject, body, idempotency_key, address)

    routes.include_router(definitions.router(services))
    return routes


def _split(names: list[str] | None) -> list[str] | None:
    """The names of a repeated or comma-separated parameter; None when it was not given."""
    if names is None:
        return None
    return [one.strip() for each in names for one in each.split(",") if one.strip()]


def _allowed(services: Services, subject: Subject, names: list[str] | None) -> list[str]:
    """The named indicators, each of which must be readable; without names, all readable ones."""
    if names is None:
        return [
            spec.id
            for spec in services.catalogue.indicators()
            if may(subject, Action.READ, observation_resource(services, spec))
        ]
    for name in names:
        require_indicator(services, subject, name)
    return names


def require_indicator(services: Services, subject: Subject, name: str) -> IndicatorSpec:
    """The indicator, which the subject may read.

    The decision first: to those who may not see it, what is not there looks as if hidden.
    """
    spec = services.catalogue.find(name)
    if spec is None:
        hidden = Resource("observation", name, classification=Classification.HIGHLY_SENSITIVE)
        require(subject, Action.READ, hidden)
        spec = services.catalogue.indicator(name)  # raises UnknownIndicator
    require(subject, Action.READ, observation_resource(services, spec))
    return spec


def _known(services: Services, codes: list[str] | None) -> list[str] | None:
    for code in codes or ():
        if services.regions.find(code) is None:
            raise UnknownRegion(
                f"没有区划或点位 {code!r};请用国家统计局的区划代码(如 440203)或点位编码"
            )
    return codes


def _moment(text: str | None) -> datetime | None:
    return parse_moment(text) if text else None


def _found(services: Services, question: _Question) -> list[Observation]:
    """One more than the limit, so that the end of the list is known."""
    store, after = services.observations, question.after
    if question.start is None and question.end is None:
        return store.latest(
            indicators=question.indicators,
            regions=question.regions,
            as_of=question.as_of,
            after=after[:2] if after else None,
            limit=question.limit + 1,
        )
    return store.listed(
        indicators=question.indicators,
        regions=question.regions,
        start=question.start,
        end=question.end,
        as_of=question.as_of,
        after=after,
        limit=question.limit + 1,
    )


def _listing(
    services: Services, subject: Subject, found: list[Observation], question: _Question
) -> dict[str, Any]:
    """What may be seen of the page; one that waits for its release leaves the page shorter."""
    limit, catalogue = question.limit, services.catalogue
    page = found[:limit]
    if question.start is None and question.end is None:
        shown = newest_visible(services, subject, page, as_of=question.as_of)
    else:
        shown = visible(services, subject, page)
    return {
        "items": [observation_json(one, catalogue.indicator(one.indicator).unit) for one in shown],
        "next": cursor_after(page[-1]) if len(found) > limit else None,
    }


async def _body(request: Request) -> bytes:
    """The whole body; 413 as soon as it is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _MAX_BODY:
            raise HTTPException(413, f"正文超过 {_MAX_BODY // 2**20} MB;请分批发送")
        parts.append(part)
    return b"".join(parts)
