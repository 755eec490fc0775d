"""GET /api/v1/layers: the catalogue of layers that the subject may see, and their versions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app.api.layer_doors import LayerDoors, layer_resource
from app.api.layer_json import layer_json, version_json
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may
from app.services import Services
from layers.contracts import VersionState

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_PRIVATE = "private, no-cache"


def router(services: Services) -> APIRouter:
    """The catalogue's routes."""
    routes = APIRouter(prefix="/api/v1/layers", tags=["图层"])
    registry = services.layers
    doors = LayerDoors(registry)

    @routes.get("", summary="可见的图层")
    @door(Action.READ, "layer")
    def layers(response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """Every layer that the subject may read."""
        response.headers["Cache-Control"] = _PRIVATE
        visible = [
            layer_json(one)
            for one in registry.layers()
            if may(subject, Action.READ, layer_resource(one))
        ]
        return {"items": visible, "next": None}

    @routes.get("/{layer}", summary="一个图层")
    @door(Action.READ, "layer")
    def layer(layer: str, response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """One layer with what is live of it."""
        response.headers["Cache-Control"] = _PRIVATE
        found = doors.require(subject, layer)
        live = registry.require_version(layer, found.version) if found.version else None
        return layer_json(found) | {"live": live and version_json(live)}

    @routes.get("/{layer}/versions", summary="一个图层的版本")
    @door(Action.READ, "layer")
    def versions(layer: str, response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """The versions, newest first; drafts only for those who work on the layer."""
        response.headers["Cache-Control"] = _PRIVATE
        found = doors.require(subject, layer)
        drafts = doors.sees_drafts(subject, found)
        items = [
            version_json(one)
            for one in registry.versions(layer)
            if drafts or one.state is not VersionState.DRAFT
        ]
        return {"items": items, "next": None}

    return routes
