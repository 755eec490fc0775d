"""GET /api/v1/networks/{layer}/trace: what lies up and down the network from a site, how far."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api.layer_doors import LayerDoors
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from app.topic.traced import seen_kinds
from layers.errors import UnknownLayer
from topics.kit.contracts import Region
from topics.kit.errors import UnknownRegion
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.tracing import Sees, Trace, TracedSite


def router(services: Services) -> APIRouter:
    """The networks' one route."""
    routes = APIRouter(prefix="/api/v1/networks", tags=["图层"])
    doors = LayerDoors(services.layers)

    @routes.get("/{layer}/trace", summary="点位的上游与下游")
    @door(Action.READ, "feature")
    def trace(
        layer: str,
        subject: Annotated[Subject, Depends(current_subject)],
        response: Response,
        site: Annotated[str, Query(description="点位编号,如 SGDM13")],
        as_of: Annotated[str | None, Query(description="按那时的河网;不带时区按北京时间")] = None,
    ) -> dict[str, Any]:
        """Sites upstream and downstream with the kilometres of line, and the one wording of it."""
        doors.require(subject, layer, "feature", fresh=True)
        moment = parse_moment(as_of) if as_of else None
        now = datetime.now(UTC)
        today = (moment or now).astimezone(ZONE).date()
        found = services.regions.find(site, today)
        sees = seen_kinds(services, subject, doors)
        if found is None or found.level != "site" or not _told(services, found, sees):
            raise UnknownRegion(f"没有点位 {site!r};点位编号见专题页或点位图层")
        told = services.tracing.trace(found, moment, today, sees)
        if told is None or told.layer != layer:
            raise UnknownLayer(
                f"{found.kind} {found.name} 不在图层 {layer} 上;在专题清单 [[sites]] 写 network"
            )
        response.headers["Cache-Control"] = "private, no-store"
        return trace_json(told)

    return routes


def trace_json(found: Trace) -> dict[str, Any]:
    """A trace as the API tells it."""
    return {
        "site": found.site.code,
        "name": found.site.name,
        "layer": found.layer,
        "version": found.version,
        "on_network": found.on_network,
        "off_m": None if found.off_metres is None else round(found.off_metres, 1),
        "words": found.words,
        "upstream": [_site(one) for one in found.upstream],
        "downstream": [_site(one) for one in found.downstream],
        "doubts": list(found.doubts),
    }


def _site(one: TracedSite) -> dict[str, Any]:
    return {
        "site": one.site.code,
        "name": one.site.name,
        "kind": one.site.kind,
        "region": one.site.parent,
        "km": round(one.kilometres, 2),
        "lon": one.site.longitude,
        "lat": one.site.latitude,
    }


def _told(services: Services, site: Region, sees: Sees) -> bool:
    declared = services.tracing.declared(site.kind)
    return declared is None or sees(*declared)
