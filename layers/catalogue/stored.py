"""Metadata as it is stored beside a layer, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from layers.catalogue.contracts import FieldInfo, Keep, Mask, Metadata
from layers.contracts import Classification, Layer


def metadata_of(layer: Layer) -> Metadata:
    """What is stored about the layer; empty where nothing was said yet."""
    return from_stored(layer.metadata)


def from_stored(stored: Mapping[str, Any]) -> Metadata:
    """The metadata that `to_stored` wrote."""
    if not stored:
        return Metadata()
    keep = stored.get("keep") or {}
    return Metadata(
        texts=dict(stored.get("texts") or {}),
        fields=tuple(_field(one) for one in stored.get("fields") or ()),
        keep=Keep(versions=keep.get("versions"), days=keep.get("days")),
        revision=int(stored.get("revision", 0)),
    )


def to_stored(metadata: Metadata) -> dict[str, Any]:
    """The metadata as JSON."""
    return {
        "texts": dict(metadata.texts),
        "fields": [field_json(one) for one in metadata.fields],
        "keep": asdict(metadata.keep),
        "revision": metadata.revision,
    }


def field_json(field: FieldInfo) -> dict[str, Any]:
    """One field as JSON."""
    classification = field.classification
    return {
        "name": field.name,
        "title": field.title,
        "unit": field.unit,
        "meaning": field.meaning,
        "type": field.type,
        "mask": field.mask.value,
        "classification": None if classification is None else classification.value,
    }


def _field(stored: Mapping[str, Any]) -> FieldInfo:
    classification = stored.get("classification")
    return FieldInfo(
        name=stored["name"],
        title=stored.get("title", ""),
        unit=stored.get("unit", ""),
        meaning=stored.get("meaning", ""),
        type=stored.get("type", ""),
        mask=Mask(stored.get("mask", "")),
        classification=None if classification is None else Classification(classification),
    )
