"""The live version of a layer, for those who ask thousands of times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from layers.registry import LayerRegistry

_HELD_S = 2.0


class PublishedVersions:
    """Asks the registry at most once in two seconds a layer; what is not published is asked anew.

    A table of a hundred thousand places reads borders that are at most so much behind.
    """

    def __init__(
        self, registry: LayerRegistry, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Ask `registry`; `clock` counts seconds."""
        self._registry = registry
        self._clock = clock
        self._held: dict[str, tuple[float, str]] = {}

    def of(self, layer: str) -> str | None:
        """The live version; None where there is none. Raises LayerError."""
        held, now = self._held.get(layer), self._clock()
        if held is not None and now - held[0] < _HELD_S:
            return held[1]
        found = self._registry.find(layer)
        version = None if found is None else found.version
        if version is None:
            self._held.pop(layer, None)
        else:
            self._held[layer] = (now, version)
        return version
