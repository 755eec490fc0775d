"""POST /api/v1/layers/{id}/breaks: classes of a field for the style editor, in both themes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from app.api.class_colours import category_colours, ramp_colours
from app.api.layer_doors import LayerDoors
from app.api.layer_sight import sight
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from layers.catalogue.breaks import METHODS, Classes, classes_of
from layers.errors import UnknownLayer


class BreaksAsked(BaseModel):
    """The field, the method of METHODS and how many classes."""

    field: str = Field(max_length=500)
    kind: str = "quantiles"
    classes: int = 5
    version: str | None = None


def router(services: Services) -> APIRouter:
    """The style editor's route."""
    routes = APIRouter(prefix="/api/v1/layers", tags=["图层"])
    doors = LayerDoors(services.layers)

    @routes.post("/{layer}/breaks", summary="按属性分类或分级")
    @door(Action.READ, "layer")
    def breaks(
        layer: str,
        asked: BreaksAsked,
        subject: Annotated[Subject, Depends(current_subject)],
    ) -> dict[str, Any]:
        """The limits between the classes, and the classes ready for a style."""
        found = doors.require(subject, layer)
        version = asked.version or found.version
        if version is None:
            raise UnknownLayer(f"图层 {layer} 还没有发布过;请先发布")
        chosen = doors.require_version(subject, found, version)
        sight(subject, found, doors.beyond(found, chosen)).require(asked.field)
        compiled = services.layers.compiled(layer, version)
        made = classes_of(compiled, asked.field, asked.kind, asked.classes)
        return {
            "field": asked.field,
            "kind": made.method,
            "title": METHODS[made.method],
            "breaks": list(made.limits),
            "labels": [one.label for one in made.classes],
            "classes": _classes(made, graduated=made.method != "categorised"),
            "empty": made.empty,
        }

    return routes


def _classes(made: Classes, *, graduated: bool) -> list[dict[str, Any]]:
    count = len(made.classes)
    if graduated:
        return [
            {"min": one.low, "max": one.high, "label": one.label, "count": one.count} | colours
            for one, colours in zip(made.classes, ramp_colours(count), strict=True)
        ]
    rest = bool(made.classes) and made.classes[-1].rest
    return [
        {"value": one.value, "label": one.label, "count": one.count} | colours
        for one, colours in zip(made.classes, category_colours(count, rest=rest), strict=True)
    ]
