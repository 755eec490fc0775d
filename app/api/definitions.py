"""GET /api/v1/indicators and /api/v1/regions: what the numbers mean and where they belong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may
from app.services import Services
from topics.kit.contracts import Region
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE

Asking = Annotated[Subject, Depends(current_subject)]


def router(services: Services) -> APIRouter:
    """The two lists."""
    routes = APIRouter(tags=["指标数据"])

    @routes.get("/indicators", summary="指标及其口径、单位、责任单位")
    @door(Action.READ, "indicator")
    def indicators(subject: Asking) -> dict[str, Any]:
        """Every indicator the subject may see, in the order of the topics."""
        items = [
            definition(services, spec)
            for spec in services.catalogue.indicators()
            if may(subject, Action.READ, _resource(services, spec))
        ]
        return {"items": items, "next": None}

    @routes.get("/regions", summary="行政区划")
    @door(Action.READ, "region")
    def regions(
        on: Annotated[date | None, Query(description="哪一天的区划;不写为今天")] = None,
        sites: Annotated[str | None, Query(description="改列这种点位,如 断面")] = None,
    ) -> dict[str, Any]:
        """Every region valid on the day, in statutory order; or the sites of a kind."""
        day = on or datetime.now(ZONE).date()
        if sites is not None:
            held = services.regions.sites(services.regions.city().code, sites, day)
            return {"items": [_site(one) for one in held], "next": None}
        items = [_region(one) for one in services.regions.all(day)]
        return {"items": items, "next": None}

    return routes


def definition(services: Services, spec: IndicatorSpec) -> dict[str, Any]:
    """An indicator's definition in force, with its topic, version and breaks of comparability.

    Across the days in `breaks` a chart is drawn with a gap, and nothing is compared.
    """
    given = spec.model_dump(mode="json", by_alias=True, exclude_defaults=False)
    owner = services.organisations.name(spec.owner)
    versions = services.definitions.history(spec.id)
    return {
        **given,
        "topic": services.catalogue.topic_of(spec.id).id,
        "owner_name": owner,
        "version": versions[-1].number if versions else 1,
        "breaks": [str(one.valid_from) for one in versions if one.breaks and one.valid_from],
    }


def _resource(services: Services, spec: IndicatorSpec) -> Resource:
    topic = services.catalogue.topic_of(spec.id)
    return Resource("indicator", spec.id, topic.id, spec.classification, topic.demo)


def _site(one: Region) -> dict[str, Any]:
    place = {"kind": one.kind, "longitude": one.longitude, "latitude": one.latitude}
    return _region(one) | place | {"facts": dict(one.facts)}


def _region(one: Region) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "short_name": one.short_name,
        "level": one.level,
        "parent": one.parent,
    }
