"""Where the numbers of indicators come from, through formulas down to what brings them."""

from __future__ import annotations

from collections.abc import Iterable

from topics.kit.catalogue import Catalogue


def sources_of(catalogue: Catalogue, indicators: Iterable[str]) -> frozenset[str]:
    """The refreshers that bring the indicators and all they are computed from.

    What nobody fetches (pushed, reported) is a source of its own: the indicator.
    """
    found: set[str] = set()
    waiting, seen = list(indicators), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        formula = catalogue.formulas.find(name)
        if formula is not None:
            waiting += formula.inputs
            continue
        found |= {one.id for one in catalogue.refreshers_of(name)} or {name}
    return frozenset(found)
