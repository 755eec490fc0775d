"""GET /api/v1/events: what happened, newest first, as it was known at any moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api.page_marks import NUMBER, mark_after, read_mark
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may
from app.services import Services
from layers.contracts import Classification
from topics.kit.eventlog import Event, Place
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.texts import storable

Asking = Annotated[Subject, Depends(current_subject)]
Names = Annotated[list[str] | None, Query(description="可重复,也可用逗号隔开")]

_RANK = {one: rank for rank, one in enumerate(Classification)}


def router(services: Services) -> APIRouter:
    """The route of the event log."""
    routes = APIRouter(prefix="/api/v1", tags=["运行事件"])

    @routes.get("/events", summary="运行事件,新的在前")
    @door(Action.READ, "event")
    def events(
        subject: Asking,
        response: Response,
        kind: Names = None,
        object_: Annotated[list[str] | None, Query(alias="object", description="编号")] = None,
        as_of: Annotated[str | None, Query(description="看当时已有的;不带时区按北京时间")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """The events the subject may see; a page may be short, `next` says whether more follow."""
        response.headers["Cache-Control"] = "private, no-cache"
        found = services.events.read(
            kinds=_split(kind),
            objects=_split(object_),
            as_of=parse_moment(as_of) if as_of else None,
            after=_place(after),
            limit=limit + 1,
        )
        page, classes = found[:limit], event_classes(services)
        visible = [one for one in page if may(subject, Action.READ, event_resource(one, classes))]
        last = page[-1] if len(found) > limit else None
        return {"items": [_shown(one) for one in visible], "next": last and _next(last)}

    return routes


def _split(names: list[str] | None) -> list[str] | None:
    if names is None:
        return None
    if not all(map(storable, names)):
        raise BadRequest("kind 或 object 中有空字符(NUL);请去掉后重试")
    return [one.strip() for each in names for one in each.split(",") if one.strip()]


def event_resource(event: Event, class_of: Callable[[str], Classification]) -> Resource:
    """What decides who may read the event."""
    return Resource("event", str(event.id), event.topic, class_of(event.object))


def event_classes(services: Services) -> Callable[[str], Classification]:
    """How secret an event is: internal at least, and as what it is about or what a run brings."""
    known: dict[str, Classification] = {}

    def find(name: str) -> Classification:
        if name not in known:
            layer, refresher = services.layers.find(name), services.catalogue.refresher(name)
            indicator = services.catalogue.find(name)
            brought = map(services.catalogue.indicator, refresher.produces if refresher else ())
            own = [one for one in (layer, indicator) if one is not None]
            about = [one.classification for one in (*brought, *own)]
            known[name] = max([Classification.INTERNAL, *about], key=_RANK.__getitem__)
        return known[name]

    return find


def _shown(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at.astimezone(ZONE).isoformat() if event.at else None,
        "kind": event.kind,
        "object": event.object,
        "topic": event.topic,
        "region": event.region,
        "data": dict(event.data),
        "actor": event.actor,
    }


def _next(last: Event) -> str | None:
    return mark_after(last.at, last.id) if last.at else None


def _place(text: str | None) -> Place | None:
    found = read_mark(text, NUMBER)
    return None if found is None else Place(found[0], int(found[1]))
