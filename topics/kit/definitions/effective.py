"""The catalogue with every definition as it is in force now; one object, its content swapped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from topics.kit.catalogue import Catalogue
from topics.kit.errors import UnknownIndicator
from topics.kit.manifest_indicators import IndicatorSpec


class EffectiveCatalogue(Catalogue):
    """Everything of the manifests; definitions of indicators are replaced by `swap`.

    A reader gets one whole snapshot: `swap` is one assignment.
    """

    def __init__(self, declared: Catalogue) -> None:
        """Begin with what the manifests declare."""
        super().__init__(declared.topics, declared.allowed, declared.left_out)
        self._now = self._indicators

    def declared(self) -> tuple[IndicatorSpec, ...]:
        """Every indicator as its manifest declares it."""
        return tuple(self._indicators.values())

    def swap(self, specs: Iterable[IndicatorSpec]) -> None:
        """Let these definitions take the place of the declared ones; the others are as declared."""
        given: Mapping[str, IndicatorSpec] = {one.id: one for one in specs}
        self._now = MappingProxyType(
            {name: given.get(name, one) for name, one in self._indicators.items()}
        )

    def indicators(self) -> tuple[IndicatorSpec, ...]:
        """Every indicator in force, in the order of topics and manifests."""
        return tuple(self._now.values())

    def find(self, indicator_id: str) -> IndicatorSpec | None:
        """The indicator in force, None when no manifest declares it."""
        return self._now.get(indicator_id)

    def indicator(self, indicator_id: str) -> IndicatorSpec:
        """The indicator in force; UnknownIndicator when no manifest declares it."""
        found = self._now.get(indicator_id)
        if found is None:
            raise UnknownIndicator(
                f"没有指标 {indicator_id!r};用 tonglan indicators list 查看全部指标编号"
            )
        return found
