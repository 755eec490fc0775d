"""Small pictures of layers: the live version drawn, and a raster version's quick-look."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.layer_doors import LayerDoors, layer_resource
from app.api.png import png
from app.board.atlas import COUNTIES
from app.errors import NoPicture
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may
from app.security.subjects import anonymous
from app.services import Services
from app.web.tokens import THEMES, Theme, colours, load_tokens
from layers.catalogue.thumbnail import Inks
from layers.contracts import Layer, Version, VersionState
from layers.errors import UnknownLayer

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PUBLIC = "public, max-age=3600"
_PRIVATE = "private, no-cache"


def router(services: Services) -> APIRouter:
    """The pictures' routes."""
    routes = APIRouter(tags=["图层"])
    doors = LayerDoors(services.layers)
    visitor = anonymous(services.config.security.anonymous)

    @routes.get(
        "/api/v1/layers/{layer}/thumbnail.svg",
        summary="缩略图",
        response_class=Response,
        responses={200: {"content": {"image/svg+xml": {}}}},
    )
    @door(Action.READ, "layer")
    def thumbnail(
        layer: str,
        request: Request,
        subject: Annotated[Subject, Depends(current_subject)],
        theme: Annotated[str, Query(description="dark 或 light")] = "light",
    ) -> Response:
        """The layer over the counties' borders, as far as the asker may see those."""
        found = doors.require(subject, layer)
        if found.version is None:
            raise UnknownLayer(f"图层 {layer} 还没有发布过;请先发布")
        outline = _outline(services, subject, found)
        shown: Theme = "dark" if theme == "dark" else "light"
        colour = _colour(found, shown)
        headers = {
            "Cache-Control": "private, no-cache",
            "ETag": f'"{found.version}-{outline[1] if outline else "none"}-{shown}-{colour[1:]}"',
        }
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        tokens = _tokens()[shown]
        inks = Inks(tokens["surface-2"], tokens["line-2"], colour)
        picture = services.layer_catalogue.picture(layer, found.version, outline, inks)
        return Response(picture, media_type="image/svg+xml", headers=headers)

    @routes.get(
        "/api/v1/layers/{layer}/versions/{version}/quicklook.png",
        summary="栅格版本的快视图",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}},
    )
    @door(Action.READ, "layer")
    def quicklook(
        layer: str,
        version: str,
        request: Request,
        subject: Annotated[Subject, Depends(current_subject)],
    ) -> Response:
        """The raster shown small; only versions that came from a raster have such a picture."""
        found = doors.require(subject, layer)
        shown = doors.require_version(subject, found, version)
        picture = services.layers.quicklook(layer, shown.id)
        if picture is None:
            raise NoPicture(f"图层 {layer} 的这一版没有快视图;只有栅格才有")
        everyone = may(visitor, Action.READ, layer_resource(found))
        public = bool(everyone) and _open(shown)
        return png(picture, request, cache=_PUBLIC if public else _PRIVATE)

    return routes


def _open(version: Version) -> bool:
    """Whether the version is no more secret than its layer is now, and no draft."""
    return version.classification is None and version.state is not VersionState.DRAFT


def _outline(services: Services, subject: Subject, layer: Layer) -> tuple[str, str] | None:
    counties = services.layers.find(COUNTIES)
    if counties is None or counties.version is None:
        return None
    if not may(subject, Action.READ, layer_resource(counties)):
        return None
    return counties.id, counties.version


def _colour(layer: Layer, theme: Theme) -> str:
    """The colour of the style's first class; the theme's own where there is none."""
    classes: Any = layer.style.get("classes") or ()
    first = classes[0].get(theme) if classes and isinstance(classes[0], dict) else None
    # Into a picture that browsers run goes a colour and nothing else.
    return str(first) if _COLOUR.fullmatch(str(first)) else _tokens()[theme]["accent"]


@cache
def _tokens() -> dict[Theme, dict[str, str]]:
    tokens = load_tokens()
    return {theme: colours(tokens, theme) for theme in THEMES}
