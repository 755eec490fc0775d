"""GET /api/v1/organisations: the units that work can be given to, by name of the day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.security.contracts import Action
from app.security.doors import door
from app.services import Services
from topics.kit.organisations import Organisation
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE


def router(services: Services) -> APIRouter:
    """The one route of the organisations."""
    routes = APIRouter(prefix="/api/v1/organisations", tags=["组织"])

    @routes.get("", summary="单位名录,供选择主办、协办单位")
    @door(Action.READ, "organisation")
    def organisations(
        as_of: Annotated[str | None, Query(description="按那天的名称;不带时区按北京时间")] = None,
    ) -> dict[str, Any]:
        """Every organisation in force that day, in the order of the table."""
        moment = parse_moment(as_of) if as_of else datetime.now(UTC)
        found = services.organisations.all(moment.astimezone(ZONE).date())
        return {"items": [_told(one) for one in found], "next": None, "total": len(found)}

    return routes


def _told(one: Organisation) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "short_name": one.short_name}
