"""GET /api/v1/layers: the catalogue of layers that the subject may see, and their versions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api.catalogue_json import CatalogueJson
from app.api.layer_doors import LayerDoors, layer_resource
from app.api.layer_json import version_json
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may
from app.services import Services
from layers.catalogue.types import field_types
from layers.contracts import Version
from layers.errors import BadFilter, UnknownLayer
from layers.readers.raster import RASTERS
from layers.registry import LayerRegistry

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_PRIVATE = "private, no-cache"
_MOST = 10_000


def router(services: Services) -> APIRouter:
    """The catalogue's routes."""
    routes = APIRouter(prefix="/api/v1/layers", tags=["图层"])
    registry, catalogue = services.layers, services.layer_catalogue
    doors = LayerDoors(registry)
    shown = CatalogueJson(services)

    @routes.get("", summary="可见的图层")
    @door(Action.READ, "layer")
    def layers(
        response: Response,
        subject: _SubjectOf,
        q: Annotated[str, Query(description="中文、全拼或首字母、编号、责任单位、字段")] = "",
        topic: Annotated[str, Query(description="只要这个专题的")] = "",
        limit: Annotated[str, Query(description="一次最多几个")] = str(_MOST),
        following: Annotated[str, Query(alias="next", description="上一页的 next")] = "0",
    ) -> dict[str, Any]:
        """Every layer that the subject may read, or those the query finds, the nearest first."""
        response.headers["Cache-Control"] = _PRIVATE
        start, most = _number(following, "next", 0), _number(limit, "limit", 1)
        listed = catalogue.listed(fresh=not q)
        visible = [
            one
            for one in listed.layers
            if (not topic or one.topic == topic)
            and may(subject, Action.READ, layer_resource(one))
            and doors.known_to(subject, one)
        ]
        found = catalogue.search(visible, q, shown.owners())
        page = found[start : start + most]
        return {
            "items": [shown.item(one, listed.live.get(one.id)) for one in page],
            "next": str(start + most) if start + most < len(found) else None,
            "count": len(found),
        }

    @routes.get("/{layer}", summary="一个图层")
    @door(Action.READ, "layer")
    def layer(layer: str, response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """One layer with what is live of it."""
        response.headers["Cache-Control"] = _PRIVATE
        found = doors.require(subject, layer, fresh=True)
        if not doors.known_to(subject, found):
            raise UnknownLayer(f"没有图层 {layer};可用的图层见 /api/v1/layers")
        live = registry.require_version(layer, found.version) if found.version else None
        people = {one.id: one.display_name or one.name for one in services.accounts.all()}
        types = field_types(registry.compiled(layer, live.id)) if live else {}
        item = shown.item(found, catalogue.live(layer), people=people, types=types)
        resource = layer_resource(found)
        return item | {
            "live": live and version_json(live) | {"quicklook": _quicklook(registry, live)},
            "may": {
                "edit": bool(may(subject, Action.PUBLISH, resource)),
                "publish": bool(may(subject, Action.PUBLISH, resource)),
                "import": bool(may(subject, Action.IMPORT, resource)),
            },
        }

    @routes.get("/{layer}/versions", summary="一个图层的版本")
    @door(Action.READ, "layer")
    def versions(layer: str, response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """The versions, newest first; drafts only for those who work on the layer."""
        response.headers["Cache-Control"] = _PRIVATE
        found = doors.require(subject, layer, fresh=True)
        notes = services.submissions.store.notes(layer)
        items = [
            version_json(one) | {"note": notes.get(one.id, "")}
            for one in registry.versions(layer)
            if doors.sees(subject, found, one)
        ]
        return {"items": items, "next": None}

    return routes


def _quicklook(registry: LayerRegistry, version: Version) -> str | None:
    """Where the small picture of a raster version is; None for all else."""
    if version.format not in RASTERS or registry.quicklook(version.layer, version.id) is None:
        return None
    return f"/api/v1/layers/{version.layer}/versions/{version.id}/quicklook.png"


def _number(text: str, name: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise BadFilter(f"{name}={text} 应是不小于 {least} 的整数")
    return int(text)
