"""What an indicator is made of and what is made of it, as far as the manifests say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from topics.kit.catalogue import Catalogue
from topics.kit.errors import TopicError
from topics.kit.manifest_tables import expression_names

_MOST = 60
_DEPTH = 3

Edge = tuple[str, str, str]
"""From an input to what is made of it, and how: 公式, 公布增速."""


def graph(
    catalogue: Catalogue, indicator: str, sees: Callable[[str], bool]
) -> dict[str, list[dict[str, Any]]]:
    """{nodes, edges}: inputs (level < 0) and what depends on it (level > 0), three steps each way.

    Nodes that the reader may not see are left out.
    """
    known = [one for one in _edges(catalogue) if one[0] != one[1]]  # a sum of its own regions
    edges = [one for one in known if sees(one[0]) and sees(one[1])]
    levels = {indicator: 0}
    for way in (-1, 1):
        front = [indicator]
        for step in range(1, _DEPTH + 1):
            near = [
                (made if way > 0 else taken)
                for taken, made, _ in edges
                if (taken if way > 0 else made) in front
            ]
            front = [one for one in dict.fromkeys(near) if one not in levels][:_MOST]
            levels |= dict.fromkeys(front, way * step)
    sources = _sources(catalogue, [one for one, level in levels.items() if level <= 0])
    nodes = [
        {"id": name, "title": catalogue.indicator(name).title, "level": level, "kind": "indicator"}
        for name, level in levels.items()
    ]
    shown = set(levels)
    drawn = [
        {"from": taken, "to": made, "how": how}
        for taken, made, how in dict.fromkeys(edges)
        if taken in shown and made in shown
    ]
    for source, made in sources:
        nodes.append(
            {"id": source, "title": "取数任务", "level": levels[made] - 1, "kind": "source"}
        )
        drawn.append({"from": source, "to": made, "how": "取数"})
    unique = {one["id"]: one for one in nodes}
    return {"nodes": list(unique.values()), "edges": drawn}


def _edges(catalogue: Catalogue) -> Iterator[Edge]:
    for manifest in catalogue.topics:
        for formula in manifest.formulas:
            for name in _named(formula.expression):
                if catalogue.find(name) is not None and catalogue.find(formula.id) is not None:
                    yield name, formula.id, "公式"
    for spec in catalogue.indicators():
        published = spec.comparison.published if spec.comparison else None
        if published and catalogue.find(published) is not None:
            yield published, spec.id, "公布增速"


def _named(expression: str) -> tuple[str, ...]:
    try:
        return expression_names(expression)
    except (SyntaxError, ValueError, TopicError):
        return ()


def _sources(catalogue: Catalogue, names: list[str]) -> list[tuple[str, str]]:
    return [(one.id, name) for name in names for one in catalogue.refreshers_of(name)][:_MOST]
