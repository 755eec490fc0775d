"""The catalogue of layers: what is said about them, changed, searched and shown.

Knows no permissions: ask `may` before it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.catalogue.contracts import LiveVersion
from layers.catalogue.search import CatalogueSearch
from layers.catalogue.thumbnail import Inks, thumbnail
from layers.contracts import Layer
from layers.registry import LayerRegistry
from layers.stores.postgres_catalogue import PostgresCatalogue

_FRESH_S = 1.0  # while people type, the list of layers is asked for once a second
_PICTURES = 512
Picture = tuple[str, str, str | None, Inks]


@dataclass(frozen=True, slots=True)
class Listed:
    """All layers at one moment, with their live versions by layer id."""

    layers: Sequence[Layer]
    live: Mapping[str, LiveVersion]


class LayerCatalogue:
    """Search, changes, live versions and pictures of the registry's layers."""

    def __init__(self, registry: LayerRegistry, store: PostgresCatalogue) -> None:
        """Plug together."""
        self._registry = registry
        self._store = store
        self._search = CatalogueSearch()
        self._preparing = False
        self._listed: tuple[float, Listed] | None = None
        self._pictures: OrderedDict[Picture, str] = OrderedDict()
        self._lock = threading.Lock()

    def listed(self, *, fresh: bool = True) -> Listed:
        """All layers; not fresh: as they were at most a second ago."""
        known = self._listed
        if not fresh and known is not None and known[0] > time.monotonic():
            return known[1]
        found = Listed(self._registry.layers(), self._store.live())
        self._listed = (time.monotonic() + _FRESH_S, found)
        return found

    def live(self, layer: str) -> LiveVersion | None:
        """The live version of one layer, if there is one."""
        return self._store.live(layer).get(layer)

    def search(
        self, layers: Sequence[Layer], query: str, owners: Mapping[str, str]
    ) -> Sequence[Layer]:
        """Those of the layers in which the query is found, the nearest first."""
        if not self._preparing:
            # The list is on the screen before anybody types: by then the index is ready.
            self._preparing = True
            work = threading.Thread(
                target=self._search.prepare, args=(layers, owners), name="search", daemon=True
            )
            work.start()
        return self._search.find(layers, query, owners)

    def change(
        self,
        layer: str,
        decide: Callable[[Layer], Mapping[str, Any]],
        told: Callable[[Any, Layer, Layer], None],
    ) -> Layer:
        """The layer after what `decide` changes, recorded by `told` in the same transaction."""
        after = self._store.change(layer, decide, told)
        self._listed = None
        return after

    def picture(self, layer: str, version: str, outline: tuple[str, str] | None, inks: Inks) -> str:
        """The thumbnail of a version over the outline (layer, version), made once."""
        key = (layer, version, outline[1] if outline else None, inks)
        with self._lock:
            known = self._pictures.get(key)
            if known is not None:
                self._pictures.move_to_end(key)
                return known
        borders = self._registry.compiled(*outline) if outline else None
        made = thumbnail(self._registry.compiled(layer, version), borders, inks)
        with self._lock:
            self._pictures[key] = made
            while len(self._pictures) > _PICTURES:
                self._pictures.popitem(last=False)
        return made
