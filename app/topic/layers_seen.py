"""Layers of a topic's map as one person may see them, without a query for each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from app.api.layer_doors import layer_resource
from app.security.contracts import Action, Subject
from app.security.may import may
from layers.contracts import Layer, Version
from layers.registry import LayerRegistry

_FRESH_S = 2.0  # how long the list of layers may be believed
_SHAPES = {"polygon": "area", "line": "line", "point": "point"}


class SeenLayers:
    """Lists published layers; what a version is never changes, so it is asked once."""

    def __init__(self, registry: LayerRegistry) -> None:
        """Ask `registry`."""
        self._registry = registry
        self._until = float("-inf")
        self._layers: list[Layer] = []
        self._versions: dict[tuple[str, str], Version] = {}

    def listed(
        self, subject: Subject, topic: str, named: Sequence[str], most_on: int
    ) -> list[dict[str, Any]]:
        """The named layers (the first ones drawn) and then the others of the topic."""
        known = {one.id: one for one in self._all()}
        chosen = [*named, *(one.id for one in known.values() if one.topic == topic)]
        shown = [
            known[one]
            for one in dict.fromkeys(chosen)
            if one in known and self.sees(subject, known[one])
        ]
        return [self._json(one, on=one.id in named[:most_on]) for one in shown if one.version]

    def sees(self, subject: Subject, layer: Layer) -> bool:
        """Whether the layer is published and the subject may read it."""
        return layer.version is not None and bool(may(subject, Action.READ, layer_resource(layer)))

    def _all(self) -> list[Layer]:
        now = time.monotonic()
        if now > self._until:
            self._layers, self._until = self._registry.layers(), now + _FRESH_S
        return self._layers

    def _json(self, layer: Layer, *, on: bool) -> dict[str, Any]:
        assert layer.version is not None
        key = (layer.id, layer.version)
        if key not in self._versions:
            self._versions[key] = self._registry.require_version(*key)
        version = self._versions[key]
        return {
            "id": layer.id,
            "title": layer.title,
            "version": version.id,
            "geometry": _SHAPES.get(version.geometry, version.geometry),
            "on": on,
            "count": version.features,
            "classification": layer.classification.value,
            "style": dict(layer.style),
            "bounds": None if version.bounds is None else astuple(version.bounds),
        }
