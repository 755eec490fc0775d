"""What a tile is made of: features that can be encoded, and made fewer when they are too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from layers.tiles.framing import Batch, layer

BUDGET = 500_000  # bytes of a tile
_AIM = 0.95  # of the budget, so that few rounds are needed
_INDEX = 8  # bytes that an attribute may take more among others than alone, a batch


class Selection(Protocol):
    """Features of one part of a layer in one tile."""

    def __len__(self) -> int:
        """How many features there are."""

    def bare(self) -> int:
        """About the bytes that encoding takes without attributes; 0 where it surely fits."""

    def weights(self, attributes: Sequence[str] | None) -> Mapping[str, int]:
        """About the bytes of each wanted attribute; empty where they surely fit."""

    def batch(self, attributes: Sequence[str] | None) -> Batch:
        """The features encoded, with the wanted attributes (None: all)."""

    def thinned(self, ratio: float) -> Selection:
        """About that share of the features, the more telling ones; always less, at last nothing."""


def within_budget(
    name: str,
    selections: Sequence[Selection],
    attributes: Sequence[str] | None,
    budget: int = BUDGET,
) -> bytes:
    """The layer of the selections, thinned until it takes less than `budget` bytes.

    Where the shapes alone would take less than half of it, attributes are the burden: the longest
    are given up. Else the less telling features are.
    """
    selections = [each for each in selections if len(each)]
    bare = sum(each.bare() for each in selections)
    weights = _sum(each.weights(attributes) for each in selections)
    expected = bare + weights.total()
    if expected > budget:
        if 2 * bare < budget:
            attributes = _lightest(weights, int(_AIM * budget) - bare)
        else:
            selections = [each.thinned(_AIM * budget / expected) for each in selections]
    while True:
        selections = [each for each in selections if len(each)]
        batches = [each.batch(attributes) for each in selections]
        tile = layer(name, batches)
        if len(tile) < budget:
            return tile
        fewer = _fewer_attributes(name, batches, budget)
        if fewer is not None:
            attributes = fewer
        else:
            selections = [each.thinned(_AIM * budget / len(tile)) for each in selections]


def _fewer_attributes(name: str, batches: Sequence[Batch], budget: int) -> list[str] | None:
    """Fewer attributes, so that all features fit; None where the shapes are the burden."""
    bare = len(layer(name, [batch.with_tags([]) for batch in batches]))
    used = {tags.key for batch in batches for tags in batch.tags}
    if 2 * bare >= budget or not used:
        return None
    weights = _sum(_weights(name, batch) for batch in batches)
    fewer = _lightest(weights, int(_AIM * budget) - bare)
    return fewer if len(fewer) < len(used) else None


def _weights(name: str, batch: Batch) -> dict[str, int]:
    bare = len(layer(name, [batch.with_tags([])]))
    return {
        tags.key: len(layer(name, [batch.with_tags([tags])])) - bare + _INDEX for tags in batch.tags
    }


def _sum(weights: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in weights:
        total.update(each)
    return total


def _lightest(weights: Mapping[str, int], room: int) -> list[str]:
    """The lightest attributes that fit together, in a fixed order."""
    kept: list[str] = []
    for key in sorted(weights, key=lambda each: (weights[each], each)):
        room -= weights[key]
        if room <= 0:
            break
        kept.append(key)
    return kept
