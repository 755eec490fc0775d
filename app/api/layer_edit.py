"""PATCH /api/v1/layers/{id}: what is said about a layer; GET …/history: who changed what.

A change is decided on the stored row, recorded in the audit trail and the event log with what it
said before, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response

from app.api.catalogue_json import DERIVED, CatalogueJson
from app.api.layer_doors import LayerDoors, layer_resource
from app.errors import Forbidden
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.people import AuditEvent
from app.services import Services
from layers.catalogue.faults import Faults
from layers.catalogue.metadata import changed
from layers.catalogue.stored import metadata_of, to_stored
from layers.catalogue.style import checked_style
from layers.catalogue.texts import text_of
from layers.catalogue.types import field_types
from layers.contracts import Classification, Layer
from layers.errors import StaleRevision
from topics.kit.eventlog import Event

DESCRIBED, STYLED = "layer.described", "layer.styled"
_TEXTS = {"title": 100, "owner": 100, "source": 500, "cadence": 50}
_KNOWN = {*_TEXTS, "classification", "style", "catalogue", "revision"}
_SubjectOf = Annotated[Subject, Depends(current_subject)]
_MOST_HISTORY = 200


def router(services: Services) -> APIRouter:
    """The routes of changing a layer's entry."""
    routes = APIRouter(prefix="/api/v1/layers", tags=["图层"])
    doors = LayerDoors(services.layers)
    shown = CatalogueJson(services)

    @routes.patch("/{layer}", summary="修改图层的目录信息、分级和样式")
    @door(Action.PUBLISH, "layer")
    def change(
        layer: str,
        request: Request,
        subject: _SubjectOf,
        said: Annotated[dict[str, Any], Body()],
    ) -> dict[str, Any]:
        """The layer after the change; only what is named changes."""
        _require(subject, doors.require(subject, layer, fresh=True))
        live = services.layer_catalogue.live(layer)
        attributes = live.attributes if live else ()
        asked = _Change(subject, said, attributes)
        address = request.client.host if request.client else ""

        def told(connection: Any, before: Layer, after: Layer) -> None:
            _record(services, connection, subject, address, before, after)

        after = services.layer_catalogue.change(layer, asked.decide, told)
        types = field_types(services.layers.compiled(layer, live.id)) if live else {}
        return shown.item(after, live, types=types)

    @routes.get("/{layer}/history", summary="谁改过目录信息和样式")
    @door(Action.READ, "layer")
    def history(layer: str, response: Response, subject: _SubjectOf) -> dict[str, Any]:
        """The changes, newest first, each with what was said before and after."""
        response.headers["Cache-Control"] = "private, no-cache"
        _require(subject, doors.require(subject, layer, fresh=True))
        found = services.events.read(
            as_of=None, kinds=[DESCRIBED, STYLED], objects=[layer], limit=_MOST_HISTORY
        )
        items = [
            {"at": one.at and one.at.isoformat(), "by": one.actor, "kind": one.kind, **one.data}
            for one in found
        ]
        return {"items": items, "next": None}

    return routes


@dataclass(frozen=True, slots=True)
class _Change:
    """What somebody asks to change, decided on what is stored at that moment."""

    subject: Subject
    said: Mapping[str, Any]
    attributes: Any

    def decide(self, before: Layer) -> dict[str, Any]:
        """The columns to change; raises BadCatalogue, Forbidden or StaleRevision."""
        metadata = metadata_of(before)
        catalogue = self.said.get("catalogue")
        inner = catalogue.get("revision") if isinstance(catalogue, Mapping) else None
        expected = self.said.get("revision", inner)
        if expected is not None and expected != metadata.revision:
            raise StaleRevision(f"图层 {before.id} 的目录信息刚被别人改过;请刷新后再改")
        faults = Faults()
        for key in self.said.keys() - _KNOWN:
            faults.add(key, f"不能这样修改;可改的有 {'、'.join(sorted(_KNOWN))}")
        values: dict[str, Any] = {
            key: text_of(self.said[key], key, faults, longest=longest)
            for key, longest in _TEXTS.items()
            if key in self.said
        }
        if values.get("title") == "":
            faults.add("title", "不能为空")
        classification = self._classification(before, faults)
        after = changed(metadata, self._catalogue(faults))
        faults.settle()
        if "style" in self.said:
            values["style"] = checked_style(self.said["style"], self.attributes)
        values["classification"] = classification.value
        if after != metadata:
            values["metadata"] = to_stored(after)
        return {key: value for key, value in values.items() if _stored(before, key) != value}

    def _catalogue(self, faults: Faults) -> dict[str, Any]:
        """What was said beyond what the answers derive from elsewhere: a form sends those back."""
        said = self.said.get("catalogue") or {}
        if not isinstance(said, Mapping):
            faults.add("catalogue", '应是对象,如 {"abstract": "…"}')
            faults.settle()
        return {key: value for key, value in said.items() if key not in DERIVED}

    def _classification(self, before: Layer, faults: Faults) -> Classification:
        said = self.said.get("classification")
        if said is None:
            return before.classification
        if said not in set(Classification):
            words = "、".join(each.value for each in Classification)
            faults.add("classification", f"分级只能是 {words}")
            return before.classification
        wanted = Classification(said)
        resource = Resource("layer", before.id, before.topic or None, wanted, before.demo)
        if not may(self.subject, Action.PUBLISH, resource):
            raise Forbidden(f"当前角色不能把图层定为“{wanted.value}”;请向系统管理员申请相应角色")
        return wanted


def _stored(layer: Layer, key: str) -> object:
    value = getattr(layer, key)
    return value.value if isinstance(value, Classification) else value


def _require(subject: Subject, layer: Layer) -> None:
    """Reviewers of the topic and administrators; raises what a refusal means."""
    resource = layer_resource(layer)
    if not may(subject, Action.ADMINISTER, resource):
        require(subject, Action.PUBLISH, resource)


def _record(
    services: Services,
    connection: Any,
    subject: Subject,
    address: str,
    before: Layer,
    after: Layer,
) -> None:
    fields = ("title", "owner", "source", "cadence", "classification", "metadata", "style")
    pairs = {name: [_stored(before, name), _stored(after, name)] for name in fields}
    differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    styled = {name: pair for name, pair in differing.items() if name == "style"}
    described = {name: pair for name, pair in differing.items() if name != "style"}
    topic = after.topic or None
    services.events.append(
        [
            Event(kind, after.id, topic, data={"changes": changes}, actor=subject.id)
            for kind, changes in ((DESCRIBED, described), (STYLED, styled))
            if changes
        ],
        connection=connection,
    )
    detail = {"changed": sorted(differing)}
    services.audit.append(
        AuditEvent(subject.id, "layer.describe", after.id, address=address, detail=detail),
        connection=connection,
    )
