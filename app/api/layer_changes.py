"""Which version of a layer is live, changed over HTTP: an earlier one back, a draft published."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from app.api.layer_doors import layer_resource
from app.api.layer_json import version_json
from app.api.live_versions import LiveVersions
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.security.requests import client_address
from app.services import Services
from layers.contracts import Classification

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_MaybeBody = Annotated[dict[str, Any] | None, Body()]


def router(services: Services) -> APIRouter:
    """The routes that change what is live."""
    routes = APIRouter(prefix="/api/v1/layers/{layer}", tags=["图层"])
    changes = LiveVersions(services)

    def allow(subject: Subject, layer: str) -> None:
        found = services.layers.find(layer)
        hidden = Resource("layer", layer, classification=Classification.HIGHLY_SENSITIVE)
        require(subject, Action.PUBLISH, hidden if found is None else layer_resource(found))

    @routes.post("/rollback", summary="回退到以前发布过的版本")
    @door(Action.PUBLISH, "layer")
    def rollback(
        layer: str, request: Request, subject: _SubjectOf, body: _MaybeBody = None
    ) -> dict[str, Any]:
        """The named version, or the one that was live before, is live again at once."""
        allow(subject, layer)
        version = _version(body or {}, needed=False)
        address = client_address(request.scope)
        return version_json(changes.rollback(layer, version, by=subject.id, address=address))

    @routes.post("/publish", summary="发布一个版本(经过审核,或由导入者以外的人发布)")
    @door(Action.PUBLISH, "layer")
    def publish(layer: str, body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """Make a version live that was live before, or a draft that somebody else imported."""
        allow(subject, layer)
        version = _version(body, needed=True) or ""
        live = changes.publish(
            layer,
            version,
            person=subject.person,
            by=subject.id,
            address=client_address(request.scope),
        )
        return version_json(live)

    return routes


def _version(body: dict[str, Any], *, needed: bool) -> str | None:
    value = body.get("version")
    if value is None and not needed:
        return None
    if not isinstance(value, str | int) or isinstance(value, bool) or "\x00" in str(value):
        raise BadRequest("version 应是版本编号或版本号;见 /api/v1/layers/{图层}/versions")
    return str(value)
