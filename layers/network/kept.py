"""Networks of layer versions, built once each: a version never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

import numpy as np

from layers.compile.shapes import StoredShapes
from layers.contracts import Version, VersionState
from layers.errors import UnknownLayer
from layers.network.build import build_network
from layers.network.graph import LineNetwork
from layers.registry import LayerRegistry

_MOST = 8


class KeptNetworks:
    """The network of a layer's version, kept for the last few versions asked for."""

    def __init__(self, registry: LayerRegistry) -> None:
        """Read the lines from `registry`."""
        self._registry = registry
        self._known: OrderedDict[tuple[str, str], LineNetwork] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, layer: str, version: str, named_by: str = "name") -> LineNetwork:
        """The network of a version (by id); raises UnknownLayer. A layer without lines is empty."""
        key = (layer, version)
        with self._guard:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        built = self._build(layer, version, named_by)
        with self._guard:
            self._known[key] = built
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return built

    def version_at(self, layer: str, as_of: datetime | None) -> Version:
        """The version that was live at that moment (None: now); raises UnknownLayer."""
        found = self._registry.require(layer)
        versions = self._registry.versions(layer)
        live = [one for one in versions if one.id == found.version]
        if as_of is not None:
            live = [
                one
                for one in versions
                if one.state is not VersionState.DRAFT
                and one.published_at is not None
                and one.published_at <= as_of
            ]
        if not live:
            raise UnknownLayer(f"图层 {layer} 那时还没有发布过;请换一个时刻,或先发布")
        return max(live, key=lambda one: one.published_at or one.created_at)

    def _build(self, layer: str, version: str, named_by: str) -> LineNetwork:
        compiled = self._registry.compiled(layer, version)
        shapes, names = [], []
        for part in compiled.parts:
            if not isinstance(part, StoredShapes) or part.areal:
                continue
            rows = np.arange(len(part.original), dtype=np.int64)
            shapes += list(part.degrees(rows))
            records = part.columns.records(rows)
            names += [str(one.get(named_by) or one.get("code") or "") for one in records]
        return build_network(shapes, names)
