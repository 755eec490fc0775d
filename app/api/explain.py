"""GET /api/v1/explain: one number and everything that is behind it, as of any moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api.explain_cases import cases_behind
from app.api.explain_json import explanation_json
from app.api.people_names import PeopleNames
from app.explaining import explainer_of
from app.released import observation_resource
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from layers.contracts import Classification
from topics.kit.contracts import Period, Region
from topics.kit.errors import UnknownRegion
from topics.kit.explain.contracts import Question
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_texts import parse_moment, parse_period
from topics.kit.words.clock import local


def router(services: Services) -> APIRouter:
    """The one route."""
    routes = APIRouter(prefix="/api/v1", tags=["指标数据"])
    explainer, people = explainer_of(services), PeopleNames(services)

    def sees(subject: Subject, spec: IndicatorSpec, period: Period) -> bool:
        return bool(may(subject, Action.READ, observation_resource(services, spec, period)))

    @routes.get("/explain", summary="解释一个数:值、句子、算式、来源、构成、修订、责任单位")
    @door(Action.READ, "observation")
    def explain(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        indicator: Annotated[str, Query(description="指标编号")],
        region: Annotated[str | None, Query(description="区划代码;不写为全市")] = None,
        period: Annotated[str | None, Query(description="哪一期;不写为最新一期")] = None,
        as_of: Annotated[str | None, Query(description="截至何时所知;不带时区按北京时间")] = None,
    ) -> dict[str, Any]:
        """The explanation; inputs that may not be read are named without their value."""
        response.headers["Cache-Control"] = "no-store"
        spec = _require(services, subject, indicator)
        now = datetime.now(UTC)
        asked = Question(
            spec=spec,
            region=_region(services, region, now),
            now=now,
            sees=lambda each, when: sees(subject, each, when),
            period=parse_period(period, spec.period_kind) if period else None,
            as_of=parse_moment(as_of) if as_of else None,
        )
        if asked.period is not None:
            require(subject, Action.READ, observation_resource(services, spec, asked.period))
        told = explainer.explain(asked, names=None if subject.anonymous else people.name)
        return explanation_json(services, told, now)

    @routes.get("/explain/cases", summary="一个数背后的事件")
    @door(Action.READ, "observation")
    def behind(
        response: Response,
        subject: Annotated[Subject, Depends(current_subject)],
        indicator: Annotated[str, Query(description="指标编号")],
        period: Annotated[str, Query(description="哪一期")],
        region: Annotated[str | None, Query(description="区划代码;不写为全市")] = None,
        as_of: Annotated[str | None, Query(description="截至何时所知")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 20,
    ) -> dict[str, Any]:
        """Newest first; cases that this person may not see are only counted."""
        response.headers["Cache-Control"] = "no-store"
        spec, now = _require(services, subject, indicator), datetime.now(UTC)
        when = parse_period(period, spec.period_kind)
        require(subject, Action.READ, observation_resource(services, spec, when))
        place = _region(services, region, now)
        at = min(parse_moment(as_of), now) if as_of else now
        return cases_behind(services, subject, spec, place.code, when, at, limit)

    return routes


def _require(services: Services, subject: Subject, name: str) -> IndicatorSpec:
    """The decision first: to those who may not see it, what is not there looks as if hidden."""
    spec = services.catalogue.find(name)
    if spec is None:
        hidden = Resource("observation", name, classification=Classification.HIGHLY_SENSITIVE)
        require(subject, Action.READ, hidden)
        spec = services.catalogue.indicator(name)  # raises UnknownIndicator
    require(subject, Action.READ, observation_resource(services, spec))
    return spec


def _region(services: Services, code: str | None, now: datetime) -> Region:
    wanted = code or services.config.city.code
    found = services.regions.find(wanted, local(now).date()) or services.regions.find(wanted)
    if found is None:
        raise UnknownRegion(
            f"没有区划或点位 {wanted!r};请用国家统计局的区划代码(如 440203)或点位编码"
        )
    return found
