"""The directed network itself: edges in metres, places snapped to them, shortest ways along them.

Lines run downstream, from their first point to their last. A place is somewhere on an edge, so
"downstream of a is upstream of b" holds with the very same distance, also through loops.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import STRtree

from layers.analysis.local import LocalMetres

_AS_NEAR_M = 1.0  # lines that lie no further off than this more are as near as the nearest


@dataclass(frozen=True, slots=True)
class Edge:
    """A stretch without junctions from node `start` down to node `end`; `line` is its feature."""

    start: int
    end: int
    shape: Any  # LineString in metres
    line: int

    @property
    def length_m(self) -> float:
        """Its length along the line, in metres."""
        return float(shapely.length(self.shape))


@dataclass(frozen=True, slots=True)
class Snapped:
    """A place on the network: metres from the edge's upper end, and metres off the line."""

    edge: int
    at_m: float
    off_m: float


@dataclass(frozen=True, slots=True)
class Reached:
    """A place (by its position in what was asked) and the metres of line to it."""

    place: int
    metres: float


class LineNetwork:
    """Edges and what joins them. Never changes; any number of threads may ask it."""

    def __init__(
        self, edges: Sequence[Edge], metres: LocalMetres, doubts: Sequence[str] = ()
    ) -> None:
        """Wrap built edges; `doubts` say in Chinese what of the lines looks wrong."""
        self.edges = tuple(edges)
        self.doubts = tuple(doubts)
        self._metres = metres
        self._lengths = [one.length_m for one in self.edges]
        self._tree = STRtree([one.shape for one in self.edges])
        self._below: dict[int, list[int]] = defaultdict(list)
        self._above: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(self.edges):
            self._below[one.start].append(number)
            self._above[one.end].append(number)

    def snap(self, longitude: float, latitude: float, within_m: float) -> Snapped | None:
        """The nearest place on the network; None when it is further off than `within_m` metres."""
        point = self._metres.project(shapely.Point(longitude, latitude))
        if not self.edges:
            return None
        near, off = self._tree.query_nearest(point, return_distance=True)
        if not len(near) or off[0] > within_m:
            return None
        near = self._tree.query(point, predicate="dwithin", distance=float(off[0]) + _AS_NEAR_M)
        return min(
            (self._snapped(int(one), point) for one in near),
            # At a junction the edge that begins there: all that flows in lies upstream of it.
            key=lambda one: (one.at_m > _AS_NEAR_M, one.off_m, one.edge),
        )

    def _snapped(self, edge: int, point: Any) -> Snapped:
        shape = self.edges[edge].shape
        at = float(shapely.line_locate_point(shape, point))
        return Snapped(edge, at, float(shapely.distance(shape, point)))

    def downstream(self, start: Snapped, places: Sequence[Snapped | None]) -> list[Reached]:
        """The places that water from `start` reaches, nearest first, with metres of line."""
        first = self._lengths[start.edge] - start.at_m
        far = self._distances({self.edges[start.edge].end: first}, self._below, downstream=True)
        return self._sorted(start, places, far, downstream=True)

    def upstream(self, start: Snapped, places: Sequence[Snapped | None]) -> list[Reached]:
        """The places whose water reaches `start`, nearest first, with metres of line."""
        far = self._distances(
            {self.edges[start.edge].start: start.at_m}, self._above, downstream=False
        )
        return self._sorted(start, places, far, downstream=False)

    def _distances(
        self, begin: Mapping[int, float], along: Mapping[int, list[int]], *, downstream: bool
    ) -> dict[int, float]:
        """Metres to every node that can be reached (Dijkstra, so loops end)."""
        found: dict[int, float] = {}
        heap = [(metres, node) for node, metres in begin.items()]
        while heap:
            metres, node = heapq.heappop(heap)
            if node in found:
                continue
            found[node] = metres
            for number in along.get(node, ()):
                edge = self.edges[number]
                next_node = edge.end if downstream else edge.start
                if next_node not in found:
                    heapq.heappush(heap, (metres + self._lengths[number], next_node))
        return found

    def _sorted(
        self,
        start: Snapped,
        places: Sequence[Snapped | None],
        far: Mapping[int, float],
        *,
        downstream: bool,
    ) -> list[Reached]:
        reached = []
        for number, place in enumerate(places):
            if place is None:
                continue
            metres = self._metres_to(start, place, far, downstream=downstream)
            if metres is not None:
                reached.append(Reached(number, metres))
        return sorted(reached, key=lambda one: (one.metres, one.place))

    def _metres_to(
        self, start: Snapped, place: Snapped, far: Mapping[int, float], *, downstream: bool
    ) -> float | None:
        edge = self.edges[place.edge]
        ahead = place.at_m - start.at_m if downstream else start.at_m - place.at_m
        if place.edge == start.edge and ahead >= 0:
            return ahead
        node = edge.start if downstream else edge.end
        if node not in far:
            return None
        rest = place.at_m if downstream else self._lengths[place.edge] - place.at_m
        return far[node] + rest
