"""Open compiled layers, the most recently used ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from layers.compile import CompiledLayer
from layers.compile.head import FORMAT

_OPEN = 64


class CompiledCache:
    """Keeps compiled layers open; only what an older program compiled is looked at again."""

    def __init__(self, most: int = _OPEN) -> None:
        """Keep at most `most` open."""
        self._most = most
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, str], CompiledLayer] = OrderedDict()

    def get(self, key: tuple[str, str], folder: Callable[[], Path]) -> CompiledLayer:
        """The compiled layer under `key`, opened from `folder` when it is not open yet."""
        with self._lock:
            found = self._open.get(key)
            if found is None or found.info.format < FORMAT:
                found = CompiledLayer.open(folder())
                self._open[key] = found
            self._open.move_to_end(key)
            if len(self._open) > self._most:
                self._open.popitem(last=False)
        return found
