"""What a computed value reads, and which computed values read a given one.

Both walk the tree that the evaluator walks and take the same steps in time and region, so a value
is computed anew exactly when something it reads has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from topics.kit.formula.formula import Formula
from topics.kit.formula.geography import Geography
from topics.kit.formula.nodes import (
    Children,
    Monthly,
    Name,
    OfYear,
    Parent,
    Rank,
    Shift,
    Sites,
    Window,
    Within,
    inner_nodes,
)
from topics.kit.formula.steps import NEVER, Step


class Place(NamedTuple):
    """A region and a period, as counted on a clock."""

    region: str
    at: int


@dataclass(frozen=True, slots=True)
class Read:
    """One value that is read; `at` is its period on the clock of its indicator."""

    indicator: str
    region: str
    at: int


def reads(formula: Formula, geography: Geography, region: str, count: int) -> list[Read]:
    """Everything the value of one region and period is made of, each once, as the formula goes."""
    found = _Reading(formula, geography).of(formula.tree, region, count)
    return list(dict.fromkeys(found))


def needed(formula: Formula, geography: Geography, places: Iterable[Place]) -> set[Read]:
    """Every value that must be at hand to compute the places, with those the checks look at."""
    wanted = set(places)
    if formula.within_children:
        wanted |= {
            Place(child, one.at) for one in wanted for child in geography.children(one.region)
        }
    reading = _Reading(formula, geography)
    found: set[Read] = set()
    for one in wanted:
        found.update(reading.of(formula.tree, one.region, one.at))
    return found


def affected(
    formula: Formula, geography: Geography, indicator: str, changed: Iterable[Place]
) -> set[Place]:
    """The places whose value may differ because `indicator` changed in `changed`."""
    touched = _Spreading(formula, geography, indicator, frozenset(changed)).of(formula.tree)
    if formula.within_children:
        above = ((geography.parent(one.region), one.at) for one in touched)
        touched |= {Place(region, count) for region, count in above if region is not None}
    return {one for one in touched if geography.level(one.region) in formula.levels}


class _Reading:
    def __init__(self, formula: Formula, geography: Geography) -> None:
        self._formula = formula
        self._geography = geography

    def of(self, node: Any, region: str, count: int) -> Iterator[Read]:
        reader = _READINGS.get(type(node))
        if reader is not None:
            yield from reader(self, node, region, count)
            return
        for inner in inner_nodes(node):
            yield from self.of(inner, region, count)

    def name(self, node: Name, region: str, count: int) -> Iterator[Read]:
        yield Read(node.indicator, region, count)
        if self._formula.missing == "estimate":
            step = self._formula.carries.get(node.indicator)
            if step is not None:
                yield Read(node.indicator, region, _back(step, count)[0])

    def stepped(self, node: Any, region: str, count: int) -> Iterator[Read]:
        step: Step = node.step
        for there in _back(step, count):
            if there != NEVER:
                yield from self.of(node.inner, region, there)

    def monthly(self, node: Monthly, region: str, count: int) -> Iterator[Read]:
        yield from self.of(node.inner, region, count)
        if count % 12:
            yield from self.of(node.inner, region, count - 1)

    def children(self, node: Children, region: str, count: int) -> Iterator[Read]:
        for child in self._geography.children(region, self._formula.clock, count):
            yield from self.of(node.inner, child, count)

    def parent(self, node: Parent, region: str, count: int) -> Iterator[Read]:
        above = self._geography.parent(region)
        if above is not None:
            yield from self.of(node.inner, above, count)

    def sites(self, node: Sites, region: str, count: int) -> Iterator[Read]:
        for one in self._geography.sites(region, node.kind, self._formula.clock, count):
            yield from self.of(node.inner, one, count)

    def within(self, node: Within, region: str, count: int) -> Iterator[Read]:
        for there in node.span.back(np.array([count])).reshape(-1):
            if there != NEVER:
                yield from self.of(node.inner, region, int(there))

    def rank(self, node: Rank, region: str, count: int) -> Iterator[Read]:
        for one in self._geography.siblings(region):
            yield from self.of(node.inner, one, count)


_READINGS: dict[type, Callable[..., Iterator[Read]]] = {
    Name: _Reading.name,
    Shift: _Reading.stepped,
    Window: _Reading.stepped,
    OfYear: _Reading.stepped,
    Monthly: _Reading.monthly,
    Children: _Reading.children,
    Parent: _Reading.parent,
    Rank: _Reading.rank,
    Sites: _Reading.sites,
    Within: _Reading.within,
}


def _back(step: Step, count: int) -> list[int]:
    return [int(one) for one in step.back(np.array([count])).reshape(-1)]


class _Spreading:
    def __init__(
        self, formula: Formula, geography: Geography, indicator: str, changed: frozenset[Place]
    ) -> None:
        self._formula = formula
        self._geography = geography
        self._indicator = indicator
        self._changed = changed

    def of(self, node: Any) -> set[Place]:
        spreader = _SPREADINGS.get(type(node))
        if spreader is not None:
            return spreader(self, node)
        found: set[Place] = set()
        for inner in inner_nodes(node):
            found |= self.of(inner)
        return found

    def name(self, node: Name) -> set[Place]:
        if node.indicator != self._indicator:
            return set()
        found = set(self._changed)
        step = self._formula.carries.get(node.indicator)
        if self._formula.missing == "estimate" and step is not None:
            found |= _forward(step, self._changed)
        return found

    def stepped(self, node: Any) -> set[Place]:
        return _forward(node.step, self.of(node.inner))

    def monthly(self, node: Monthly) -> set[Place]:
        inner = self.of(node.inner)
        following = {Place(one.region, one.at + 1) for one in inner if (one.at + 1) % 12}
        return inner | following

    def children(self, node: Children) -> set[Place]:
        above = ((self._geography.parent(one.region), one.at) for one in self.of(node.inner))
        return {Place(region, count) for region, count in above if region is not None}

    def parent(self, node: Parent) -> set[Place]:
        return {
            Place(child, one.at)
            for one in self.of(node.inner)
            for child in self._geography.under(one.region)
        }

    def sites(self, node: Sites) -> set[Place]:
        return {
            Place(above, one.at)
            for one in self.of(node.inner)
            if self._geography.kind(one.region) == node.kind
            for above in self._geography.ancestors(one.region)
        }

    def within(self, node: Within) -> set[Place]:
        return {
            Place(one.region, count)
            for one in self.of(node.inner)
            for count in node.span.forward(one.at)
        }

    def rank(self, node: Rank) -> set[Place]:
        return {
            Place(other, one.at)
            for one in self.of(node.inner)
            for other in self._geography.siblings(one.region)
        }


def _forward(step: Step, places: Iterable[Place]) -> set[Place]:
    return {Place(one.region, count) for one in places for count in step.forward(one.at)}


_SPREADINGS: dict[type, Callable[..., set[Place]]] = {
    Name: _Spreading.name,
    Shift: _Spreading.stepped,
    Window: _Spreading.stepped,
    OfYear: _Spreading.stepped,
    Monthly: _Spreading.monthly,
    Children: _Spreading.children,
    Parent: _Spreading.parent,
    Rank: _Spreading.rank,
    Sites: _Spreading.sites,
    Within: _Spreading.within,
}
