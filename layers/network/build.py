"""Lines in degrees made into a directed network: split where others join, ends drawn together.

Ends within the tolerance of another line join it there, so a tributary drawn up to its river is a
confluence although the river has no vertex there. Directions are never turned round: what looks
upside down is told as a doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.ops import substring

from layers.analysis.local import LocalMetres
from layers.network.graph import Edge, LineNetwork

JOIN_M = 30.0
"""An end this near to another line joins it (metres)."""
_SHORTEST_M = 0.01


def build_network(
    lines: Sequence[Any], names: Sequence[str], *, join_m: float = JOIN_M
) -> LineNetwork:
    """The network of the lines, which run downstream; `names` are those of the doubts.

    Multi-part lines count part by part; lines without length and what is no line are left out.
    """
    parts, owner = _parts(lines)
    west, south, east, north = _bounds(parts)
    metres = LocalMetres((west + east) / 2, (south + north) / 2)
    shapes = [metres.project(one) for one in parts]
    kept = [n for n, one in enumerate(shapes) if shapely.length(one) > _SHORTEST_M]
    shapes, owner = [shapes[n] for n in kept], [owner[n] for n in kept]
    cuts = _cuts(shapes, join_m)
    edges = _edges(shapes, owner, cuts, join_m)
    return LineNetwork(edges, metres, _doubts(edges, names))


def _parts(lines: Sequence[Any]) -> tuple[list[Any], list[int]]:
    parts: list[Any] = []
    owner: list[int] = []
    for number, line in enumerate(lines):
        for part in shapely.get_parts(shapely.force_2d(line)) if line is not None else ():
            if part.geom_type == "LineString" and not part.is_empty:
                parts.append(part)
                owner.append(number)
    return parts, owner


def _bounds(parts: Sequence[Any]) -> tuple[float, float, float, float]:
    if not parts:
        return (0.0, 0.0, 0.0, 0.0)
    west, south, east, north = shapely.total_bounds(np.array(parts, dtype=object))
    return (float(west), float(south), float(east), float(north))


def _cuts(shapes: Sequence[Any], join_m: float) -> list[set[float]]:
    """Where each line is cut, in metres from its upper end: both ends, and where others join."""
    cuts: list[set[float]] = [{0.0, float(shapely.length(one))} for one in shapes]
    if not shapes:
        return cuts
    tree = STRtree(shapes)
    for number, shape in enumerate(shapes):
        for end in (shapely.get_point(shape, 0), shapely.get_point(shape, -1)):
            for other in tree.query(end, predicate="dwithin", distance=join_m):
                if int(other) == number:
                    continue
                at = float(shapely.line_locate_point(shapes[other], end))
                length = float(shapely.length(shapes[other]))
                if join_m < at < length - join_m:  # nearer to an end it joins that end
                    cuts[other].add(at)
    return cuts


def _edges(
    shapes: Sequence[Any], owner: Sequence[int], cuts: Sequence[set[float]], join_m: float
) -> list[Edge]:
    pieces: list[tuple[Any, int]] = []
    for number, shape in enumerate(shapes):
        marks = sorted(cuts[number])
        for upper, lower in pairwise(marks):
            piece = substring(shape, upper, lower)
            if shapely.length(piece) > _SHORTEST_M:
                pieces.append((piece, owner[number]))
    nodes = _nodes([one for piece, _ in pieces for one in _ends(piece)], join_m)
    return [
        Edge(nodes[2 * n], nodes[2 * n + 1], piece, line) for n, (piece, line) in enumerate(pieces)
    ]


def _ends(piece: Any) -> tuple[Any, Any]:
    return shapely.get_point(piece, 0), shapely.get_point(piece, -1)


def _nodes(ends: Sequence[Any], join_m: float) -> list[int]:
    """A number for each end; those within the tolerance of each other share it."""
    if not ends:
        return []
    parent = list(range(len(ends)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    tree = STRtree(ends)
    left, right = tree.query(ends, predicate="dwithin", distance=join_m)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        # The two ends of one short piece stay two nodes, or the piece would vanish.
        if a // 2 != b // 2:
            parent[root(a)] = root(b)
    return [root(one) for one in range(len(ends))]


def _doubts(edges: Sequence[Edge], names: Sequence[str]) -> list[str]:
    """Lines that begin in a junction and end nowhere, where other lines end too: upside down?"""
    begins = Counter(one.start for one in edges)
    ends = Counter(one.end for one in edges)
    doubtful = {
        one.line
        for one in edges
        if ends[one.start] and begins[one.start] > 1 and not begins[one.end]
        and ends[one.end] == 1 and _is_whole(one, edges)
    }  # fmt: skip
    told = (names[one] if one < len(names) else str(one) for one in sorted(doubtful))
    return [f"{name}:从汇流口起、终点不通,可能画反了方向(或是分流);请核对线的方向" for name in told]


def _is_whole(edge: Edge, edges: Sequence[Edge]) -> bool:
    return sum(one.line == edge.line for one in edges) == 1
