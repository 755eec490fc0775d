"""POST /api/v1/layers/{id}/within: what of a layer lies inside a drawn area or a buffer.

With `?format=csv|xlsx` the features come as a file; masks hold there as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from app.api.layer_doors import LayerDoors
from app.api.layer_sight import sight
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.people import AuditEvent
from app.services import Services
from layers.analysis import Inside, area_of, inside
from layers.analysis.listing import page, pages
from layers.analysis.sheets import SHEETS, sheet
from layers.catalogue.sight import Sight
from layers.catalogue.stored import metadata_of
from layers.contracts import Layer
from layers.errors import BadFilter, UnknownLayer
from layers.windows import parse_filter

_MOST_LISTED, _MOST_SUMS, _MOST_ROWS = 1_000, 50, 200_000


class WithinAsked(BaseModel):
    """The area in GeoJSON, the metres around it, and what is wanted of the features inside."""

    geometry: Any
    buffer_m: float | None = None
    sums: list[str] = Field(default_factory=list, max_length=_MOST_SUMS)
    filter: str | None = None
    attributes: list[str] | None = Field(default=None, max_length=500)
    limit: int = 100
    next: str | None = None
    version: str | None = None


def router(services: Services) -> APIRouter:
    """The analysis's one route."""
    routes = APIRouter(prefix="/api/v1/layers", tags=["图层"])
    doors = LayerDoors(services.layers)

    @routes.post("/{layer}/within", summary="范围内的要素", response_class=Response)
    @door(Action.READ, "feature")
    def within(
        layer: str,
        asked: WithinAsked,
        request: Request,
        subject: Annotated[Subject, Depends(current_subject)],
        kind: Annotated[str | None, Query(alias="format", description="csv 或 xlsx")] = None,
    ) -> Response:
        """Counts, sums and the features inside, page by page; or all of them as a file."""
        found = doors.require(subject, layer, "feature", fresh=True)
        version = asked.version or found.version
        if version is None:
            raise UnknownLayer(f"图层 {layer} 还没有发布过;请先发布")
        chosen = doors.require_version(subject, found, version)
        seen = sight(subject, found, doors.beyond(found, chosen))
        inner = _inside(services, layer, version, asked, seen)
        if kind is None:
            return _answer(layer, version, asked, inner, seen)
        return _file(services, request, subject, found, version, kind, inner, asked, seen)

    return routes


def _inside(
    services: Services, layer: str, version: str, asked: WithinAsked, seen: Sight
) -> Inside:
    where = parse_filter(asked.filter) if asked.filter else None
    seen.check(where)
    for name in asked.sums:
        seen.require(name)
    if not 0 <= asked.limit <= _MOST_LISTED:
        raise BadFilter(f"limit 须在 0 到 {_MOST_LISTED} 之间")
    area = area_of(asked.geometry, asked.buffer_m)
    return inside(services.layers.compiled(layer, version), area, where=where, sums=asked.sums)


def _answer(layer: str, version: str, asked: WithinAsked, inner: Inside, seen: Sight) -> Response:
    items, following = page(inner, asked.next, asked.limit, asked.attributes)
    for one in items:
        one["properties"] = seen.record(one["properties"])
    body = {
        "layer": layer,
        "version": version,
        "count": inner.count,
        "length_m": inner.length_m,
        "area_m2": inner.area_m2,
        "sums": {name: asdict(total) for name, total in inner.sums.items()},
        "items": items,
        "next": following,
    }
    return Response(
        orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY),
        media_type="application/json",
        headers={"Cache-Control": "private, no-store"},
    )


def _file(
    services: Services,
    request: Request,
    subject: Subject,
    layer: Layer,
    version: str,
    kind: str,
    inner: Inside,
    asked: WithinAsked,
    seen: Sight,
) -> Response:
    if kind not in SHEETS:
        raise BadFilter(f"format 只能是 {'、'.join(SHEETS)}")
    if inner.count > _MOST_ROWS:
        raise BadFilter(
            f"范围内有 {inner.count:,} 个要素,一次最多导出 {_MOST_ROWS:,} 个;请缩小范围"
        )
    metadata = metadata_of(layer)
    attributes = services.layers.compiled(layer.id, version).info.attributes
    wanted = [one for one in attributes if asked.attributes is None or one in asked.attributes]
    titles = {one: metadata.about(one).title or one for one in wanted}

    def rows() -> Iterator[dict[str, Any]]:
        for one in pages(inner, wanted):
            yield one | {"properties": seen.record(one["properties"])}

    content = sheet(kind, titles, rows())
    detail = {"version": version, "rows": inner.count, "format": kind}
    address = request.client.host if request.client else ""
    services.audit.append(
        AuditEvent(subject.id, "layer.export", layer.id, address=address, detail=detail)
    )
    name = quote(f"{layer.title}_范围.{kind}", safe="")
    return Response(
        content,
        media_type=SHEETS[kind],
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        },
    )
