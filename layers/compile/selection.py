"""What a tile is made of: features that can be encoded, and made fewer when they are too much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from layers.tiles.framing import Batch, layer

BUDGET = 500_000  # bytes of a tile
_AIM = 0.95  # of the budget, so that few rounds are needed


class Selection(Protocol):
    """Features of one part of a layer in one tile."""

    def __len__(self) -> int:
        """How many features there are."""

    def estimate(self, attributes: Sequence[str] | None) -> int:
        """About the bytes that encoding takes with the wanted attributes (None: all)."""

    def batch(self, attributes: Sequence[str] | None) -> Batch:
        """The features encoded, with the wanted attributes (None: all)."""

    def thinned(self, ratio: float) -> Selection:
        """About that share of the features, the more telling ones; always less, at last nothing."""


def within_budget(
    name: str, selections: Sequence[Selection], attributes: Sequence[str] | None
) -> bytes:
    """The tile of the selections, thinned until it fits the byte budget."""
    selections = [each for each in selections if len(each)]
    expected = sum(each.estimate(attributes) for each in selections)
    if expected > BUDGET:
        selections = [each.thinned(_AIM * BUDGET / expected) for each in selections]
    while True:
        selections = [each for each in selections if len(each)]
        tile = layer(name, [each.batch(attributes) for each in selections])
        if len(tile) < BUDGET:
            return tile
        selections = [each.thinned(_AIM * BUDGET / len(tile)) for each in selections]
