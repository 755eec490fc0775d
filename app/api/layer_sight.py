"""What a subject sees of a layer's fields: masks hold for all who do not work on the layer."""

from __future__ import annotations

from collections.abc import Collection

from app.api.layer_doors import layer_resource
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from layers.catalogue.contracts import FieldInfo, Mask
from layers.catalogue.sight import EVERYTHING, Sight
from layers.catalogue.stored import metadata_of
from layers.contracts import Layer

_WORKS = (Action.IMPORT, Action.PUBLISH, Action.ADMINISTER)


def sight(subject: Subject, layer: Layer, beyond: Collection[str] = ()) -> Sight:
    """How the layer's fields are covered for the subject.

    `beyond` are the fields of another version that the live one lacks: where anything is covered,
    one that nobody described is hidden from those who do not work on the layer.
    """
    fields = metadata_of(layer).fields
    if not any(one.mask or one.classification for one in fields):
        return EVERYTHING
    works = works_on(subject, layer)
    covered = {} if works else dict.fromkeys(beyond, Mask.HIDDEN)
    covered |= {one.name: _cover(subject, layer, one, works=works) for one in fields}
    return Sight({name: mask for name, mask in covered.items() if mask is not Mask.NONE})


def works_on(subject: Subject, layer: Layer) -> bool:
    """Whether the subject is a clerk or reviewer of the layer's topic, or an administrator."""
    resource = layer_resource(layer)
    return any(may(subject, action, resource) for action in _WORKS)


def _cover(subject: Subject, layer: Layer, field: FieldInfo, *, works: bool) -> Mask:
    if field.classification is not None:
        topic, demo = layer.topic or None, layer.demo
        closed = Resource("layer", layer.id, topic, field.classification, demo)
        if not may(subject, Action.READ, closed):
            return Mask.HIDDEN
    return Mask.NONE if works else field.mask
