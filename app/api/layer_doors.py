"""Which layer a request means and whether it may: the decision first, then the lookup's answer.

To those who may not see it, a layer that does not exist looks like one that is hidden from them.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.security.contracts import Action, Resource, Subject
from app.security.may import may, require
from layers.contracts import Classification, Layer, Version, VersionState
from layers.errors import UnknownLayer
from layers.registry import LayerRegistry

_FRESH_S = 1.0  # how long what is said about a layer may be believed without asking the database
_MOST = 4096
_VERSION = re.compile(r"[0-9a-f]{16}")
Item = TypeVar("Item")


def layer_resource(layer: Layer, kind: str = "layer") -> Resource:
    """What `may` is asked about."""
    return Resource(kind, layer.id, layer.topic or None, layer.classification, layer.demo)


@dataclass(slots=True)
class _Remembered(Generic[Item]):
    until: float
    item: Item


class LayerDoors:
    """Finds layers and versions for a subject; remembers the catalogue for a second.

    A refusal is never said from memory: what somebody else has just published would be missing on
    the screen that was told of it, and stay missing there.
    """

    def __init__(self, registry: LayerRegistry) -> None:
        """Ask `registry`."""
        self._registry = registry
        self._layers: dict[str, _Remembered[Layer | None]] = {}
        self._versions: dict[tuple[str, str], _Remembered[Version]] = {}

    def require(
        self, subject: Subject, layer: str, kind: str = "layer", *, fresh: bool = False
    ) -> Layer:
        """The layer, if the subject may read it; raises NotSignedIn, Forbidden or UnknownLayer.

        `fresh` asks the database: who has just published or edited a layer sees it so.
        """
        found = self._find(layer, fresh=fresh)
        if not fresh and (found is None or not may(subject, *_reading(found, kind))):
            found = self._find(layer, fresh=True)
        if found is None:
            hidden = Resource(kind, layer, classification=Classification.HIGHLY_SENSITIVE)
            require(subject, Action.READ, hidden)
            raise UnknownLayer(f"没有图层 {layer};可用的图层见 /api/v1/layers")
        require(subject, *_reading(found, kind))
        return found

    def find(self, layer: str) -> Layer | None:
        """The layer as it was within the last second, or None; asks nobody's rights."""
        return self._find(layer)

    def readable(self, subject: Subject, layer: Layer, kind: str = "feature") -> bool:
        """Whether the subject may read the layer and hears of it."""
        may_read = may(subject, Action.READ, layer_resource(layer, kind))
        return bool(may_read) and self.known_to(subject, layer)

    def require_version(self, subject: Subject, layer: Layer, version: str) -> Version:
        """The version, if the subject may see it: drafts only for those who import or publish.

        One that was live when the layer was more secret is as secret as it was then.
        """
        found = self._version(layer.id, version)
        if not self.sees(subject, layer, found):
            found = self._version(layer.id, version, fresh=True)
        if not self.sees(subject, layer, found):
            raise _no_version(layer.id, version)
        return found

    def sees(self, subject: Subject, layer: Layer, version: Version) -> bool:
        """Whether a version of a layer that the subject may read is there for the subject."""
        if version.state is VersionState.DRAFT and not self.sees_drafts(subject, layer):
            return False
        if version.classification is None:
            return True
        closed = replace(layer_resource(layer), classification=version.classification, demo=False)
        return bool(may(subject, Action.READ, closed))

    def known_to(self, subject: Subject, layer: Layer) -> bool:
        """Whether the subject hears of the layer: before it is live only those who work on it."""
        return layer.version is not None or self.sees_drafts(subject, layer)

    def beyond(self, layer: Layer, *versions: Version) -> frozenset[str]:
        """The fields of the versions that the live one lacks."""
        named = frozenset[str]().union(
            *(one.attributes for one in versions if one.id != layer.version)
        )
        if not named or layer.version is None:
            return frozenset()
        return named - frozenset(self._version(layer.id, layer.version).attributes)

    def sees_drafts(self, subject: Subject, layer: Layer) -> bool:
        """Whether the subject works on the layer."""
        resource = layer_resource(layer)
        return any(may(subject, action, resource) for action in (Action.IMPORT, Action.PUBLISH))

    def _find(self, layer: str, *, fresh: bool = False) -> Layer | None:
        now = time.monotonic()
        known = self._layers.get(layer)
        if fresh or known is None or known.until < now:
            known = _Remembered(now + _FRESH_S, self._registry.find(layer))
            _keep(self._layers, layer, known)
        return known.item

    def _version(self, layer: str, version: str, *, fresh: bool = False) -> Version:
        now = time.monotonic()
        known = self._versions.get((layer, version))
        if fresh or known is None or known.until < now:
            # What is no version id never gets as far as a path or a query.
            if not _VERSION.fullmatch(version):
                raise _no_version(layer, version)
            found = self._registry.require_version(layer, version)
            known = _Remembered(now + _FRESH_S, found)
            _keep(self._versions, (layer, version), known)
        return known.item


Key = TypeVar("Key")


def _keep(memory: dict[Key, _Remembered[Item]], key: Key, item: _Remembered[Item]) -> None:
    if len(memory) >= _MOST:
        memory.clear()
    memory[key] = item


def _reading(layer: Layer, kind: str) -> tuple[Action, Resource]:
    return Action.READ, layer_resource(layer, kind)


def _no_version(layer: str, version: str) -> UnknownLayer:
    return UnknownLayer(f"图层 {layer} 没有版本 {version};请刷新页面取得最新版本")
